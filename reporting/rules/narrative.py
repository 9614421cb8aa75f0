"""A first draft of a college's monthly narrative, made from its figures. Sentences are message ids with their numbers.
The writer reads and changes it; nothing is filed that nobody has read. It says only what the figures say: nothing of
students on whom nobody reported, and no number that is hidden from others, since it is printed."""

from __future__ import annotations

from collections.abc import Mapping

from reporting.rules.disclosure import NOTHING as NOTHING_SHOWN
from reporting.rules.disclosure import Cells, Hidden
from reporting.rules.totals import Figures

Sentence = tuple[str, Mapping[str, int]]


def gettext_noop(message: str) -> str:
    """Marks a sentence for the message catalogue."""
    return message


STUDENTS = gettext_noop("This month %(reported)d of %(students)d students were reported on.")
SOME_STUDENTS = gettext_noop("This month some of %(students)d students were reported on.")
CALM = gettext_noop("All of those reported on were in clear weather.")
BELOW = gettext_noop("%(concerned)d of those reported on were below clear weather.")
UNREPORTED = gettext_noop("Of %(unreported)d students nothing was reported.")
ALL_CLASSES = gettext_noop("All classes have reported (%(due)d), %(on_time)d of them on time.")
SOME_CLASSES = gettext_noop("%(filed)d of %(due)d classes have reported, %(on_time)d of them on time.")
ACTIVITIES = gettext_noop("Activities were held in %(activities)d of %(due)d classes.")
NOTHING = gettext_noop("Nothing was reported this month.")


def suggest(figures: Figures, published: Cells | None) -> list[Sentence]:
    """The sentences that the figures of a month support, in the order they are read. `published`: what may be shown of
    them; nothing while they have not been counted."""
    if not figures.reported:
        return [(NOTHING, {})]
    sentences = [*_coverage(figures, published or NOTHING_SHOWN), *_weather(published or NOTHING_SHOWN)]
    sentences.extend(_filing(figures))
    if figures.activities:
        sentences.append((ACTIVITIES, {"activities": figures.activities, "due": figures.classes_due}))
    return sentences


def _coverage(figures: Figures, published: Cells) -> list[Sentence]:
    reported, students = published.reported, figures.students
    if isinstance(reported, Hidden):
        return [(SOME_STUDENTS, {"students": students})]
    sentences: list[Sentence] = [(STUDENTS, {"reported": reported, "students": students})]
    if reported < students:
        sentences.append((UNREPORTED, {"unreported": students - reported}))
    return sentences


def _weather(published: Cells) -> list[Sentence]:
    concerned = published.concerned
    if isinstance(concerned, Hidden):
        return []
    return [(BELOW, {"concerned": concerned}) if concerned else (CALM, {})]


def _filing(figures: Figures) -> list[Sentence]:
    if not figures.classes_due:
        return []
    complete = figures.classes_filed == figures.classes_due
    numbers = {"due": figures.classes_due, "filed": figures.classes_filed, "on_time": figures.classes_on_time}
    return [(ALL_CLASSES if complete else SOME_CLASSES, numbers)]
