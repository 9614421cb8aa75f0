"""Check-in, hours and certificates: the cases that the design names, by their numbers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction

from activities.models import Activity, Credit, Feedback, FeedbackReceipt, Occasion, Presence
from activities.rules import checkins
from activities.services import (
    check_in,
    check_in_by_hand,
    copy_festival,
    correct_credit,
    credit_hours,
    give_feedback,
    note_walk_ins,
    plan_festival,
    print_certificate,
    take_offline_batch,
)
from activities.services.certificates import proof_of
from activities.services.checking_in import Record, check_code
from activities.services.festivals import FestivalPlan
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import Student
from network.rules import Role
from tests.activities import acts
from tests.conftest import World


@pytest.fixture(autouse=True)
def today(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def scan(occasion: Occasion, student: Student, at: datetime, *, device: str = "") -> Presence:
    return check_in(occasion=occasion, by=student.user, scanned_at=at, device=device, at=at)


def attend(activity: Activity, students: list[Student], *, occasions: int = 1) -> None:
    for occasion in activity.occasions.select_related("activity__unit")[:occasions]:
        for student in students:
            check_in_by_hand(
                occasion=occasion, student=student, by=activity.planned_by, at=occasion.starts_at + timedelta(hours=1)
            )


@pytest.mark.parametrize(("age", "is_taken"), [(0, True), (15, True), (44, True), (46, False), (60, False)])
def test_case_9_a_code_counts_in_its_window_and_the_two_after(
    world: World, at: datetime, age: int, is_taken: bool
) -> None:
    occasion = acts.first_occasion(acts.published(world, at))
    shown_at = datetime.fromtimestamp(int(occasion.starts_at.timestamp()) // 15 * 15, tz=UTC)
    code = checkins.code_of(occasion.secret, checkins.slot_of(shown_at))
    if is_taken:
        check_code(occasion, code, at=shown_at + timedelta(seconds=age))
    else:
        with pytest.raises(Refused, match="no longer shown"):
            check_code(occasion, code, at=shown_at + timedelta(seconds=age))


def test_case_10_an_early_scan_says_when_and_spoils_nothing(world: World, at: datetime) -> None:
    starts_at = datetime(2026, 11, 17, 13, 2, tzinfo=TZ)
    occasion = acts.first_occasion(acts.published(world, at, starts_at=starts_at))
    [student] = acts.crowd(world, 1)
    early = datetime(2026, 11, 17, 12, 40, tzinfo=TZ)
    with pytest.raises(Refused, match="12:47"):
        scan(occasion, student, early)
    assert scan(occasion, student, datetime(2026, 11, 17, 12, 49, tzinfo=TZ)).source == "scan"


@pytest.mark.parametrize(("minutes", "is_taken"), [(3, True), (5, True), (6, False)])
def test_case_11_a_scan_survives_a_sign_in_of_five_minutes(
    world: World, at: datetime, minutes: int, is_taken: bool
) -> None:
    occasion = acts.first_occasion(acts.published(world, at))
    [student] = acts.crowd(world, 1)
    scanned, later = occasion.starts_at, occasion.starts_at + timedelta(minutes=minutes)
    if is_taken:
        presence = check_in(occasion=occasion, by=student.user, scanned_at=scanned, at=later)
        assert presence.at == scanned
    else:
        with pytest.raises(Refused, match="five minutes"):
            check_in(occasion=occasion, by=student.user, scanned_at=scanned, at=later)


def test_case_12_two_phones_and_an_offline_list_make_one_presence(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    occasion = acts.first_occasion(activity)
    [student] = acts.crowd(world, 1)
    start = occasion.starts_at
    scan(occasion, student, start + timedelta(minutes=2))
    scan(occasion, student, start + timedelta(minutes=3))
    record = Record(uuid4(), student.pk, start - timedelta(minutes=4))
    take_offline_batch(occasion=occasion, records=[record], by=activity.planned_by, at=start + timedelta(hours=1))
    presence = Presence.objects.get()
    assert (presence.at, presence.source) == (record.at, "offline")


def test_case_13_a_batch_of_forty_sent_thrice_is_forty(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    occasion = acts.first_occasion(activity)
    moment = occasion.starts_at + timedelta(minutes=1)
    records = [Record(uuid4(), student.pk, moment) for student in acts.crowd(world, 40)]
    answers = [
        take_offline_batch(occasion=occasion, records=records, by=activity.planned_by, at=moment) for _time in range(3)
    ]
    assert Presence.objects.count() == 40
    assert [set(answer.values()) for answer in answers] == [{"taken"}, {"known"}, {"known"}]


def test_an_id_that_comes_back_with_somebody_else_is_told(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    occasion = acts.first_occasion(activity)
    first, second = acts.crowd(world, 2)
    moment, by = occasion.starts_at, activity.planned_by
    record = Record(uuid4(), first.pk, moment)
    take_offline_batch(occasion=occasion, records=[record], by=by, at=moment)
    other = Record(record.client_id, second.pk, moment)
    stranger = Record(uuid4(), uuid4(), moment)
    long_ago = Record(uuid4(), second.pk, moment - timedelta(days=1))
    answers = take_offline_batch(occasion=occasion, records=[other, stranger, long_ago], by=by, at=moment)
    assert list(answers.values()) == ["other", "nobody", "time"]
    assert Presence.objects.count() == 1


def test_case_14_a_walk_in_is_present_and_flagged(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=1)
    occasion = acts.first_occasion(activity)
    inside, late = acts.crowd(world, 2)
    acts.enrolled(activity, [inside], at)
    assert not scan(occasion, inside, occasion.starts_at).is_walk_in
    assert scan(occasion, late, occasion.starts_at).is_walk_in


def test_case_15_two_of_three_times_give_four_hours_one_gives_none(world: World, at: datetime) -> None:
    activity = acts.published(world, at, count=3, hours="2.0")
    often, once = acts.crowd(world, 2)
    attend(activity, [often], occasions=2)
    attend(activity, [once], occasions=1)
    assert credit_hours(activity=activity, by=activity.planned_by, at=activity.ends_at) == 1
    assert Credit.objects.filter(student=often).total() == Decimal("4.0")
    assert Credit.objects.filter(student=once).total() == Decimal("0.0")
    assert credit_hours(activity=activity, by=activity.planned_by, at=activity.ends_at) == 0


def test_case_16_a_correction_is_a_row_of_its_own(world: World, at: datetime) -> None:
    activity = acts.published(world, at, count=3)
    [student] = acts.crowd(world, 1)
    attend(activity, [student], occasions=3)
    by, later = activity.planned_by, activity.ends_at
    credit_hours(activity=activity, by=by, at=later)
    credit = Credit.objects.get(student=student)
    correct_credit(credit=credit, hours=Decimal("-2.0"), reason="提前离场", by=by, at=later + timedelta(hours=1))
    assert [row.hours for row in Credit.objects.filter(student=student)] == [Decimal("6.0"), Decimal("-2.0")]
    assert Credit.objects.filter(student=student).total() == Decimal("4.0")
    with pytest.raises(Refused, match="no more can be taken"):
        correct_credit(credit=credit, hours=Decimal("-4.5"), reason="又一次", by=by, at=later)
    # Crediting once more gives nothing back.
    assert credit_hours(activity=activity, by=by, at=later) == 0


def test_the_database_refuses_to_change_a_credit(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    [student] = acts.crowd(world, 1)
    attend(activity, [student])
    credit_hours(activity=activity, by=activity.planned_by, at=activity.ends_at)
    credit = Credit.objects.get()
    credit.hours = Decimal("9.0")
    with pytest.raises(DatabaseError), transaction.atomic():
        credit.save()
    with pytest.raises(TypeError):
        Credit.objects.all().delete()


def test_case_17_a_certificate_of_a_discreet_activity_is_neutral(world: World, at: datetime) -> None:
    activity = acts.published(world, at, is_discreet=True, title="失恋团体")
    [student] = acts.crowd(world, 1)
    attend(activity, [student])
    credit_hours(activity=activity, by=activity.planned_by, at=activity.ends_at)
    certificate = print_certificate(activity=activity, student=student, by=student.user, at=activity.ends_at)
    assert certificate.title == ""
    assert proof_of(certificate).title in ("Mental health education activity", "心理健康教育活动")
    assert proof_of(certificate).holds


def test_a_certificate_shows_that_hours_were_corrected_since(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    [student] = acts.crowd(world, 1)
    attend(activity, [student])
    by, later = activity.planned_by, activity.ends_at
    credit_hours(activity=activity, by=by, at=later)
    certificate = print_certificate(activity=activity, student=student, by=student.user, at=later)
    assert certificate.content
    assert print_certificate(activity=activity, student=student, by=student.user, at=later).pk == certificate.pk
    correct_credit(credit=Credit.objects.get(), hours=Decimal("-1.0"), reason="误记", by=by, at=later)
    proof = proof_of(certificate)
    assert (proof.hours, proof.hours_now, proof.holds) == (Decimal("2.0"), Decimal("1.0"), False)


def test_case_24_a_festival_of_38_activities_comes_again(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    days = FestivalPlan("5·25 心理健康节", "我爱我", at.date(), at.date() + timedelta(days=30))
    festival = plan_festival(school=world.school, plan=days, by=director, at=at)
    for number in range(38):
        acts.published(world, at, title=f"活动 {number}", festival=festival)
    first = Activity.objects.all()[0]
    acts.enrolled(first, acts.crowd(world, 3), at)
    copy = copy_festival(festival=festival, by=director, at=at)
    again = copy_festival(festival=festival, by=director, at=at)
    assert again == copy
    drafts = Activity.objects.filter(festival=copy)
    assert (drafts.count(), set(drafts.values_list("state", flat=True))) == (38, {"draft"})
    assert all(row.starts_at == row.copied_from.starts_at + timedelta(days=364) for row in drafts)
    assert not any(row.enrolments.exists() for row in drafts)
    secrets = [occasion.secret for occasion in Occasion.objects.all()]
    assert len(set(secrets)) == len(secrets) == 76


def test_one_device_with_two_accounts_is_flagged_not_refused(world: World, at: datetime) -> None:
    occasion = acts.first_occasion(acts.published(world, at))
    for student in acts.crowd(world, 2):
        scan(occasion, student, occasion.starts_at, device="d1")
    assert set(Presence.objects.values_list("is_flagged", flat=True)) == {True}


def test_walk_ins_by_number_name_those_nobody_has(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    occasion = acts.first_occasion(activity)
    students = acts.crowd(world, 2)
    assert world.other is not None
    stranger = Student.objects.filter(school=world.other)[0]
    numbers = [students[0].number, students[1].number, students[0].number, "999", stranger.number]
    moment = occasion.starts_at
    noted, unknown = note_walk_ins(occasion=occasion, numbers=numbers, by=activity.planned_by, at=moment)
    assert (noted, unknown) == (2, ["999", stranger.number])
    with pytest.raises(Refused, match="200"):
        numbers = [str(number) for number in range(10_000)]
        note_walk_ins(occasion=occasion, numbers=numbers, by=activity.planned_by, at=moment)


def test_feedback_carries_no_person_and_comes_once(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    there, away = acts.crowd(world, 2)
    attend(activity, [there])
    later = activity.ends_at
    give_feedback(activity=activity, rating=5, words="很好", by=there.user, at=later)
    names = {field.name for field in Feedback._meta.get_fields()}
    assert names == {"id", "activity", "rating", "words", "given_on"}
    assert {field.name for field in FeedbackReceipt._meta.get_fields()} == {"id", "activity", "user"}
    with pytest.raises(Refused, match="already"):
        give_feedback(activity=activity, rating=1, words="", by=there.user, at=later)
    with pytest.raises(Refused, match="whoever was there"):
        give_feedback(activity=activity, rating=5, words="", by=away.user, at=later)


def test_no_model_counts_who_stayed_away() -> None:
    fields = {field.name for model in (Presence, Credit, Activity) for field in model._meta.get_fields()}
    assert not any(word in field for field in fields for word in ("no_show", "absence", "absent", "missed"))
