"""Answers as they arrive: from a page of the form, or as a message of the page's script."""

import math
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from screening.rules import strict_json
from screening.rules.papers.answering import SentAnswer
from screening.rules.scales.parts import Item, Kind
from screening.services import Message

PREFIX = "q-"
LONGEST_DEVICE = 40
MOST_ANSWERS = 500
BROKEN = _("This message cannot be read. Reload the page; what was saved is kept.")


class AgreeForm(forms.Form):
    text_version = forms.IntegerField(widget=forms.HiddenInput)
    consent_version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this and agree to take part."),
        error_messages={"required": _("Tick the box if you agree. You may also choose not to take part.")},
    )

    @property
    def versions(self) -> dict[str, int]:
        """Of the texts that were shown."""
        return {name: self.cleaned_data[name] for name in ("text_version", "consent_version")}


def message_of(body: bytes | str) -> Message:
    """The message of the page's script: device, number, and answers as item, value and seconds."""
    try:
        sent = strict_json.load(body or b"{}")
        answers = [_answer(entry) for entry in sent.get("given", [])[:MOST_ANSWERS]]
        return Message(answers, str(sent.get("device", ""))[:LONGEST_DEVICE], int(sent.get("number", 0)))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(BROKEN, code="broken") from error


def page_answers(data: QueryDict, items: list[Item], *, seconds: float) -> Message:
    """The answers of a page sent without a script; the time since the last saving is shared among them."""
    typed = [(item.code, _value(item, data.get(PREFIX + item.code, "").strip())) for item in items]
    answered = [(code, value) for code, value in typed if value is not None]
    each = seconds / len(answered) if answered else 0.0
    return Message([SentAnswer(code, value, each) for code, value in answered])


def _answer(entry: dict[str, Any]) -> SentAnswer:
    seconds = float(entry.get("seconds", 0))
    if not math.isfinite(seconds):
        raise ValueError("no number of seconds")
    return SentAnswer(str(entry["item"]), entry["value"], seconds)


def _value(item: Item, text: str) -> Any:
    """What was typed or chosen, as the scale takes it; what is no number stays as it is and is refused by name."""
    if not text:
        return None
    if item.kind is Kind.TIME:
        return text
    try:
        return int(text) if item.kind is Kind.CHOICE else float(text)
    except ValueError:
        return text
