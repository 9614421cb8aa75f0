"""What the director enters: counselors, rooms, closures, rules, more sessions."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.forms.desk import ClosureForm, clock
from counseling.models import CenterSettings, Counselor, Room
from counseling.models.labels import ROOM_KIND_LABELS
from counseling.rules.kinds import RoomKind
from counseling.services.staff import COUNSELING
from crisis.forms.fields import PersonField, words
from crisis.services.cases.recipients import holders_of
from network.forms.filters import FilterForm
from network.models import User

GRIDS = (5, 10, 15, 20, 30, 60)


class RegisterForm(forms.Form):
    user = PersonField(
        label=_("Counselor"),
        error_messages={"invalid_choice": _("Choose somebody who holds a counselor's post.")},
        help_text=_("Only holders of a counselor's post stand here."),
    )

    def __init__(self, data: Any = None, *, school_id: int, at: datetime) -> None:
        super().__init__(data)
        people = [person.pk for person in holders_of(roles=COUNSELING, units=[school_id], at=at)]
        listed = Counselor.objects.filter(school=school_id).values("user")
        free = User.objects.filter(pk__in=people).exclude(pk__in=listed).order_by("number")
        self.fields["user"].queryset = free  # type: ignore[attr-defined]


class RoomForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("room", "Name"), max_length=40)
    kind = forms.TypedChoiceField(
        label=pgettext_lazy("room", "Kind"),
        choices=[(kind.value, label) for kind, label in ROOM_KIND_LABELS.items()],
        coerce=RoomKind,
        initial=RoomKind.COUNSELING.value,
    )
    campus = forms.CharField(label=_("Campus"), required=False, max_length=40)
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=2000, initial=2)
    self_service = forms.BooleanField(label=_("Students take it without a counselor"), required=False)
    is_open = forms.BooleanField(label=_("In use"), required=False, initial=True)

    @classmethod
    def of(cls, room: Room) -> "RoomForm":
        return cls(initial={name: getattr(room, name) for name in cls.base_fields})


class CenterClosureForm(ClosureForm):
    """The whole center, or one room of it."""


class RulesForm(forms.Form):
    term_limit = forms.IntegerField(label=_("Sessions per student and term"), min_value=1, max_value=100)
    notice_minutes = forms.IntegerField(label=_("Book at the latest, minutes before"), min_value=0, max_value=20160)
    late_hours = forms.IntegerField(label=_("Cancel without trace until, hours before"), min_value=0, max_value=336)
    grid_minutes = forms.TypedChoiceField(
        label=_("Sessions begin every, minutes"), choices=[(minutes, minutes) for minutes in GRIDS], coerce=int
    )
    hold_minutes = forms.IntegerField(label=_("A free time is kept for, minutes"), min_value=10, max_value=2880)
    days_ahead = forms.IntegerField(label=_("Book at most, days ahead"), min_value=1, max_value=180)
    night_starts = clock(_("The night begins at"))
    night_ends = clock(_("The night ends at"))
    urgent_opens = clock(_("Urgent hours open at"))
    call_minutes = forms.IntegerField(label=_("An urgent call is made within, minutes"), min_value=10, max_value=1440)

    @classmethod
    def of(cls, rules: CenterSettings) -> "RulesForm":
        return cls(initial={name: getattr(rules, name) for name in cls.base_fields})


class ExtensionForm(forms.Form):
    number = forms.CharField(label=_("Student number"), max_length=30, widget=forms.TextInput({"autocomplete": "off"}))
    sessions = forms.IntegerField(label=_("More sessions in this term"), min_value=1, max_value=50, initial=4)
    reason = words(_("Why"), rows=3, longest=300, hint=_("No diagnosis. You alone can read it."))


class BookingFilter(FilterForm):
    first = forms.DateField(
        label=pgettext_lazy("time", "from"), required=False, widget=forms.DateInput({"type": "date"})
    )
    counselor = forms.ModelChoiceField(
        label=_("Counselor"),
        required=False,
        queryset=Counselor.objects.none(),
        empty_label=pgettext_lazy("filter", "all"),
    )

    def __init__(self, data: Any, *, counselors: Any) -> None:
        self.counselors = counselors
        super().__init__(data)

    def offer(self) -> None:
        self.fields["counselor"].queryset = self.counselors  # type: ignore[attr-defined]

    def apply(self, bookings: Any) -> Any:
        first = self.asked.get("first") or localdate()
        bookings = bookings.filter(session__starts_at__date__gte=first)
        counselor = self.asked.get("counselor")
        return bookings.filter(session__counselor=counselor) if counselor else bookings
