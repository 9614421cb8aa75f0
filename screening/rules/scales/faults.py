"""What can be wrong with a scale file or a paper, each with the place where it stands. Pure."""

from typing import Any


def gettext_noop(text: str) -> str:
    """Marks a sentence for the catalogue; whoever shows it on a screen translates it."""
    return text


class Fault(ValueError):
    """A fault in something given: `sentence` with `params` says what, `place` where ("factors.anxiety", "item 9")."""

    def __init__(self, sentence: str, *, place: str = "", **params: Any) -> None:
        self.sentence = sentence
        self.place = place
        self.params = params
        super().__init__(self.text(sentence))

    def text(self, sentence: str) -> str:
        """The fault in the language that `sentence` is given in."""
        told = sentence % self.params
        return f"{self.place}: {told}" if self.place else told


class DefinitionError(Fault):
    """A scale that cannot be: a factor of a missing item, overlapping bands, a code twice."""


class AnswerError(Fault):
    """Answers that cannot be: too many or few, a code that is not offered, an item twice."""
