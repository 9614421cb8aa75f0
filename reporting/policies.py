"""Who may do what with a month's reports. One condition per line."""

from typing import Any

from django.utils.timezone import localdate

from network.models import Post, Unit
from network.rules import Ability, Level
from network.scope import Scope
from reporting.models import Line, Report
from reporting.rules.disclosure import Sight
from reporting.rules.filing import ARRIVED, CHECKING, FILED_BY, FILING, REPORT_ABILITIES, State


def may_open_cycle(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.CONFIGURE, school)


def may_file(user: Any, report: Report) -> bool:
    return is_open(report) and is_filer(user, report)


def is_filer(user: Any, report: Report) -> bool:
    """Whoever holds the filing post; while it is vacant, whoever checks its reports."""
    if holds(user, FILING[Level(report.level)], report):
        return True
    if not holds(user, CHECKING[Level(report.level)], report):
        return False
    return not Post.objects.active(localdate()).filter(unit=report.unit_id, role=FILED_BY[Level(report.level)]).exists()


def may_accept(user: Any, report: Report) -> bool:
    if not report.is_current:
        return False
    if report.state != State.FILED:
        return False
    return holds(user, CHECKING[Level(report.level)], report)


def may_send_back(user: Any, report: Report) -> bool:
    """What has arrived goes back as long as nothing above it has arrived; what the center accepted is corrected."""
    if not report.is_current:
        return False
    if report.state not in ARRIVED:
        return False
    if report.level == Level.COLLEGE and report.state == State.ACCEPTED:
        return False
    if above_has_arrived(report):
        return False
    return holds(user, CHECKING[Level(report.level)], report)


def may_correct(user: Any, report: Report) -> bool:
    """A locked college report gets a new version from the coordinator who filed it or the center that accepted it."""
    if not report.is_current:
        return False
    if report.level != Level.COLLEGE:
        return False
    if report.state != State.ACCEPTED:
        return False
    return holds(user, Ability.FILE_COLLEGE_REPORT, report) or holds(user, Ability.CHECK_COLLEGE_REPORT, report)


def may_remind(user: Any, report: Report) -> bool:
    """Whoever checks a report may nudge its filer while it has not arrived."""
    if report.state in ARRIVED:
        return False
    return holds(user, CHECKING[Level(report.level)], report)


def is_checker(user: Any, report: Report) -> bool:
    return holds(user, CHECKING[Level(report.level)], report)


def may_raise_alarm(user: Any, report: Report) -> bool:
    """An alarm is never too late: locks and acceptance do not count here."""
    if report.level == Level.COLLEGE:
        return False
    return holds(user, FILING[Level(report.level)], report) or holds(user, CHECKING[Level(report.level)], report)


def may_open_dorms(user: Any, report: Report) -> bool:
    """Whether the reader of a class report may open the reports of its dorms."""
    return any(holds(user, ability, report) for ability in REPORT_ABILITIES[Level.DORM])


def may_read_words(user: Any, report: Report) -> bool:
    """What was written of students; peers read it until the month is locked.
    Source: the table of roles in the domain rules."""
    if holds(user, Ability.VIEW_LINE_WORDS, report):
        return True
    if is_locked(report):
        return False
    return holds(user, Ability.FILE_DORM_REPORT, report) or holds(user, Ability.CHECK_DORM_REPORT, report)


def may_read_flags(user: Any, report: Report) -> bool:
    """Weather, signs, events and helps of a line, without its words."""
    return holds(user, Ability.VIEW_LINES, report) or may_read_words(user, report)


def may_read_weather(user: Any, report: Report) -> bool:
    """Name and weather of a line, without signs and words."""
    return holds(user, Ability.VIEW_LINE_SUMMARY, report) or may_read_flags(user, report)


def holds(user: Any, ability: Ability, report: Report) -> bool:
    """Whether the user holds the ability at the unit that the report was filed under, or above it."""
    units = Scope.of(user).units([ability])
    above = {
        Level.SCHOOL: report.school_id,
        Level.COLLEGE: report.college_id,
        Level.CLASS: report.school_class_id,
        Level.DORM: report.dorm_id,
    }
    return any(above[level] in ids for level, ids in units.items())


def is_open(report: Report) -> bool:
    """Whether the report can still be written: not locked from above, and not confirmed by the level above."""
    if not report.is_current:
        return False
    if report.state == State.ACCEPTED:
        return False
    if is_locked(report):
        return False
    return report.state != State.FILED or not above_has_arrived(report)


def is_locked(report: Report) -> bool:
    """Whether the center has accepted the college's month; without colleges, whether the month is closed."""
    college = Report.objects.current().filter(cycle=report.cycle_id, unit=report.college_id)
    state = college.values_list("state", flat=True).first()
    if state is None:
        return report.cycle.closed_at is not None
    return bool(state == State.ACCEPTED)


def above_has_arrived(report: Report) -> bool:
    """Whether the report one level up has arrived."""
    above = Report.objects.current().filter(cycle=report.cycle_id)
    if report.level == Level.DORM:
        return above.filter(unit=report.school_class_id).arrived().exists()
    if report.level == Level.CLASS:
        return above.filter(unit=report.college_id).arrived().exists()
    return False


def sees_reports(user: Any) -> bool:
    """Whether single reports are open to the reader, not their figures alone."""
    held = Scope.of(user).abilities
    return any(ability in held for opening in REPORT_ABILITIES.values() for ability in opening)


def may_export(user: Any, unit: Unit) -> bool:
    return Scope.of(user).covers(Ability.EXPORT_SUMMARY, unit)


def may_read_lines(user: Any, unit: Unit) -> bool:
    """Whoever reads what was written of students, and whoever sees their names with the weather alone."""
    scope = Scope.of(user)
    return scope.covers(Ability.VIEW_LINES, unit) or scope.covers(Ability.VIEW_LINE_SUMMARY, unit)


def sight_of(user: Any, unit: Unit) -> Sight:
    """How exactly the user sees counts of students of a unit, on pages, in charts and in reports. Whoever may open the
    lines sees them exactly; whoever sees name and weather alone learns nothing of signs, events and help."""
    scope = Scope.of(user)
    lines, summary = scope.covers(Ability.VIEW_LINES, unit), scope.covers(Ability.VIEW_LINE_SUMMARY, unit)
    return Sight(exact=lines or summary, exact_flags=lines, flags=lines or not summary)


def report_sight_of(user: Any, report: Report) -> Sight:
    """The same on the page of a report; peers see exactly what they read line by line, until the month is locked."""
    flags = may_read_flags(user, report)
    exact = flags or holds(user, Ability.VIEW_LINE_SUMMARY, report)
    return Sight(exact=exact, exact_flags=flags, flags=flags)


def may_read_signs(user: Any, unit: Unit) -> bool:
    return Scope.of(user).covers(Ability.VIEW_LINES, unit)


def may_list_words(user: Any, unit: Unit) -> bool:
    return Scope.of(user).covers(Ability.VIEW_LINE_WORDS, unit)


def may_read_words_of(user: Any, line: Line) -> bool:
    return Scope.of(user).reaches([Ability.VIEW_LINE_WORDS], line)


def may_read_flags_of(user: Any, line: Line) -> bool:
    return Scope.of(user).reaches([Ability.VIEW_LINES], line)
