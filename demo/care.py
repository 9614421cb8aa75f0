"""What happens around a person of the watchlist: family, watch, hospital, talks, and a return after a leave."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crisis.models import Alarm, Case, GuardianNotice, Hospital, Referral, Return, SafetyWatch, Talk
from crisis.rules.guardians import Whom
from crisis.rules.referrals import Step
from crisis.services.care.guardians import Attempt, FamilyContact, note_reached, start_notice, try_to_reach
from crisis.services.care.referrals import Stamp, start_referral, take_step
from crisis.services.care.returns import (
    Decision,
    apply_to_return,
    decide_return,
    note_commitment,
    note_follow_up,
    note_interview,
    start_leave,
)
from crisis.services.care.safety_watches import Turn, add_turn, end_watch, hand_over, start_watch
from crisis.services.care.talks import plan_talk, sum_up_talk
from crisis.services.center.response_plans import checklists, tick_step
from demo import care_words as words
from kernel.periods import TZ
from network.models import User

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Care:
    """Who cares for one case. Each act happens so many hours after `at`."""

    case: Case
    counselor: User
    colleague: User
    director: User
    fudaoyuan: User
    at: datetime
    now: datetime

    def after(self, hours: float) -> datetime:
        return min(self.at + hours * HOUR, self.now)

    def day(self, days: int, hour: int) -> datetime:
        """An hour of a day, counted from today."""
        return datetime.combine(self.now.astimezone(TZ).date() + days * DAY, time(hour), TZ)

    # The family.
    def call_family(self) -> None:
        """Nobody answers at first; then they are told and come. The signature is open still."""
        notice = start_notice(
            case=self.case,
            legal_ground=GuardianNotice.LegalGround.EMERGENCY,
            by=self.counselor,
            at=self.after(0.7),
        )
        self._try(notice, was_reached=False, remark=words.VAIN, at=self.after(0.75))
        self._try(notice, was_reached=True, remark=words.ANSWERED, at=self.after(1.1))
        student = self.case.student
        told = FamilyContact(
            caller=self.counselor,
            reached_name=student.guardian_name,
            relation=student.guardian_relation,
            channel="phone",
            facts=words.FACTS,
            advice=words.ADVICE,
            reply=words.REPLY,
            decision=GuardianNotice.Decision.HOSPITAL,
            witness=self.fudaoyuan.name,
        )
        note_reached(notice=notice, contact=told, by=self.counselor, at=self.after(1.4))

    def _try(self, notice: GuardianNotice, *, was_reached: bool, remark: str, at: datetime) -> None:
        phone = self.case.student.guardian_phone
        attempt = Attempt(Whom.GUARDIAN, "phone", phone, was_reached, remark)
        try_to_reach(notice=notice, attempt=attempt, by=self.counselor, at=at)

    # The safety watch.
    def begin_watch(self) -> SafetyWatch:
        turn = Turn(self.after(0.5), self.after(8), [self.counselor, self.fudaoyuan])
        return start_watch(
            case=self.case,
            place=words.PLACE,
            instructions=words.INSTRUCTIONS,
            turn=turn,
            by=self.counselor,
            at=self.after(0.5),
        )

    def watch_at_night(self, watch: SafetyWatch) -> None:
        """A colleague and the family come in the evening, the fudaoyuan in the morning; each hands over."""
        student = self.case.student
        family = f"{student.guardian_name} {student.guardian_phone}"
        self._turn(watch, Turn(self.after(8), self.after(18), [self.colleague], [words.GUARD]), at=self.after(7))
        self._hand_over(watch, self.counselor, words.HANDOVERS[0], at=self.after(8))
        self._turn(watch, Turn(self.after(18), self.after(24), [self.fudaoyuan], [family]), at=self.after(17))
        self._hand_over(watch, self.colleague, words.HANDOVERS[1], at=self.after(18))

    def end_watch(self, watch: SafetyWatch) -> None:
        end_watch(watch=watch, handed_to=words.HANDED_TO, by=self.counselor, at=self.after(22.4))

    def _turn(self, watch: SafetyWatch, turn: Turn, *, at: datetime) -> None:
        add_turn(watch=watch, turn=turn, by=self.counselor, at=at)

    def _hand_over(self, watch: SafetyWatch, person: User, handover: str, *, at: datetime) -> None:
        shift = watch.shifts.get(person=person, handed_over_at=None)
        hand_over(shift=shift, handover=handover, by=self.counselor, at=at)

    # The hospital.
    def refer(self) -> Referral:
        """Assessed and approved by two people, and the family has been told."""
        hospital = Hospital.objects.get(school=self.case.school, name=words.HOSPITALS[0][0])
        referral = start_referral(
            case=self.case, hospital=hospital, reason=words.STEPS[Step.ASSESSED], by=self.counselor, at=self.after(3.5)
        )
        self._step(referral, Step.APPROVED, self.director, at=self.after(4.5))
        self._step(referral, Step.GUARDIAN_TOLD, self.counselor, at=self.after(5.5))
        return referral

    def arrive(self, referral: Referral) -> None:
        self._step(referral, Step.ESCORTED, self.counselor, at=self.after(20.5))
        self._step(referral, Step.ARRIVED, self.counselor, at=self.after(22))

    def _step(self, referral: Referral, step: Step, by: User, *, at: datetime) -> None:
        take_step(referral=referral, step=step, stamp=Stamp(words.STEPS[step]), by=by, at=at)

    # Talks.
    def talk(self) -> None:
        """One was held two days ago, the next is planned."""
        purpose, summary, next_step, further = words.TALKS
        talk = self._plan_talk(purpose, self.day(-2, 15), at=self.day(-5, 10))
        sum_up_talk(
            talk=talk,
            was_held=True,
            held_at=self.day(-2, 15),
            summary=summary,
            next_step=next_step,
            by=self.counselor,
            at=self.day(-2, 16),
        )
        self._plan_talk(further, self.day(5, 15), at=self.day(-2, 17))

    def _plan_talk(self, purpose: str, planned_at: datetime, *, at: datetime) -> Talk:
        by = self.counselor
        return plan_talk(case=self.case, holder=by, planned_at=planned_at, purpose=purpose, by=by, at=at)

    # A return.
    def come_back(self) -> None:
        """On leave for most of a year; decided by two people, back for three weeks and a half, looked after twice."""
        today = self.now.astimezone(TZ).date()
        student_return = start_leave(
            case=self.case,
            left_on=today - 300 * DAY,
            expected_on=today - 30 * DAY,
            by=self.counselor,
            at=self.after(0.5),
        )
        self._decide(student_return, back=today - 25 * DAY)
        for look, days, text in zip(
            student_return.follow_ups.order_by("number"), (-19, -12), words.LOOKS, strict=False
        ):
            note_follow_up(follow_up=look, text=text, by=self.fudaoyuan, at=self.day(days, 16))

    def _decide(self, student_return: Return, *, back: date) -> None:
        by, applied = self.counselor, self.after(24)
        on = applied.astimezone(TZ).date()
        apply_to_return(
            student_return=student_return, applied_on=on, opinion=words.OPINION, letter=None, by=by, at=applied
        )
        note_interview(student_return=student_return, interview=words.INTERVIEW, by=by, at=self.after(72))
        note_commitment(student_return=student_return, commitment=words.COMMITMENT, by=by, at=self.after(96))
        decision = Decision(comes_back=True, note=words.GRANTED, returned_on=back, support_plan=words.SUPPORT)
        decide_return(student_return=student_return, decision=decision, by=self.director, at=self.after(144))

    # The response plan.
    def tick(self, alarm: Alarm) -> None:
        """What is done for any alarm was ticked off, step by step."""
        _plan, items = checklists(alarm)[0]
        for item, (hours, remark) in zip(items, words.TICKS, strict=True):
            tick_step(alarm=alarm, step=item.step, remark=remark, by=self.counselor, at=self.after(hours))
