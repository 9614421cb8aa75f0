"""A paper as its student sees it: short pages without a script, all questions as data for the page's script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from screening.models import Interview, Paper, Participation, Result
from screening.rules.interviews import Urgency
from screening.rules.papers.answering import Sheet
from screening.rules.scales.parts import Item, Kind
from screening.rules.tones import Tone, tone_of
from screening.services.papers.answering import Message
from screening.services.scales.instruments import instrument_of

PAGE_SIZE = 5
PAGE = re.compile("[0-9]{1,4}")


@dataclass(frozen=True)
class Question:
    """One item on the page. `options`: value, label and whether it is chosen; none for a time or a number."""

    item: Item
    number: int
    text: str
    options: tuple[tuple[int, str, bool], ...]
    answer: Any


class Questionnaire:
    """A student's paper, opened at one page: the wanted one, but never past the first question without an answer."""

    def __init__(self, paper: Paper, page: str | None = None) -> None:
        self.paper = paper
        self.instrument = instrument_of(paper.scale_id)
        self.wanted = int(page) if page and PAGE.fullmatch(page) else None
        self.typed: Mapping[str, Any] = {}
        self.reread()

    def reread(self) -> None:
        self.sheet = Sheet.read(self.paper.sheet)

    def keep_typed(self, message: Message) -> None:
        """What could not be kept still stands on the page."""
        self.typed = {answer.item: answer.value for answer in message.answers}

    @property
    def called(self) -> bool:
        """Whether an answer has called help."""
        return self.sheet.rang

    @property
    def words(self) -> dict[str, Any]:
        return self.instrument.words()

    @property
    def total(self) -> int:
        return len(self.instrument.codes)

    @property
    def answered(self) -> int:
        return len(self.sheet.answers)

    @property
    def gaps(self) -> list[str]:
        """Questions that still have to be answered."""
        return [code for code in self.sheet.gaps(self.instrument.codes) if code not in self.instrument.optional]

    @property
    def pages(self) -> int:
        return -(-self.total // PAGE_SIZE)

    @property
    def first_open(self) -> int:
        """The page of the first gap; one past the last when there is none."""
        gaps = self.gaps
        return self.instrument.scale.places[gaps[0]] // PAGE_SIZE + 1 if gaps else self.pages + 1

    @property
    def page(self) -> int:
        return min(max(self.wanted or self.first_open, 1), self.first_open)

    def page_after(self) -> int:
        return self.page_asked + 1

    @property
    def page_asked(self) -> int:
        """The page whose answers were sent."""
        return min(max(self.wanted or 1, 1), self.pages)

    @property
    def items(self) -> list[Item]:
        """The items of the page whose answers were sent."""
        start = (self.page_asked - 1) * PAGE_SIZE
        return list(self.instrument.scale.items[start : start + PAGE_SIZE])

    def check_page(self) -> None:
        """Refused when the page that was sent still has gaps: they are named."""
        gaps = [item.code for item in self.items if item.code in self.gaps]
        if gaps:
            raise Refused(_("Not answered yet: question %(item)s.") % {"item": ", ".join(gaps)}, code="gaps")

    @property
    def is_complete(self) -> bool:
        return self.page > self.pages

    @property
    def questions(self) -> list[Question]:
        """The questions of the page that is shown."""
        start = (self.page - 1) * PAGE_SIZE
        shown = self.instrument.scale.items[start : start + PAGE_SIZE]
        return [self._question(item, number) for number, item in enumerate(shown, start=start + 1)]

    @property
    def shows_answers(self) -> bool:
        """Whether a question of the page that is shown has been answered, or typed at."""
        start = (self.page - 1) * PAGE_SIZE
        shown = self.instrument.codes[start : start + PAGE_SIZE]
        return any(code in self.sheet.answers or code in self.typed for code in shown)

    def _question(self, item: Item, number: int) -> Question:
        answer = self.typed.get(item.code, self.sheet.answers.get(item.code))
        labels = self.words.get("choices", {}).get(item.choices, {})
        options = tuple((value, labels.get(str(value), str(value)), value == answer) for value in item.values)
        text = self.words.get("items", {}).get(item.code, item.code)
        return Question(item, number, text, options, "" if answer is None else answer)

    @property
    def data(self) -> dict[str, Any]:
        """The questions and their choices, for a script that goes on without the network."""
        texts, labels = self.words.get("items", {}), self.words.get("choices", {})
        items = [_item(item, texts.get(item.code, item.code)) for item in self.instrument.scale.items]
        sets: dict[str, list[list[Any]]] = {}
        for item in self.instrument.scale.items:
            if item.kind is Kind.CHOICE:
                offered = labels.get(item.choices, {})
                sets[item.choices] = [[value, offered.get(str(value), str(value))] for value in item.values]
        return {"items": items, "choices": sets}


def _item(item: Item, text: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"code": item.code, "text": text, "set": item.choices}
    if item.kind is not Kind.CHOICE:
        entry |= {"kind": item.kind.value, "low": item.low, "high": item.high}
    if item.optional:
        entry["optional"] = True
    return entry


def tone_for(participation: Participation) -> Tone:
    """In which tone a student reads their feedback."""
    results: Sequence[Result] = list(Result.objects.filter(paper__participation=participation))
    urgent = Interview.objects.filter(participation=participation, urgency=Urgency.CRITICAL).exists()
    return tone_of([result.level for result in results], critical=urgent, valid=bool(participation.is_valid))
