"""The questions before a first talk, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.labels import TOPIC_LABELS
from counseling.rules.intakes import FIELDS

Choices = list[tuple[str, Promise | str]]
OFTEN: Choices = [
    ("no", pgettext_lazy("intake", "no")),
    ("sometimes", pgettext_lazy("intake", "sometimes")),
    ("often", pgettext_lazy("intake", "often")),
]
NO_YES: Choices = [("no", pgettext_lazy("intake", "no")), ("yes", pgettext_lazy("intake", "yes"))]
SAFE: Choices = [("yes", pgettext_lazy("intake", "safe")), ("no", pgettext_lazy("intake", "not safe"))]
TOPICS: Choices = [(topic.value, label) for topic, label in TOPIC_LABELS.items()]
# In the order in which they are asked; each may stay empty.
LABELS: dict[str, Promise] = {
    "topics": pgettext_lazy("intake", "What it is about"),
    "reason": _("In your own words, if you like"),
    "since": _("Since when"),
    "sleep": _("Do you sleep badly?"),
    "daily_life": _("Does it keep you from classes, meals or friends?"),
    "hopeless": _("Does everything feel hopeless?"),
    "thoughts": _("Do you think that it would be better not to live any more?"),
    "plan": _("Have you thought of how you would do it?"),
    "safe_today": _("Are you safe today?"),
    "hope": _("What you hope for"),
    "earlier_help": _("Help that you have had before"),
    "to_know": _("Something else that we should know"),
}
CHOICES: dict[str, Choices] = {
    "topics": TOPICS,
    "sleep": OFTEN,
    "daily_life": OFTEN,
    "hopeless": OFTEN,
    "thoughts": OFTEN,
    "plan": NO_YES,
    "safe_today": SAFE,
}
MANY = frozenset({"topics"})
BETWEEN = ","


@dataclass(frozen=True)
class Question:
    """One question as the page shows it. `value`: what was written, or the list of what was chosen."""

    name: str
    label: Promise
    choices: Choices
    many: bool
    value: Any


# The first ones stand open; the others are folded, so that a time is taken within a minute.
FIRST = 2


def questions(answers: Mapping[str, str]) -> list[Question]:
    return [_question(name, answers.get(name, "")) for name in LABELS if name in FIELDS]


def _question(name: str, answer: str) -> Question:
    choices = CHOICES.get(name, [])
    value = answer.split(BETWEEN) if choices else answer
    return Question(name, LABELS[name], choices, name in MANY, value)


def told(answers: Mapping[str, str]) -> list[tuple[Promise, str]]:
    """What was answered, in words, for the counselor."""
    return [(LABELS[name], _word(name, answers[name])) for name in LABELS if answers.get(name)]


def _word(name: str, answer: str) -> str:
    if name not in CHOICES:
        return answer
    words = {value: str(word) for value, word in CHOICES[name]}
    return " · ".join(words[value] for value in answer.split(BETWEEN) if value in words)
