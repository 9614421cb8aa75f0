"""The first page of each role: what I owe, what is burning, what changed."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Enrolment
from counseling.models import Booking
from counseling.services import at_a_glance
from crisis.models import Alarm, Case
from crisis.rules import AlertLevel
from crisis.services.center.dashboard import summary_of
from kernel import audit
from kernel.charts import Chart
from kernel.models import Notice
from kernel.periods import Month
from kernel.web import require_GET
from network.access import own
from network.models import Duty, Post, RosterImport, Unit, User
from network.rules import Ability, Level, Role
from network.scope import Scope
from portal.own_notices import NoticeGroup, grouped
from reporting.models import Cycle, Report, Summary
from reporting.policies import sight_of
from reporting.rules.disclosure import NOTHING, Cells, added, seen
from reporting.rules.totals import Figures, total
from reporting.services.plots import heat_map
from reporting.services.summaries import last_months
from screening.models import Campaign, Participation

SHOWN = 8
REPORTS = {
    Level.DORM: _("Dorm reports"),
    Level.CLASS: _("Class reports"),
    Level.COLLEGE: _("College reports"),
}
VACANCY = "vacancy"
MONTHS_ON_THE_MAP = 6
WATCHING = (Ability.VIEW_LINES, Ability.VIEW_CLASS_REPORT, Ability.VIEW_COLLEGE_REPORT, Ability.CHECK_CLASS_REPORT)


@dataclass(frozen=True)
class Progress:
    """How far a college or class has come this month."""

    unit: Unit
    levels: dict[str, dict[str, int]]
    month: Month
    # Whether the reader may open the rows.
    opens_board: bool

    @property
    def missing(self) -> int:
        return sum(self._missing_of(level) for level in self.levels)

    @property
    def gaps(self) -> list[tuple[Promise | str, int, str]]:
        """What is missing, level by level: what the reports are called, how many, and the address of exactly these."""
        return [
            (REPORTS[Level(level)], self._missing_of(level), self._url(level, show="missing"))
            for level in map(str, REPORTS)
            if level in self.levels and self._missing_of(level)
        ]

    @property
    def urls(self) -> dict[str, str]:
        """The addresses of all reports of a level."""
        return {level: self._url(level) for level in self.levels}

    def _missing_of(self, level: str) -> int:
        return self.levels[level]["due"] - self.levels[level]["filed"]

    def _url(self, level: str, **narrowed: str) -> str:
        if not self.opens_board:
            return ""
        query = {"month": str(self.month), "unit": self.unit.code, "level": level, **narrowed}
        return f"{reverse('reporting:month-board')}?{urlencode(query)}"


@dataclass
class Home:
    """What the page shows; each part is asked for once, and only if the page shows it."""

    user: User
    at: datetime

    @cached_property
    def scope(self) -> Scope:
        return Scope.of(self.user)

    @cached_property
    def posts(self) -> list[Post]:
        active = self.user.posts.active(timezone.localdate(self.at))
        return list(active.select_related("unit").order_by("unit__code", "pk"))

    @cached_property
    def roles(self) -> list[tuple[str, list[Unit]]]:
        """The user's roles, each with its units."""
        by_role: dict[str, list[Unit]] = defaultdict(list)
        for post in self.posts:
            by_role[post.label()].append(post.unit)
        return list(by_role.items())

    @cached_property
    def cycle(self) -> Cycle | None:
        """The month at hand."""
        return Cycle.objects.visible_to(self.user).select_related("school").first()

    @cached_property
    def owed(self) -> QuerySet[Any]:
        return Duty.objects.unsettled().owed_by(self.user, timezone.localdate(self.at))

    @cached_property
    def duties(self) -> list[Duty]:
        """What is owed, soonest first; posts to fill come by the hundred after an import and are told as one."""
        rest = self.owed.exclude(kind=VACANCY).select_related("unit")
        return list(rest.order_by("due_at", "pk")[: SHOWN + 1])

    @cached_property
    def posts_to_fill(self) -> dict[str, Any]:
        """How many posts the user is to fill, and by when the first."""
        found: dict[str, Any] = self.owed.filter(kind=VACANCY).aggregate(count=Count("pk"), due_at=Min("due_at"))
        return found

    @cached_property
    def alarms(self) -> list[Alarm]:
        open_alarms = Alarm.objects.visible_to(self.user, Ability.HANDLE_ALARM).unacknowledged()
        oldest_first = open_alarms.select_related("student", "college", "school_class", "dorm")
        return list(
            oldest_first.defer("evidence", "action_taken", "place", "contact").order_by("raised_at", "pk")[:SHOWN]
        )

    @cached_property
    def is_student(self) -> bool:
        return hasattr(self.user, "student")

    @cached_property
    def notices(self) -> list[NoticeGroup]:
        """The newest notices; reminders of what is done by now are left out."""
        newest = Notice.objects.for_user(self.user).order_by("-created_at")[: 2 * SHOWN]
        return [group for group in grouped(newest) if not group.is_done][:SHOWN]

    @cached_property
    def red(self) -> dict[str, Any] | None:
        """Alarms that wait and red cases, as numbers with ages, for school leaders and deputy secretaries."""
        leads = Ability.VIEW_RED_SUMMARY in self.scope.abilities
        if leads:
            cases, waiting = Case.objects.summarised_for(self.user), summary_of(self.user, at=self.at)
        elif any(post.role == Role.DEPUTY_SECRETARY for post in self.posts):
            cases = Case.objects.visible_to(self.user, Ability.VIEW_CASES).open().filter(level=AlertLevel.RED)
            alarms = Alarm.objects.visible_to(self.user, Ability.HANDLE_ALARM).unacknowledged().order_by()
            waiting = alarms.aggregate(waiting=Count("pk"), oldest=Min("raised_at"))
        else:
            return None
        figures = {**waiting, **cases.order_by().aggregate(cases=Count("pk"), since=Min("level_since"))}
        return figures if leads or figures["waiting"] or figures["cases"] else None

    @cached_property
    def asked_for_help(self) -> Alarm | None:
        """The user's own latest request for help, as long as it is not settled."""
        if not self.is_student:
            return None
        mine = Alarm.objects.unsettled().filter(student__user=self.user, source=Alarm.Source.STUDENT)
        found: Alarm | None = mine.only("raised_at", "acknowledged_at").order_by("-raised_at", "pk").first()
        return found

    @cached_property
    def next_time(self) -> Booking | None:
        """The user's own next appointment, as a student."""
        return at_a_glance.next_time(self.user, self.at) if self.is_student else None

    @cached_property
    def has_offer(self) -> bool:
        return self.is_student and at_a_glance.has_offer(self.user, self.at)

    @cached_property
    def expected_today(self) -> list[Booking]:
        """Who is expected at this counselor's today: times and codes."""
        return at_a_glance.expected_today(self.user, self.at)

    @cached_property
    def open_outcomes(self) -> int:
        return at_a_glance.open_outcomes(self.user, self.at)

    @cached_property
    def waiting_for_counseling(self) -> dict[str, Any]:
        return at_a_glance.waiting_figures(self.user)

    @cached_property
    def alarm_report(self) -> Report | None:
        """The report from which a dorm head or class committee member raises an alarm, filed or not."""
        filing = (Ability.FILE_DORM_REPORT, Ability.FILE_CLASS_REPORT)
        if self.cycle is None or not self.scope.abilities.intersection(filing):
            return None
        mine = Report.objects.visible_to(self.user, *filing).current().filter(cycle=self.cycle)
        found: Report | None = mine.exclude(level=Level.COLLEGE).order_by("-level", "unit__code").first()
        return found

    @cached_property
    def screenings(self) -> list[Participation]:
        """What the user, as a student, is asked to fill in and has not finished."""
        today = timezone.localdate(self.at)
        open_now = Campaign.objects.answerable(today).order_by().values("pk")
        mine = Participation.objects.for_user(self.user).unfinished().filter(campaign__in=open_now)
        return list(mine.select_related("campaign"))

    @cached_property
    def returned(self) -> QuerySet[Any]:
        """Reports that came back to the people who write them."""
        mine = Report.objects.visible_to(
            self.user, Ability.FILE_DORM_REPORT, Ability.FILE_CLASS_REPORT, Ability.FILE_COLLEGE_REPORT
        )
        return mine.current().filter(cycle=self.cycle, state="returned").select_related("unit")[:SHOWN]

    @cached_property
    def progress(self) -> list[Progress]:
        """Completeness by college for those who watch a school, by class for the others; most missing first."""
        if self.cycle is None:
            return []
        key = "college_id" if self.scope.units(WATCHING).get(Level.SCHOOL) else "school_class_id"
        reports = Report.objects.visible_to(self.user).current().filter(cycle=self.cycle)
        found: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
        for row in reports.exclude(**{key: None}).tally(key, "level"):
            found[row[key]][row["level"]] = row
        units = Unit.objects.in_bulk(found)
        opens_board = Ability.VIEW_CLASS_REPORT in self.scope.abilities
        rows = [Progress(units[pk], levels, self.cycle.period, opens_board) for pk, levels in found.items()]
        return sorted(rows, key=lambda row: (-row.missing, row.unit.code))

    @cached_property
    def summaries(self) -> list[Summary]:
        """The month's summaries of the highest units whose figures the user reads."""
        granted = self.scope.units([Ability.VIEW_STATS])
        tops = next(
            (granted[level] for level in (Level.SCHOOL, Level.COLLEGE, Level.CLASS) if granted.get(level)), None
        )
        if tops is None:
            return []
        rows = Summary.objects.visible_to(self.user).filter(cycle=self.cycle, unit__in=tops)
        return list(rows.select_related("unit__school", "unit__college"))

    @cached_property
    def figures(self) -> Figures | None:
        """The month's figures of all that the user watches over; None before the first rollup."""
        return total(summary.totals for summary in self.summaries) if self.summaries else None

    @cached_property
    def shown(self) -> Cells:
        """Who was reported on and who is below clear weather, as the user may see it: one rule for home and page."""
        cells = [seen(row.totals, row.shown, sight_of(self.user, row.unit)) for row in self.summaries]
        return replace(NOTHING, reported=added(c.reported for c in cells), concerned=added(c.concerned for c in cells))

    @cached_property
    def map(self) -> dict[str, Chart] | None:
        """Colleges × months, for those who watch over a school."""
        schools = self.scope.units([Ability.VIEW_STATS]).get(Level.SCHOOL)
        if not schools or self.cycle is None:
            return None
        school = self.cycle.school
        months = last_months(self.cycle.period, MONTHS_ON_THE_MAP)
        return heat_map(school=school, months=months, sight=sight_of(self.user, school))

    @cached_property
    def imports(self) -> list[RosterImport]:
        schools = self.scope.units([Ability.IMPORT_ROSTER]).get(Level.SCHOOL, frozenset())
        return list(RosterImport.objects.filter(school__in=schools).defer("content", "undo")[:3]) if schools else []

    @cached_property
    def vacancies(self) -> dict[str, int]:
        """Classes without a committee member and dorms without a head, where the user appoints."""
        today = timezone.localdate(self.at)
        units = Unit.objects.visible_to(self.user, Ability.APPOINT_PEER, Ability.APPOINT_STAFF).active()
        return {
            "classes": units.classes().vacant(Role.CLASS_COMMITTEE_MEMBER, today).count(),
            "dorms": units.dorms().vacant(Role.DORM_HEAD, today).count(),
        }

    @cached_property
    def own_activities(self) -> list[Enrolment]:
        """What a student has a place in or is asked about next."""
        if not self.is_student:
            return []
        rows = Enrolment.objects.for_user(self.user).holding().select_related("activity")
        coming = rows.filter(activity__state="published", activity__ends_at__gte=self.at)
        return list(coming.order_by("activity__starts_at", "pk")[:3])

    @cached_property
    def activities_to_approve(self) -> list[Activity]:
        """What waits for this user's approval, the next to begin first."""
        if Ability.APPROVE_ACTIVITIES not in self.scope.abilities:
            return []
        rows = Activity.objects.visible_to(self.user, Ability.APPROVE_ACTIVITIES).to_approve()
        others = rows.exclude(planned_by=self.user).exclude(edited_by=self.user)
        return list(others.select_related("unit").order_by("starts_at", "pk")[:SHOWN])

    @cached_property
    def month(self) -> Month:
        return Month.of(timezone.localdate(self.at))


@own
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    page = Home(user, timezone.now())
    if page.alarms:
        # Names of students stand on the page: it is a list like that of the alarms.
        audit.record(action="alarm.list", by=user, at=page.at, detail={"rows": len(page.alarms)})
    return render(request, "portal/home.html", {"home": page, "abilities": page.scope.abilities, "now": page.at})
