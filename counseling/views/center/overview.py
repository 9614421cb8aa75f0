"""The director's pages on the center as a whole: who waits, what is booked, more sessions, rules."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counseling.forms.center import BookingFilter, ExtensionForm, RulesForm
from counseling.models import Booking, Counselor, WaitingEntry
from counseling.rules.kinds import Triage
from counseling.services.looks import record_client_look
from counseling.services.overview import demand_of, ending_credentials, figures_of_today, waiting_longest
from counseling.services.shared import settings_of
from counseling.services.staff import extend_limit, set_rules
from counseling.views.center.shared import directed_school
from counseling.views.desk.cards import place_of
from counseling.views.desk.profile import state_of
from kernel.errors import Refused
from kernel.web import Request, page_of, perform, require_GET, require_http_methods
from network.access import requires
from network.models import Student
from network.rules import Ability

SHOWN = 8


@requires(Ability.ARRANGE_COUNSELING)
@require_GET
def center_overview(request: Request) -> HttpResponse:
    school, at = directed_school(request), now()
    entries = list(waiting_longest(request.user)[:SHOWN])
    _record_waiting(request, entries, at)
    today = localdate(at)
    context = {
        "tiles": _tiles(figures_of_today(school, request.user, at)),
        "waiting": [waiting_row(entry, at) for entry in entries],
        "demand": demand_of(school, today),
        "credentials": [
            {
                "name": str(row.counselor),
                "kind": row.get_kind_display(),
                "word": state_of(row, today)[0],
                "tone": state_of(row, today)[1],
            }
            for row in ending_credentials(request.user, at)[:SHOWN]
        ],
    }
    return render(request, "counseling/center/overview.html", context)


def _tiles(figures: dict[str, int]) -> list[dict[str, Any]]:
    words = {
        "waiting": (_("Waiting for a time"), reverse("counseling:waiting-list")),
        "today": (_("Expected today"), reverse("counseling:booking-list")),
        "open_outcomes": (_("Not noted yet"), ""),
        "counselors": (_("Counselors who can be booked"), reverse("counseling:counselor-list")),
    }
    return [{"label": words[key][0], "url": words[key][1], "value": value} for key, value in figures.items()]


@requires(Ability.ARRANGE_COUNSELING)
@require_GET
def waiting_list(request: Request) -> HttpResponse:
    directed_school(request)
    page, at = page_of(request, waiting_longest(request.user)), now()
    _record_waiting(request, page.object_list, at)
    rows = [waiting_row(entry, at) for entry in page]
    return render(request, "counseling/center/waiting.html", {"page": page, "rows": rows})


@requires(Ability.ARRANGE_COUNSELING)
@require_GET
def booking_list(request: Request) -> HttpResponse:
    """Paged, without an export; each look at each student is recorded."""
    school, at = directed_school(request), now()
    form = BookingFilter(request.GET, counselors=Counselor.objects.filter(school=school).select_related("user"))
    rows = form.apply(Booking.objects.visible_to(request.user).filter(school=school)).select_related(
        "student__school_class", "student__school", "session__counselor__user", "session__room"
    )
    page = page_of(request, rows.order_by("session__starts_at", "pk"), 25)
    for booking in page:
        record_client_look(action="appointment.read", student=booking.student, by=request.user, at=at, obj=booking)
    lines = [
        {"booking": booking, "place": place_of(booking.session), "counselor": str(booking.session.counselor or "")}
        for booking in page
    ]
    context = {"form": form, "page": page, "lines": lines, "chips": form.chips(request)}
    return render(request, "counseling/center/bookings.html", context)


@requires(Ability.ARRANGE_COUNSELING)
@require_http_methods(["GET", "POST"])
def limit_extend(request: Request) -> HttpResponse:
    school, at = directed_school(request), now()
    form = ExtensionForm(request.POST or None)

    def extend() -> None:
        data = form.cleaned_data
        student = Student.objects.filter(school=school, number=data["number"].strip()).first()
        if student is None:
            raise Refused(_("Nobody of your school has this number. Check it, please."), code="no-such-student")
        extend_limit(student=student, sessions=data["sessions"], reason=data["reason"], by=request.user, at=at)

    words = {
        "heading": _("More sessions for a student"),
        "hint": _("Beyond the limit of the term. First talks and what the center cancelled never count."),
    }
    return _form(request, form, extend, words, done=gettext_lazy("Granted. The student can book again."))


@requires(Ability.ARRANGE_COUNSELING)
@require_http_methods(["GET", "POST"])
def rules_edit(request: Request) -> HttpResponse:
    school = directed_school(request)
    form = RulesForm(request.POST) if request.method == "POST" else RulesForm.of(settings_of(school.pk))

    def change() -> None:
        set_rules(school=school, by=request.user, at=now(), **form.cleaned_data)

    words = {"heading": _("Rules of booking"), "hint": _("They apply from now on; what is booked stands.")}
    return _form(request, form, change, words, done=gettext_lazy("Saved."))


def _form(request: Request, form: Any, service: Any, words: dict[str, str], *, done: Any) -> HttpResponse:
    home = reverse("counseling:center-overview")
    context = {"form": form, "back_url": home, "back_label": _("Counseling center"), **words}

    def page(status: int) -> HttpResponse:
        return render(request, "counseling/desk/form_page.html", context, status=status)

    return page(200) if request.method == "GET" else perform(request, form, service, done=done, to=home, page=page)


def waiting_row(entry: WaitingEntry, at: datetime) -> dict[str, Any]:
    days = (localdate(at) - localdate(entry.since)).days
    wishes = [entry.get_kind_display(), str(entry.counselor or "")]
    return {
        "name": entry.student.name,
        "class": entry.student.school_class.name,
        "triage": entry.get_triage_display(),
        "is_today": entry.triage == Triage.TODAY,
        "wish": " · ".join(word for word in wishes if word),
        "state": entry.get_state_display(),
        "since": entry.since,
        "days": ngettext("%(days)d day", "%(days)d days", days) % {"days": days},
    }


def _record_waiting(request: Request, entries: Any, at: datetime) -> None:
    for entry in entries:
        record_client_look(action="waiting.read", student=entry.student, by=request.user, at=at, obj=entry)
