from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import words
from crisis.rules import Kind
from crisis.rules.reports import FIELDS, REQUIRED

LABELS: dict[str, Any] = {
    "found": _("When and how it was noticed"),
    "reporter": _("Who reported"),
    "facts": _("What has happened"),
    "risk": _("The danger now"),
    "means": _("Means at hand, and what was done about them"),
    "place": _("Where the student is now, and who is with them"),
    "measures": _("What was done"),
    "told": _("Who was told, and when"),
    "family": _("Contact with the family"),
    "needs": _("What is needed"),
    "changes": _("What has changed since the first report"),
    "contacts": _("Contacts with the student"),
    "state": _("Sleep, medication, attendance"),
    "next_step": _("Next step, and who takes it"),
}
SHORT = frozenset({"found", "reporter", "place"})


class CaseReportForm(forms.Form):
    """The fields of one kind of report; what must be said is asked for only when it is filed."""

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_draft = "draft" in self.data
        for name in FIELDS[kind]:
            required = name in REQUIRED[kind] and not is_draft
            self.fields[name] = words(LABELS[name], rows=2 if name in SHORT else 3, required=required)


def said(kind: Kind, content: dict[str, str]) -> list[tuple[Any, str]]:
    """A filed report, label by label."""
    return [(LABELS[name], content[name]) for name in FIELDS[kind] if content.get(name)]
