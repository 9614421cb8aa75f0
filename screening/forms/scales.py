from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MEBI = 1024 * 1024
LARGEST = 2 * MEBI
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileForm(forms.Form):
    """One file of a kind and of a sensible size."""

    endings: tuple[str, ...] = ()
    wrong = _("Please choose a .json file.")
    file = forms.FileField(label=_("Scale file (.json)"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accepted = {"accept": ",".join(self.endings), "class": "form-control"}
        self.fields["file"].widget = forms.FileInput(attrs=accepted)

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not str(file.name).lower().endswith(self.endings):
            raise forms.ValidationError(self.wrong)
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        return file


class ScaleFileForm(FileForm):
    endings = (".json",)
    file = forms.FileField(
        label=_("Scale file (.json)"),
        help_text=_("A scale file of this portal, or a FHIR Questionnaire (R5 or R4B)."),
        max_length=200,
    )


class WordingForm(FileForm):
    endings = (".xlsx",)
    wrong = _("Please choose an .xlsx file.")
    file = forms.FileField(
        label=_("Filled-in workbook (.xlsx)"),
        help_text=_("Only text that your school may use. What the workbook leaves empty stays as it is."),
        max_length=200,
    )
