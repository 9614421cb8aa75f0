"""Whether a text about a case names somebody: what refuses it, and what to look at once more. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Trace(StrEnum):
    """What betrays somebody. The first six refuse a text; the last three only warn."""

    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    CLASS = "class"
    ROOM = "room"
    COLLEGE = "college"
    DATE = "date"
    PLACE = "place"
    AGE = "age"


@dataclass(frozen=True)
class Roster:
    """What of a school's roster must not stand in the text. Names of one letter are left out: they are words too."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    colleges: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Findings:
    """Words as they stand in the text, by what they betray."""

    refused: list[tuple[Trace, str]] = field(default_factory=list)
    warned: list[tuple[Trace, str]] = field(default_factory=list)


# Longer than any name on a roster that is worth looking for letter by letter.
LONGEST = 24
GAPS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·•.\-—_/\\|,，、()（）\[\]【】「」“”\"']+")
# Any long number could be a student number, a phone or an identity card; mail addresses name people too.
NUMBER, PHONE, MAIL = re.compile(r"\d{6,}[0-9xX]?"), re.compile(r"1[3-9]\d{9}"), re.compile(r"[\w.+-]+@[\w-]+\.\w+")
WARNINGS = {
    Trace.DATE: re.compile(
        r"(?:\d{4}\s*[年./-]\s*)?\d{1,2}\s*(?:月|[./-])\s*\d{1,2}\s*[日号]?|\d{1,2}月|周[一二三四五六日天]|星期[一二三四五六日天]"
    ),
    Trace.PLACE: re.compile(r"[\u4e00-\u9fff]{1,6}(?:省|市|县|区|镇|村|路|街|楼|栋|食堂|医院|中学|图书馆|操场)"),
    Trace.AGE: re.compile(r"\d{1,2}\s*岁|(?:19|20)\d{2}\s*年生"),
}


def look(text: str, roster: Roster) -> Findings:
    """All that betrays somebody; each word once. Spaces, dots and full-width letters between do not hide anything."""
    plain = unicodedata.normalize("NFKC", text)
    dense = GAPS.sub("", plain)
    refused = [
        *_words(Trace.NAME, dense, plain, roster.names),
        *_numbers(dense, roster.numbers),
        *((Trace.PHONE, mail) for mail in MAIL.findall(plain)),
        *_words(Trace.CLASS, dense, plain, roster.classes),
        *_words(Trace.ROOM, dense, plain, roster.rooms),
        *_words(Trace.COLLEGE, dense, plain, roster.colleges),
    ]
    warned = [(trace, match.group()) for trace, pattern in WARNINGS.items() for match in pattern.finditer(plain)]
    return Findings(list(dict.fromkeys(refused)), list(dict.fromkeys(warned)))


def _numbers(dense: str, numbers: frozenset[str]) -> Iterable[tuple[Trace, str]]:
    for match in NUMBER.finditer(dense):
        digits = match.group()
        yield (Trace.PHONE if PHONE.search(digits) else Trace.NUMBER), digits
    for number in _parts(dense, {len(number) for number in numbers}) & numbers:
        yield Trace.NUMBER, number


def _words(trace: Trace, dense: str, plain: str, words: frozenset[str]) -> Iterable[tuple[Trace, str]]:
    by_dense = {GAPS.sub("", unicodedata.normalize("NFKC", word)): word for word in words}
    sizes = {len(word) for word in by_dense if 1 < len(word) <= LONGEST}
    for found in sorted(_parts(dense, sizes) & set(by_dense)):
        word = by_dense[found]
        # A name in Latin letters is a word of its own, not a part of another one.
        if not word.isascii() or re.search(rf"\b{re.escape(word)}\b", plain, re.IGNORECASE):
            yield trace, word


def _parts(text: str, sizes: Iterable[int]) -> set[str]:
    """All pieces of the text of these lengths."""
    return {text[start : start + size] for size in sizes for start in range(len(text) - size + 1)}
