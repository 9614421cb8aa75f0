from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.forms.program_fields import DayField, NumberField, SaveForm, StaffField, choice, staff_of, whole, words
from activities.models.program_labels import COURSE_KIND_LABELS, EXCHANGE_KIND_LABELS, TEACHING_ROLE_LABELS
from activities.rules.program import FIRST_YEAR, LAST_YEAR

TERMS = [(1, _("autumn")), (2, _("spring"))]


def term_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=_("Term"), choices=TERMS, coerce=int)


class CourseForm(SaveForm):
    code = words(_("Course code"), 20)
    title = words(pgettext_lazy("course", "Title"), 80)
    kind = choice(_("Kind"), COURSE_KIND_LABELS)
    credits = NumberField(label=_("Credits"), least="0.5", most="10", places=1)
    hours = whole(_("Class hours"), 1, 200)
    effective_from = DayField(label=_("In the curriculum from"))


class RunForm(SaveForm):
    year = whole(_("Academic year beginning in"), FIRST_YEAR, LAST_YEAR)
    term = term_field()
    group = words(_("Teaching group"), 40, hint=_("As the course list names it, such as 01班."))
    timetable = words(_("Time and place"), 80, required=False)


class TeamForm(SaveForm):
    teacher = StaffField(label=_("Teacher"))
    role = choice(_("Part"), TEACHING_ROLE_LABELS)
    hours = whole(_("Class hours"), 1, 200)

    def __init__(self, *args: Any, school_id: int, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["teacher"]
        field.offer(staff_of(school_id, on))


class ExchangeForm(SaveForm):
    kind = choice(_("Kind"), EXCHANGE_KIND_LABELS)
    day = DayField(label=_("Day"))
    topic = words(_("Topic"), 120)
    people = whole(_("People"), 2, 500)


class ListForm(SaveForm):
    """A list of a course's students."""

    year = whole(_("Academic year beginning in"), FIRST_YEAR, LAST_YEAR)
    term = term_field()
    file = forms.FileField(
        label=_("List (.xlsx or .csv)"),
        help_text=_(
            "Columns 学号, and as you have them 姓名, 教学班 and 状态 (在读, 通过, 未通过, 退课). Marks are not kept."
        ),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not str(file.name).lower().endswith((".xlsx", ".csv")):
            raise forms.ValidationError(_("Please choose an .xlsx or .csv file."))
        return file
