from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.forms.days import DayField
from network.forms.filters import FilterForm, search_field
from network.models import Student, Unit, User
from network.models.labels import ROLE_LABELS
from network.models.units import PostQuerySet
from network.rules import PEER_ROLES, ROLE_LEVEL, Ability, Level, Role
from network.rules.cells import NUMBER
from network.scope import Scope

MOST_CANDIDATES = 40
ROW_KEYS = {Level.SCHOOL: "school", Level.COLLEGE: "college", Level.CLASS: "school_class", Level.DORM: "dorm"}


class PostFilter(FilterForm):
    q = search_field(_("Person or unit"))
    role = forms.ChoiceField(label=_("Post"), required=False, choices=[("", _("All")), *ROLE_LABELS.items()])
    state = forms.ChoiceField(
        label=_("Shown"),
        required=False,
        choices=[
            ("", pgettext_lazy("posts", "In office")),
            ("waiting", _("Not signed in yet")),
            ("over", pgettext_lazy("posts", "Ended")),
        ],
    )

    def apply(self, posts: PostQuerySet, *, on: date) -> PostQuerySet:
        asked = self.asked
        posts = posts.over(on).order_by("-ends_on", "pk") if asked.get("state") == "over" else posts.active(on)
        if asked.get("state") == "waiting":
            posts = posts.filter(holder__must_change_password=True)
        if "role" in asked:
            posts = posts.filter(role=asked["role"])
        if "q" in asked:
            words = asked["q"]
            named = Q(holder__name__icontains=words) | Q(holder__number__startswith=words)
            posts = posts.filter(named | Q(unit__name__icontains=words) | Q(unit__code__istartswith=words))
        return posts


class PersonSearch(FilterForm):
    role = forms.ChoiceField(label=_("Post"), required=False)
    q = search_field(_("Number or name"))

    def __init__(self, data: QueryDict, *, roles: Sequence[Role]) -> None:
        self.roles = roles
        super().__init__(data)

    def offer(self) -> None:
        self.fields["role"].choices = [(role.value, ROLE_LABELS[role]) for role in self.roles]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Role:
        return Role(self.asked.get("role") or self.roles[0])


class AppointForm(forms.Form):
    # The search beside it has fields of the same names, and an id belongs to one element alone.
    role = forms.ChoiceField(widget=forms.HiddenInput({"id": None}))
    q = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput({"id": None}))
    holder = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    ends_on = DayField(
        label=_("Until"),
        required=False,
        help_text=_("The first day on which the post is over. Leave it empty if no end is known."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        unit: Unit,
        by: User,
        search: PersonSearch,
        today: date,
    ) -> None:
        self.today = today
        super().__init__(data, initial={"role": search.chosen, "q": search.asked.get("q", "")})
        self.fields["role"].choices = [(role.value, role.value) for role in search.roles]  # type: ignore[attr-defined]
        people = candidates(by=by, unit=unit, role=search.chosen, words=search.asked.get("q", ""))
        self.fields["holder"].queryset = people  # type: ignore[attr-defined]
        self.offered = list(people[: MOST_CANDIDATES + 1])
        self.fields["holder"].choices = [  # type: ignore[attr-defined]
            (person.pk, f"{person.name} {person.number}") for person in self.offered[:MOST_CANDIDATES]
        ]

    def clean_ends_on(self) -> date | None:
        ends_on: date | None = self.cleaned_data["ends_on"]
        if ends_on is not None and ends_on <= self.today:
            raise forms.ValidationError(_("This day is not ahead. Choose a later one, or leave it empty."))
        return ends_on

    @property
    def has_more(self) -> bool:
        return len(self.offered) > MOST_CANDIDATES


class AdmitForm(forms.Form):
    number = forms.CharField(
        label=_("Staff number"), max_length=30, validators=[RegexValidator(rf"\A{NUMBER.pattern}\Z")]
    )
    name = forms.CharField(label=_("Name"), max_length=40)
    role = forms.ChoiceField(
        label=_("Post"),
        choices=[(role.value, ROLE_LABELS[role]) for role in Role if ROLE_LEVEL[role] is Level.SCHOOL],
        help_text=_("Everybody else comes in with the roster, which the center director imports."),
    )


def candidates(*, by: User, unit: Unit, role: Role, words: str) -> QuerySet[User]:
    """Whom `by` may choose from: for peers the students of the unit, else the staff of the school."""
    people = User.objects.filter(is_active=True).order_by("number")
    if role not in PEER_ROLES:
        staff = people.filter(school_id=unit.root_id, student=None)
        return staff.filter(Q(number__startswith=words) | Q(name__icontains=words)) if words else staff
    students = Student.objects.present().filter(**{ROW_KEYS[Level(unit.level)]: unit})
    if Scope.of(by).units([Ability.VIEW_ROSTER]):
        return people.filter(student__in=students.visible_to(by, Ability.VIEW_ROSTER).matching(words))
    # SECURITY: who may appoint without seeing the roster knows the number already, or learns no name.
    return people.filter(student__in=students.filter(number=words))
