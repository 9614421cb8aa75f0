from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.periods import Month
from kernel.web import UNPROCESSABLE, Request, require_http_methods
from network.access import requires
from network.models import Unit
from network.rules import Ability
from reporting import policies
from reporting.forms import CalendarForm
from reporting.models import Calendar
from reporting.rules.filing import DueTimes
from reporting.services import set_calendar
from reporting.services.calendars import calendar_of

MONTHS = 12


@requires(Ability.CONFIGURE)
@require_http_methods(["GET", "POST"])
def calendar_edit(request: Request) -> HttpResponse:
    school = _own_school(request)
    calendar = calendar_of(school)
    form = CalendarForm(request.POST) if request.method == "POST" else CalendarForm.of(calendar)
    if form.is_bound and form.is_valid() and _saved(request, school, form):
        return redirect("reporting:calendar-edit")
    context = {"form": form, "school": school, "months": due_times_ahead(calendar, Month.of(timezone.now()))}
    return render(request, "reporting/calendar_edit.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def due_times_ahead(calendar: Calendar, month: Month) -> list[DueTimes]:
    """The due times of twelve months from this one on."""
    ahead = []
    for _number in range(MONTHS):
        ahead.append(calendar.due_times(month))
        month = month.next()
    return ahead


def _own_school(request: Request) -> Unit:
    school: Unit | None = request.user.school
    if school is None:
        raise Http404
    if not policies.may_open_cycle(request.user, school):
        raise PermissionDenied
    return school


def _saved(request: Request, school: Unit, form: CalendarForm) -> bool:
    apply_to_open = form.cleaned_data["apply_to_open"]
    try:
        set_calendar(school=school, entry=form.entry(), apply_to_open=apply_to_open, by=request.user, at=timezone.now())
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return False
    messages.success(request, _("The calendar is kept."))
    return True
