from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.forms.filters import FilterForm, search_field
from network.models import Unit
from network.models.labels import STATUS_LABELS
from network.models.people import StudentQuerySet
from network.models.units import UnitQuerySet
from network.rules import EnrollmentStatus, Level

# A longer list of classes is no help: choose the college first.
MOST_CLASSES = 80
COLUMNS = {
    "college": "college",
    "grade": "school_class__grade",
    "school_class": "school_class",
    "status": "enrollment_status",
}
ORDERS = {"number": ["number"], "name": ["name", "number"], "room": ["dorm__name", "bed", "number"]}


class StudentFilter(FilterForm):
    q = search_field(_("Number or name"))
    college = forms.ChoiceField(label=_("College"), required=False)
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    school_class = forms.ChoiceField(label=_("Class"), required=False)
    status = forms.ChoiceField(label=_("Enrollment"), required=False)
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[("", _("ID number")), ("name", _("Name")), ("room", _("Room"))],
    )

    def __init__(self, data: QueryDict, *, units: UnitQuerySet, narrow: bool) -> None:
        """`units`: what the reader may choose from; `narrow`: for peers, who see a room or a class and search it."""
        self.units, self.narrow = units, narrow
        super().__init__(data)

    def apply(self, students: StudentQuerySet) -> StudentQuerySet:
        asked = self.asked
        students = students.matching(asked.get("q", ""))
        chosen = {column: asked[name] for name, column in COLUMNS.items() if name in asked}
        students = students.filter(**chosen) if "status" in asked else students.present().filter(**chosen)
        return students.order_by(*ORDERS.get(asked.get("sort", ""), ORDERS["number"]))

    def offer(self) -> None:
        if self.narrow:
            for name in ("college", "grade", "school_class", "status", "sort"):
                self.fields.pop(name, None)
            return
        classes = self.units.filter(level=Level.CLASS, is_active=True)
        named = classes.exclude(college=None).order_by("college__code").values_list("college_id", "college__name")
        colleges = dict(named.distinct())
        grades = list(classes.exclude(grade=None).order_by("-grade").values_list("grade", flat=True).distinct())
        chosen = self.data.get("college", "")
        within = classes.filter(college=chosen) if chosen.isdecimal() else classes
        offered = list(within.order_by("college__code", "-grade", "name")[: MOST_CLASSES + 1])
        self._choose("college", [(str(pk), name) for pk, name in colleges.items()] if len(colleges) > 1 else [])
        self._choose("grade", [(str(grade), str(grade)) for grade in grades] if len(grades) > 1 else [])
        self._choose("school_class", _options(offered) if len(offered) <= MOST_CLASSES else [])
        self._choose("status", [(status.value, STATUS_LABELS[status]) for status in EnrollmentStatus])
        self.fields["status"].choices[0] = ("", pgettext_lazy("students", "At school"))  # type: ignore[attr-defined]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        if choices:
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
        else:
            self.fields.pop(name, None)


def _options(classes: list[Unit]) -> list[tuple[str, Any]]:
    return [(str(unit.pk), unit.name) for unit in classes]
