from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.forms.scales import FileForm
from screening.models import ResultImport, Scale
from screening.rules.result_rows import DAY, FIELDS, LEVEL, NAME, NUMBER, REQUIRED, TOTAL
from screening.services.scales.instruments import title_of

LABELS = {
    NUMBER: _("Student number"),
    NAME: _("Name, to be compared"),
    DAY: _("Day of the test"),
    TOTAL: _("Total score"),
    LEVEL: _("Class 1 to 3"),
}


class ResultsForm(FileForm):
    endings = (".xlsx", ".csv")
    wrong = _("Please choose an .xlsx or .csv file.")
    scale = forms.ChoiceField(label=_("Scale"))
    source = forms.CharField(label=_("System it comes from"), max_length=60)
    file = forms.FileField(
        label=_("Results (.xlsx or .csv)"),
        help_text=_(
            "One row for each student on the first sheet, with headings above. Titles and totals are passed over."
        ),
        max_length=200,
    )
    field_order = ("scale", "source", "file")

    def __init__(self, *args: Any, scales: list[Scale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = {str(scale.pk): scale for scale in scales}
        field: Any = self.fields["scale"]
        field.choices = [(pk, title_of(scale)) for pk, scale in self.scales.items()]

    def clean_scale(self) -> Scale:
        return self.scales[self.cleaned_data["scale"]]


class MappingForm(forms.Form):
    """Which column of the file is what."""

    def __init__(self, *args: Any, result_import: ResultImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headers = list(dict.fromkeys(header for header in result_import.headers if header))
        for name in FIELDS:
            needed = name in REQUIRED
            choices = [("", "—"), *((header, header) for header in headers)]
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name],
                required=needed,
                choices=choices,
                error_messages={"invalid_choice": _("The file has no column “%(value)s”.")},
            )
        self.fields["save_as"] = forms.CharField(
            label=_("Keep this choice under the name"),
            help_text=_("For the next file of the same system."),
            max_length=60,
            required=False,
        )

    @property
    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS if self.cleaned_data[name]}
