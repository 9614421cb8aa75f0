from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.errors import Refused
from network.forms.days import DayField
from network.forms.rosters import LARGEST, XLSX
from network.models import Unit
from network.models.units import UnitQuerySet
from network.rules.rollover_plans import FIRST_GRADE, LONGEST_CAMPUS, LONGEST_NAME, StepKind
from network.services.rollover.lists import parts_of, read_pasted_list, read_workbook_list, student_of

Params = dict[str, Any]
Choices = list[tuple[str, Any]]
LAST_GRADE = 2099
LONGEST_PASTE = 400_000
NO_COLLEGE = ("", _("All colleges"))
SAME = ("", _("Stays where it is"))


def year_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=10, label=_("Length of study in years"), **kwargs)


class PlanForm(forms.Form):
    school: Any = forms.ModelChoiceField(queryset=None, label=_("School"), empty_label=None)
    title = forms.CharField(
        label=_("Name of the plan"), max_length=LONGEST_NAME, help_text=_("Such as “Summer 2027”."), required=False
    )
    effective_on = DayField(
        label=_("Effective on"), help_text=_("Today, or a later day: it is then applied early that morning.")
    )

    def __init__(self, *args: Any, schools: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school"]
        field.queryset = schools
        field.initial = schools.first()
        if len(schools) == 1:
            field.required = False
            field.widget = forms.HiddenInput()

    def clean_school(self) -> Any:
        return self.cleaned_data["school"] or self.fields["school"].initial


class PlanChangeForm(forms.Form):
    title = forms.CharField(label=_("Name of the plan"), max_length=LONGEST_NAME, required=False)
    effective_on = DayField(label=_("Effective on"))
    in_open_month = forms.BooleanField(
        label=_("Go on while a month of reports is open"),
        help_text=_("Drafts then follow the new classes, what was filed stays as it is."),
        required=False,
    )


class ConfirmPlanForm(forms.Form):
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    number = forms.IntegerField(min_value=0, max_value=10**7)


class StepForm(forms.Form):
    """A step as its kind asks for it; `params()` is what the plan keeps."""

    def __init__(self, *args: Any, school: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.offer()

    def offer(self) -> None:
        """Fill in the choices."""

    def params(self) -> Params:
        raise NotImplementedError

    def _colleges(self, first: tuple[str, Any]) -> Choices:
        rows = Unit.objects.colleges().active().filter(school=self.school).order_by("code")
        return [first, *rows.values_list("code", "name")]

    def _classes(self) -> Choices:
        """Open classes under their colleges."""
        rows = Unit.objects.classes().active().filter(school=self.school).order_by("college__code", "-grade", "code")
        groups: dict[str, Choices] = {}
        for code, name, grade, college in rows.values_list("code", "name", "grade", "college__name"):
            groups.setdefault(college or "", []).append((code, f"{name} · {grade}" if grade else name))
        return list(groups.items())

    def _set_choices(self, name: str, choices: Choices) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class ListForm(StepForm):
    """A list of students, uploaded or pasted."""

    order: tuple[str, ...] = ("number", "name")

    rows = forms.CharField(
        label=_("Rows, copied from a table"),
        help_text=_("One student a line: number, name, …"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        max_length=LONGEST_PASTE,
        required=False,
    )
    file = forms.FileField(
        label=_("Or the list as a file (.xlsx)"),
        help_text=_("The first sheet is read; take the heads of the columns from the sample file."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": f".xlsx,{XLSX}", "class": "form-control"}),
        required=False,
    )

    def clean_file(self) -> UploadedFile[bytes] | None:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and not str(file.name).lower().endswith(".xlsx"):
            raise forms.ValidationError(_("Please choose an .xlsx file. An .xls or .csv file can be saved as .xlsx."))
        if file is not None and (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("The file is larger than 20 MB. Divide the list."))
        return file

    def clean(self) -> Params:
        entered = self.cleaned_data
        file, text = entered.get("file"), entered.get("rows", "").strip()
        if self.errors:
            return entered
        if not file and not text:
            raise forms.ValidationError(_("The list is empty. Paste its rows, or choose a file."))
        if file and text:
            raise forms.ValidationError(_("Paste the rows or choose a file, not both."))
        try:
            self.entries = (
                read_workbook_list(file.file, order=self.order) if file else read_pasted_list(text, order=self.order)
            )
            self.list_params = self.read_list()
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from None
        return entered

    def read_list(self) -> Params:
        return {"students": [student_of(entry) for entry in self.entries]}

    def params(self) -> Params:
        return self.list_params


class GraduateForm(StepForm):
    grade = forms.IntegerField(
        label=pgettext_lazy("student", "Grade"),
        help_text=_("The year of entry, such as 2022."),
        min_value=FIRST_GRADE,
        max_value=LAST_GRADE,
    )
    years = year_field(
        required=False,
        help_text=_("Only classes that study so long; those whose length is unknown count as such. Empty: all."),
    )
    college = forms.ChoiceField(label=_("College"), required=False)

    def offer(self) -> None:
        self._set_choices("college", self._colleges(NO_COLLEGE))

    def params(self) -> Params:
        entered = self.cleaned_data
        years = {"years": entered["years"]} if entered["years"] else {}
        return {"grade": entered["grade"], **years, "college": entered["college"]}


class DelayForm(ListForm):
    field_order = ("rows", "file")


class SplitForm(ListForm):
    order = ("number", "class", "college", "major")
    field_order = ("school_class", "rows", "file")

    school_class = forms.ChoiceField(label=_("Class to split"))

    def offer(self) -> None:
        self._set_choices("school_class", self._classes())
        self.fields["rows"].help_text = _(
            "One student a line: number, new class, and if needed new college and major. Everybody of the class must "
            "be in the list; who stays gets its present name."
        )

    def read_list(self) -> Params:
        return {"into": parts_of(self.entries)}

    def params(self) -> Params:
        return {"class": self.cleaned_data["school_class"], **self.list_params}


class MergeForm(StepForm):
    classes = forms.MultipleChoiceField(
        label=_("Classes to merge"), widget=forms.SelectMultiple(attrs={"size": 12, "class": "form-control"})
    )
    into = forms.CharField(
        label=_("Into"),
        help_text=_("Name or code of one of them, of another class of the college, or the name of a new class."),
        max_length=LONGEST_NAME,
    )

    def offer(self) -> None:
        self._set_choices("classes", self._classes())

    def params(self) -> Params:
        return {"classes": self.cleaned_data["classes"], "into": self.cleaned_data["into"]}


class MoveForm(StepForm):
    school_class = forms.ChoiceField(label=_("Class to move"))
    to_college = forms.ChoiceField(label=_("New college"), required=False)
    campus = forms.CharField(
        label=_("New campus"), help_text=_("Empty: it stays."), max_length=LONGEST_CAMPUS, required=False
    )

    def offer(self) -> None:
        self._set_choices("school_class", self._classes())
        self._set_choices("to_college", self._colleges(SAME))

    def clean(self) -> Params:
        entered = self.cleaned_data
        if not self.errors and not entered.get("to_college") and not entered.get("campus"):
            raise forms.ValidationError(_("Choose a new college, a new campus, or both."))
        return entered

    def params(self) -> Params:
        entered = self.cleaned_data
        campus = {"campus": entered["campus"]} if entered["campus"] else {}
        return {"class": entered["school_class"], "to_college": entered["to_college"], **campus}


class RenameForm(StepForm):
    unit = forms.ChoiceField(label=_("Class or college"))
    name = forms.CharField(label=_("New name"), max_length=LONGEST_NAME)

    def offer(self) -> None:
        colleges = self._colleges(("", _("Choose")))
        self._set_choices("unit", [colleges[0], (str(_("Colleges")), colleges[1:]), *self._classes()])

    def params(self) -> Params:
        return {"unit": self.cleaned_data["unit"], "name": self.cleaned_data["name"]}


class TransferForm(ListForm):
    order = ("number", "change", "class", "college")

    def offer(self) -> None:
        self.fields["rows"].help_text = _(
            "One student a line: number, change (转专业, 入伍, 复学, 留级, 休学, 退学 or 延毕), new class, new college."
        )

    def read_list(self) -> Params:
        keys = ("change", "class", "college")
        return {
            "students": [
                student_of(entry) | {key: entry[key] for key in keys if key in entry} for entry in self.entries
            ]
        }


STEP_FORMS: Mapping[StepKind, type[StepForm]] = {
    StepKind.GRADUATE: GraduateForm,
    StepKind.DELAY: DelayForm,
    StepKind.SPLIT: SplitForm,
    StepKind.MERGE: MergeForm,
    StepKind.MOVE: MoveForm,
    StepKind.RENAME: RenameForm,
    StepKind.TRANSFER: TransferForm,
}


class YearsForm(StepForm):
    unit = forms.ChoiceField(label=_("College or class"))
    grade = forms.IntegerField(
        label=pgettext_lazy("student", "Grade"),
        help_text=_("Of a college: only the classes of this grade. Empty: the whole college."),
        min_value=FIRST_GRADE,
        max_value=LAST_GRADE,
        required=False,
    )
    years = year_field(help_text=_("Usually 4; 5 in medicine and architecture, 3 at vocational colleges."))

    def offer(self) -> None:
        colleges = self._colleges(("", _("Choose")))
        self._set_choices("unit", [colleges[0], (str(_("Colleges")), colleges[1:]), *self._classes()])

    def chosen(self) -> Unit:
        unit: Unit = Unit.objects.get(school=self.school, code=self.cleaned_data["unit"])
        return unit
