"""The plan of a year: goals are duties of their owners until they are reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from activities import policies
from activities.models import Goal, Step, WorkPlan
from activities.rules.indicators import Indicator, goal_progress
from activities.rules.indicators import plan as plan_indicator
from activities.rules.program import FIRST_YEAR, LAST_YEAR, Pillar
from activities.services.evidence import keep_evidence
from kernel import audit
from kernel.errors import Refused
from kernel.periods import TZ
from kernel.uploads import Upload
from network.models import Unit, User
from network.services import Owed, owe, reopen, settle, withdraw

TITLE = gettext_noop("Goal of %(year)s: %(goal)s")
END_OF_DAY = time(23, 59, 59)
MOST_GOALS, MOST_STEPS = 60, 40


@dataclass(frozen=True)
class GoalProgress:
    """A goal with its steps and how far it is, from 0 to 1."""

    goal: Goal
    steps: list[Step]
    progress: Fraction

    @property
    def percent(self) -> int:
        """Rounded down, so that only a goal that is reached shows 100."""
        return int(self.progress * 100)


@transaction.atomic
def write_plan(*, unit: Unit, year: int, aim: str, by: User, at: datetime) -> WorkPlan:
    """Begin the plan of a unit for a year, or change its aim."""
    _check(by, unit)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(_("Choose a year between 2000 and 2099."), code="out-of-reach")
    values = {"aim": aim}
    row, is_new = WorkPlan.objects.get_or_create(
        unit=unit, year=year, defaults=values | {"written_by": by, "written_at": at}
    )
    if not is_new:
        raise Refused(_("There is a plan of this unit for this year already. Open it instead."), code="plan-taken")
    audit.record(action="plan.write", by=by, at=at, obj=row, unit=unit.code, detail={"year": year})
    return row


@transaction.atomic
def set_goal(
    *,
    plan: WorkPlan,
    pillar: str,
    title: str,
    target: str,
    owner: User,
    due_on: date,
    weight: int,
    by: User,
    at: datetime,
    goal: Goal | None = None,
) -> Goal:
    """Set a goal, or change one; its owner owes it until it is reached. Refused for a day outside of the year."""
    WorkPlan.objects.select_for_update().get(pk=plan.pk)
    _check(by, plan.unit)
    if due_on.year != plan.year:
        raise Refused(_("Choose a day in the year of the plan."), code="other-year")
    if not 1 <= weight <= 100:
        raise Refused(_("Give a weight from 1 to 100."), code="weight")
    if owner.school_id != plan.unit.root_id:
        raise Refused(_("Choose somebody of this school."), code="owner")
    row = goal or Goal(plan=plan)
    if goal is None and plan.goals.count() >= MOST_GOALS:
        raise Refused(_("A plan has at most %(most)s goals.") % {"most": MOST_GOALS}, code="too-many")
    row.pillar, row.title, row.target = pillar, title, target
    row.owner, row.due_on, row.weight = owner, due_on, weight
    row.save()
    # A new owner owes it anew.
    withdraw(keys=[_key(row)])
    owe(duties=[_owed(row)])
    _settle(row, at=at)
    action = "goal.edit" if goal else "goal.set"
    audit.record(action=action, by=by, at=at, obj=row, unit=plan.unit.code, detail={"weight": weight})
    return row


@transaction.atomic
def drop_goal(*, goal: Goal, by: User, at: datetime) -> None:
    """Take a goal without any progress out of the plan. Refused when a step of it has been made."""
    row = _locked(goal)
    _check(by, row.plan.unit)
    if row.steps.filter(progress__gt=0).exists():
        raise Refused(_("Work on this goal has begun: it stays in the plan."), code="begun")
    withdraw(keys=[_key(row)])
    audit.record(action="goal.drop", by=by, at=at, obj=row, unit=row.plan.unit.code)
    row.delete()


@transaction.atomic
def add_step(*, goal: Goal, title: str, by: User, at: datetime) -> Step:
    """Add a step towards a goal."""
    row = _locked(goal)
    _check_mover(by, row)
    if row.steps.count() >= MOST_STEPS:
        raise Refused(_("A goal has at most %(most)s steps.") % {"most": MOST_STEPS}, code="too-many")
    step = Step.objects.create(goal=row, title=title, changed_by=by, changed_at=at)
    audit.record(action="step.add", by=by, at=at, obj=step, unit=row.plan.unit.code)
    _settle(row, at=at)
    return step


@transaction.atomic
def move_step(*, step: Step, progress: int, note: str, upload: Upload | None, by: User, at: datetime) -> Step:
    """Say how far a step has come, with what proves it. When all steps are done, the duty is settled."""
    goal = _locked(step.goal)
    _check_mover(by, goal)
    if not 0 <= progress <= 100:
        raise Refused(_("Give a progress from 0 to 100 percent."), code="progress")
    row: Step = Step.objects.select_for_update().get(pk=step.pk)
    school = goal.plan.unit.school or goal.plan.unit
    evidence = keep_evidence(upload=upload, school=school, by=by, at=at)
    row.progress, row.note, row.changed_by, row.changed_at = progress, note, by, at
    row.evidence = evidence or row.evidence
    row.save(update_fields=["progress", "note", "evidence", "changed_by", "changed_at"])
    detail = {"progress": progress}
    audit.record(action="step.move", by=by, at=at, obj=row, unit=goal.plan.unit.code, detail=detail)
    _settle(goal, at=at)
    return row


def progress_of(plan: WorkPlan) -> list[GoalProgress]:
    """The goals of a plan with their steps, in the order of the pillars."""
    rows = []
    pillars = [pillar.value for pillar in Pillar]
    for goal in sorted(plan.goals.all(), key=lambda goal: (pillars.index(goal.pillar), goal.due_on, goal.pk)):
        # By their names, so that no step moves when its progress does.
        steps = sorted(goal.steps.all(), key=lambda step: step.title)
        rows.append(GoalProgress(goal, steps, goal_progress(step.progress for step in steps)))
    return rows


def figure_of(rows: Iterable[GoalProgress]) -> Indicator:
    """How far the whole plan is, by weight."""
    return plan_indicator((row.goal.weight, row.progress) for row in rows)


def _settle(goal: Goal, *, at: datetime) -> None:
    if goal_progress(goal.steps.values_list("progress", flat=True)) == 1:
        settle(keys=[_key(goal)], at=at)
    else:
        reopen(keys=[_key(goal)])


def _owed(goal: Goal) -> Owed:
    return Owed(
        kind="plan.goal",
        key=_key(goal),
        unit=goal.plan.unit,
        title=TITLE,
        params={"year": str(goal.plan.year), "goal": goal.title[:60]},
        link=reverse("activities:goal-detail", args=[goal.pk]),
        due_at=datetime.combine(goal.due_on, END_OF_DAY, TZ),
        owner=goal.owner,
    )


def _key(goal: Goal) -> str:
    return f"goal:{goal.pk}"


def _locked(goal: Goal) -> Goal:
    row: Goal = (
        Goal.objects.select_for_update(of=("self",)).select_related("plan__unit__school", "owner").get(pk=goal.pk)
    )
    return row


def _check(by: User, unit: Unit) -> None:
    if not policies.may_plan(by, unit):
        raise Refused(_("You may not plan the work of this unit."), code="may-not-plan")


def _check_mover(by: User, goal: Goal) -> None:
    if not policies.may_move_goal(by, goal):
        raise Refused(_("Its owner tells how far this goal is."), code="may-not-move")
