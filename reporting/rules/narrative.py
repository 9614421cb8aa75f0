"""A first draft of a college's monthly narrative, made from its figures. Sentences are message ids with their numbers.
The writer reads and changes it; nothing is filed that nobody has read. It is printed, so a small number of students is
never told."""

from __future__ import annotations

from collections.abc import Mapping

from reporting.rules.disclosure import Hidden, masked
from reporting.rules.totals import Figures

Sentence = tuple[str, Mapping[str, int]]


def gettext_noop(message: str) -> str:
    """Marks a sentence for the message catalogue."""
    return message


STUDENTS = gettext_noop("This month %(reported)d of %(students)d students were reported on.")
FEW_STUDENTS = gettext_noop("This month a few of the students were reported on.")
CALM = gettext_noop("All of them were well.")
BELOW = gettext_noop("%(concerned)d of them were below clear weather; the others were well.")
FEW_BELOW = gettext_noop("A few of them were below clear weather; the others were well.")
THUNDER = gettext_noop("What was an emergency was passed on to the counseling center at once.")
ALL_CLASSES = gettext_noop("All classes have reported (%(due)d), %(on_time)d of them on time.")
SOME_CLASSES = gettext_noop("%(filed)d of %(due)d classes have reported, %(on_time)d of them on time.")
ACTIVITIES = gettext_noop("Activities were held in %(activities)d of %(due)d classes.")
NOTHING = gettext_noop("Nothing was reported this month.")


def suggest(figures: Figures) -> list[Sentence]:
    """The sentences that the figures of a month support, in the order they are read."""
    if not figures.reported:
        return [(NOTHING, {})]
    sentences = [_coverage(figures), _weather(figures)]
    if figures.thunder:
        sentences.append((THUNDER, {}))
    sentences.extend(_filing(figures))
    if figures.activities:
        sentences.append((ACTIVITIES, {"activities": figures.activities, "due": figures.classes_due}))
    return sentences


def _coverage(figures: Figures) -> Sentence:
    if isinstance(masked(figures.reported), Hidden):
        return FEW_STUDENTS, {}
    return STUDENTS, {"reported": figures.reported, "students": figures.students}


def _weather(figures: Figures) -> Sentence:
    """One count alone: a second one would let a hidden figure of the printed table be worked out."""
    if not figures.concerned:
        return CALM, {}
    if isinstance(masked(figures.concerned), Hidden):
        return FEW_BELOW, {}
    return BELOW, {"concerned": figures.concerned}


def _filing(figures: Figures) -> list[Sentence]:
    if not figures.classes_due:
        return []
    complete = figures.classes_filed == figures.classes_due
    numbers = {"due": figures.classes_due, "filed": figures.classes_filed, "on_time": figures.classes_on_time}
    return [(ALL_CLASSES if complete else SOME_CLASSES, numbers)]
