"""The initials of Chinese words: 王小明 is found by "wxm"."""

from functools import lru_cache

from pypinyin import Style, pinyin


@lru_cache(maxsize=20_000)
def initials_of(character: str) -> frozenset[str]:
    """The first letters of all readings of a character; a letter or digit stands for itself."""
    readings = pinyin(character, style=Style.FIRST_LETTER, heteronym=True)
    return frozenset(letter.lower() for reading in readings for letter in reading)


def has_initials(words: str, initials: str) -> bool:
    """Whether characters that follow each other in `words` have these initials, given in lower case."""
    characters = [character for character in words if character.isalnum()]
    starts = range(len(characters) - len(initials) + 1)
    return any(
        all(initial in initials_of(character) for character, initial in zip(characters[start:], initials, strict=False))
        for start in starts
    )
