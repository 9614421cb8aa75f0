"""Who may do what. One condition per line."""

from typing import Any

from activities.models import Activity, ArticleVersion, Enrolment, Goal, LibraryItem, Society, StationCheck, Training
from activities.rules.activities import ActivityState
from network.models import Student, Unit
from network.rules import Ability, Level
from network.scope import Scope


def may_manage_program(user: Any, school: Unit) -> bool:
    """Courses, the center's trainings, money, rooms and stations."""
    return Scope.of(user).covers(Ability.MANAGE_PROGRAM, school)


def may_log_training(user: Any) -> bool:
    return Ability.LOG_TRAINING in Scope.of(user).abilities


def may_confirm_training(user: Any, training: Training) -> bool:
    if training.user_id == user.pk:
        return False
    return may_manage_program(user, training.school)


def may_plan(user: Any, unit: Unit) -> bool:
    return Scope.of(user).covers(Ability.PLAN_WORK, unit)


def may_move_goal(user: Any, goal: Goal) -> bool:
    """Whoever owns the goal tells how far it is, and whoever plans there."""
    if goal.owner_id == user.pk:
        return True
    return may_plan(user, goal.plan.unit)


def may_run_station(user: Any, unit: Unit) -> bool:
    return Scope.of(user).covers(Ability.RUN_STATION, unit)


def may_check_station(user: Any, check: StationCheck) -> bool:
    if check.answered_by_id == user.pk:
        return False
    return Scope.of(user).covers(Ability.MANAGE_PROGRAM, check.station.unit)


def may_found_society(user: Any, unit: Unit) -> bool:
    """The center at the school, the coordinator or deputy secretary at a college."""
    scope = Scope.of(user)
    return scope.covers(Ability.MANAGE_PROGRAM, unit) or scope.covers(Ability.RUN_STATION, unit)


def may_lead_society(user: Any, society: Society) -> bool:
    if society.adviser_id == user.pk:
        return True
    if Scope.of(user).covers(Ability.LEAD_SOCIETY, society.unit):
        return True
    return may_found_society(user, society.unit)


def may_write(user: Any, school_id: int | None) -> bool:
    """Whoever writes articles at any place of the school."""
    return user.school_id == school_id and Ability.WRITE_ARTICLES in Scope.of(user).abilities


def may_approve_article(user: Any, version: ArticleVersion) -> bool:
    if version.author_id == user.pk:
        return False
    return may_manage_program(user, version.article.school)


def may_approve_item(user: Any, item: LibraryItem) -> bool:
    if item.added_by_id == user.pk:
        return False
    return may_manage_program(user, item.school)


def may_plan_activity(user: Any, unit: Unit) -> bool:
    if unit.level == Level.DORM:
        return False
    return Scope.of(user).covers(Ability.ORGANIZE_ACTIVITIES, unit)


def may_run_activity(user: Any, activity: Activity) -> bool:
    """Work with the roster: the organizer, helpers, and the center."""
    return Activity.objects.run_by(user).filter(pk=activity.pk).exists()


def may_edit_activity(user: Any, activity: Activity) -> bool:
    if activity.state == ActivityState.CANCELLED:
        return False
    return may_run_activity(user, activity)


def may_approve_activity(user: Any, activity: Activity) -> bool:
    if activity.state != ActivityState.SUBMITTED:
        return False
    # SECURITY: nobody approves what they planned or wrote.
    if user.pk in (activity.planned_by_id, activity.edited_by_id):
        return False
    return Scope.of(user).covers(Ability.APPROVE_ACTIVITIES, activity.unit)


def may_enroll(student: Student, activity: Activity) -> bool:
    if activity.state != ActivityState.PUBLISHED:
        return False
    return Activity.objects.for_student(student).filter(pk=activity.pk).exists()


def may_answer(user: Any, enrolment: Enrolment) -> bool:
    # A place is personal: nobody gives up or takes that of somebody else.
    return bool(enrolment.student.user_id == user.pk)


def may_plan_festival(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.APPROVE_ACTIVITIES, school)
