from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from network.forms.days import DayField
from network.forms.filters import FilterForm, search_field
from network.models.labels import ROLE_LABELS
from network.models.units import UnitQuerySet
from network.rules import Role

TAB_LABELS = {
    Role.DORM_HEAD: _("Dorms without a head"),
    Role.CLASS_COMMITTEE_MEMBER: _("Classes without a committee member"),
    Role.COLLEGE_COORDINATOR: _("Colleges without a coordinator"),
}


class VacancyFilter(FilterForm):
    unspoken = frozenset({"role"})

    role = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=list(TAB_LABELS.items()))
    q = search_field(_("Room, class or college"))

    def __init__(self, data: QueryDict, *, roles: Sequence[Role]) -> None:
        self.roles = roles
        super().__init__(data)

    @property
    def chosen(self) -> Role:
        asked = Role(self.asked.get("role") or self.roles[0])
        return asked if asked in self.roles else self.roles[0]

    def apply(self, units: UnitQuerySet) -> UnitQuerySet:
        words = self.asked.get("q")
        if not words:
            return units.order_by("parent__code", "code")
        named = Q(name__icontains=words) | Q(parent__name__icontains=words) | Q(college__name__icontains=words)
        return units.filter(named).order_by("parent__code", "code")

    def tabs(self, counts: Mapping[Role, int]) -> list[dict[str, Any]]:
        return [
            {"label": TAB_LABELS[role], "url": f"?role={role.value}", "active": role is self.chosen, "count": n}
            for role, n in counts.items()
        ]


class PeerListForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Post"),
        choices=[
            (Role.DORM_HEAD.value, ROLE_LABELS[Role.DORM_HEAD]),
            (Role.CLASS_COMMITTEE_MEMBER.value, ROLE_LABELS[Role.CLASS_COMMITTEE_MEMBER]),
        ],
    )
    lines = forms.CharField(
        label=_("Students"),
        help_text=_("One a line: the number, and the name behind it if it is to be compared. Paste it from a table."),
        max_length=400_000,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
    )
    last_day = DayField(label=_("Term of office ends with"))
