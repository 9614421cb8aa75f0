from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from network.models.units import UnitQuerySet

MEBI = 1024 * 1024
LARGEST = 20 * MEBI
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    school: Any = forms.ModelChoiceField(queryset=None, label=_("School"), empty_label=None)
    file = forms.FileField(
        label=_("Roster (.xlsx or .csv)"),
        help_text=_("As the student affairs office exports it: sheets 学生名册 and 教职工, and 任职 if you have it."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": f".xlsx,.csv,text/csv,{XLSX}", "class": "form-control"}),
    )
    is_partial = forms.BooleanField(
        label=_("This file is only a part of the roster"),
        help_text=_("Such as one college. Whoever is not in it stays as they are."),
        required=False,
    )

    def __init__(self, *args: Any, schools: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school"]
        field.queryset = schools
        field.initial = schools.first()
        if len(schools) == 1:
            field.required = False
            field.widget = forms.HiddenInput()

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not str(file.name).lower().endswith((".xlsx", ".csv")):
            raise forms.ValidationError(_("Please choose an .xlsx or .csv file. An .xls file can be saved as .xlsx."))
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("The file is larger than 20 MB. Upload it college by college."))
        return file

    def clean_school(self) -> Any:
        return self.cleaned_data["school"] or self.fields["school"].initial


class ConfirmForm(forms.Form):
    skip_bad = forms.BooleanField(required=False)
    number = forms.IntegerField(required=False, min_value=0)


class AnswerForm(forms.Form):
    """Whether each class that seems renamed was."""

    def __init__(self, *args: Any, renames: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rename in renames:
            field = forms.ChoiceField(
                label=_("“%(old)s” → “%(new)s”, %(students)d students") % rename,
                choices=[("yes", _("renamed: history and posts stay")), ("no", _("another class: all move there"))],
                widget=forms.RadioSelect,
            )
            self.fields[f"unit_{rename['unit']}"] = field

    def answers(self) -> dict[int, bool]:
        return {int(name.removeprefix("unit_")): value == "yes" for name, value in self.cleaned_data.items()}
