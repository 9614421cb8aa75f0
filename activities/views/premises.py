from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.premises import CheckForm, ChecklistForm, PremisesForm, StationForm
from activities.models import Premises, Station, StationCheck
from activities.models.program_labels import ANSWER_LABELS, PREMISES_LABELS, STATION_ITEM_LABELS
from activities.rules.program import Answer, PremisesKind, StationItem, counted
from activities.services.premises import answer_checklist, check_station, save_premises, save_station
from activities.views.program_pages import MANAGE, VIEW, allow, form_page, school_of
from kernel.web import Request, require_GET, require_http_methods
from network.access import requires
from network.models import Unit
from network.rules import Ability

RUN = Ability.RUN_STATION
FIELDS = ("kind", "name", "place", "area", "seats", "equipment", "is_in_use")


@requires(VIEW)
@require_GET
def premises_list(request: Request) -> HttpResponse:
    school = school_of(request, VIEW)
    rows = list(Premises.objects.within_school_of(request.user, VIEW))
    used = {row.kind for row in rows if row.is_in_use}
    context = {
        "rows": rows,
        "missing": [PREMISES_LABELS[kind] for kind in PremisesKind if kind.value not in used],
        "kinds": len(used),
        "may_manage": policies.may_manage_program(request.user, school),
    }
    return render(request, "activities/premises_list.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def premises_new(request: Request) -> HttpResponse:
    school = school_of(request, MANAGE)
    form = PremisesForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: save_premises(school=school, by=request.user, at=now(), **form.values),
        title=_("Add a room"),
        done=_("Saved."),
        back=reverse("activities:premises-list"),
        back_label=_("Rooms of the center"),
    )


@requires(MANAGE, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def premises_edit(request: Request, pk: int) -> HttpResponse:
    rows = Premises.objects.within_school_of(request.user, VIEW).select_related("school")
    row: Premises = get_object_or_404(rows, pk=pk)
    allow(policies.may_manage_program(request.user, row.school))
    form = PremisesForm(request.POST or None, initial={name: getattr(row, name) for name in FIELDS})
    return form_page(
        request,
        form,
        lambda: save_premises(school=row.school, premises=row, by=request.user, at=now(), **form.values),
        title=row.name,
        done=_("Saved."),
        back=reverse("activities:premises-list"),
        back_label=_("Rooms of the center"),
    )


@requires(VIEW)
@require_GET
def station_list(request: Request) -> HttpResponse:
    """The colleges in sight, with their station and its last check."""
    colleges = Unit.objects.visible_to(request.user, VIEW).colleges().active().order_by("code")
    checks = Prefetch("checks", StationCheck.objects.filter(year=localdate().year))
    stations = Station.objects.filter(unit__in=colleges).select_related("head").prefetch_related(checks)
    by_unit = {station.unit_id: station for station in stations}
    rows = [{"college": college, "station": by_unit.get(college.pk)} for college in colleges]
    for row in rows:
        station = row["station"]
        check = next(iter(station.checks.all()), None) if isinstance(station, Station) else None
        row["check"] = check
        row["score"] = counted(check.answers) if check and check.checked_at else None
    return render(request, "activities/station_list.html", {"rows": rows, "year": localdate().year})


@requires(VIEW)
@require_GET
def station_detail(request: Request, pk: int) -> HttpResponse:
    """The station of a college, whether it has been entered or not."""
    college = _college(request, pk)
    station = Station.objects.filter(unit=college).select_related("head").first()
    checks = list(station.checks.select_related("answered_by", "checked_by")) if station else []
    this_year = next((check for check in checks if check.year == localdate().year), None)
    context = {
        "college": college,
        "station": station,
        "checks": [{"check": check, "lines": _lines(check), "score": counted(check.answers)} for check in checks],
        "year": localdate().year,
        "may_run": policies.may_run_station(request.user, college),
        "may_answer": station is not None and (this_year is None or this_year.checked_at is None),
        "to_check": this_year if this_year and policies.may_check_station(request.user, this_year) else None,
    }
    return render(request, "activities/station_detail.html", context)


@requires(RUN, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def station_edit(request: Request, pk: int) -> HttpResponse:
    college = _college(request, pk)
    allow(policies.may_run_station(request.user, college))
    station = Station.objects.filter(unit=college).first()
    names = ("place", "head", "opening_hours", "opened_on")
    initial = {name: getattr(station, name) for name in names} if station else {}
    form = StationForm(request.POST or None, initial=initial, school_id=college.root_id, on=localdate())
    return form_page(
        request,
        form,
        lambda: save_station(unit=college, by=request.user, at=now(), **form.values),
        title=_("Station of the college"),
        done=_("Saved."),
        back=reverse("activities:station-detail", args=[college.pk]),
        back_label=college.name,
    )


@requires(RUN, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def station_answer(request: Request, pk: int) -> HttpResponse:
    college = _college(request, pk)
    allow(policies.may_run_station(request.user, college))
    station: Station = get_object_or_404(Station.objects.select_related("unit__school"), unit=college)
    year = localdate().year
    check = StationCheck.objects.filter(station=station, year=year).first()
    form = ChecklistForm(request.POST or None, initial=check.own_answers if check else {})
    return form_page(
        request,
        form,
        lambda: answer_checklist(station=station, year=year, by=request.user, at=now(), **form.values),
        title=_("Checklist of the year"),
        done=_("Answered. The center visits and decides."),
        back=reverse("activities:station-detail", args=[college.pk]),
        back_label=college.name,
    )


@requires(MANAGE, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def station_check(request: Request, pk: UUID) -> HttpResponse:
    stations = Station.objects.visible_to(request.user, VIEW)
    rows = StationCheck.objects.filter(station__in=stations).select_related("station__unit__school")
    check: StationCheck = get_object_or_404(rows, pk=pk)
    college = check.station.unit
    allow(policies.may_manage_program(request.user, college))
    form = CheckForm(request.POST or None, initial={**check.own_answers, **check.answers, "note": check.note})
    return form_page(
        request,
        form,
        lambda: check_station(check=check, by=request.user, at=now(), **form.values),
        title=_("Check the station"),
        done=_("Checked."),
        back=reverse("activities:station-detail", args=[college.pk]),
        back_label=college.name,
        intro=_("The answers of the college stand in the form; change what you found otherwise."),
    )


def _college(request: Request, pk: int) -> Unit:
    rows = Unit.objects.visible_to(request.user, VIEW).colleges().select_related("school")
    row: Unit = get_object_or_404(rows, pk=pk)
    return row


def _lines(check: StationCheck) -> list[dict[str, object]]:
    """Item, what the college says, what the center found."""
    return [
        {
            "item": STATION_ITEM_LABELS[item],
            "own": _word(check.own_answers.get(item.value)),
            "found": _word(check.answers.get(item.value)),
        }
        for item in StationItem
    ]


def _word(answer: str | None) -> object:
    return ANSWER_LABELS[Answer(answer)] if answer else "–"
