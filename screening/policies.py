"""Who may do what in screening. One condition per line."""

from datetime import date
from typing import Any

from network.models import Unit
from network.rules import Ability
from network.scope import Scope
from screening.models import Campaign, Exemption, Interview, OperatorTraining, Participation


def may_manage_scales(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.MANAGE_SCREENING, school)


def may_run(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.RUN_SCREENING, school)


def is_trained(user: Any, on: date) -> bool:
    """The gate: whoever opens a campaign has completed a training that has not run out."""
    return OperatorTraining.objects.valid(on).filter(user=user).exists()


def may_record_training(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.RECORD_TRAINING, school)


def may_follow(user: Any, participation: Participation) -> bool:
    return Participation.objects.visible_to(user, Ability.FOLLOW_SCREENING).filter(pk=participation.pk).exists()


def may_decide(user: Any, exemption: Exemption) -> bool:
    """The center decides, and nobody on what they asked for themselves."""
    if exemption.asked_by_id == user.pk:
        return False
    return may_run(user, exemption.participation.school)


def may_answer(user: Any, student_user: int) -> bool:
    """`student_user`: the key of the user that the asked student is."""
    return bool(student_user == user.pk)


def may_assign(user: Any, interview: Interview) -> bool:
    return may_run(user, interview.school)


def is_interviewer(user: Any, interview: Interview) -> bool:
    if Ability.HOLD_INTERVIEW not in Scope.of(user).abilities:
        return False
    return bool(interview.counselor_id == user.pk)


def may_read_answers(user: Any, interview: Interview) -> bool:
    """SECURITY: what a student answered is read by the interviewer alone."""
    return is_interviewer(user, interview)


def may_read_factors(user: Any, interview: Interview) -> bool:
    if is_interviewer(user, interview):
        return True
    return Scope.of(user).covers(Ability.VIEW_SCREENING_FACTORS, interview.school)


def may_know_of_counseling(user: Any, interview: Interview) -> bool:
    """SECURITY: a colleague who sees the talk does not learn who goes to counseling."""
    if is_interviewer(user, interview):
        return True
    return Scope.of(user).covers(Ability.ARRANGE_COUNSELING, interview.school)


def may_release(user: Any, campaign: Campaign) -> bool:
    return may_run(user, campaign.school)


def sees_figures(user: Any) -> bool:
    return Ability.VIEW_STATS in Scope.of(user).abilities


def may_print(user: Any) -> bool:
    abilities = Scope.of(user).abilities
    return Ability.EXPORT_SUMMARY in abilities and Ability.VIEW_STATS in abilities


def may_export_research(user: Any, campaign: Campaign) -> bool:
    return Scope.of(user).covers(Ability.VIEW_SCREENING_FACTORS, campaign.school)
