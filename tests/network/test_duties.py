from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from crisis.services.alarms.watchdog import What, troubles
from kernel.errors import Refused
from kernel.models import Notice
from kernel.periods import TZ
from network.models import Duty, Placement, Post, Student, Unit, User
from network.rules import Level, Role, Stage, chain_above
from network.services import (
    Owed,
    RemindersFailed,
    appoint,
    owe,
    relieve,
    remind,
    reminders_behind,
    reopen,
    settle,
    withdraw,
)
from tests.conftest import World
from tests.kernel.conftest import side_by_side

DUE = datetime(2026, 11, 12, 23, 59, 59, tzinfo=TZ)  # a Thursday


def morning(day: int) -> datetime:
    return datetime(2026, 11, day, 9, 0, tzinfo=TZ)


def dorm_duty(unit: Unit, key: str = "report:1", due_at: datetime = DUE, owner: User | None = None) -> Owed:
    return Owed(
        kind="dorm_report",
        key=key,
        unit=unit,
        title="Dorm report %(month)s, %(unit)s",
        params={"month": "2026-11", "unit": unit.name},
        link="/reports/1/",
        due_at=due_at,
        role="" if owner else Role.DORM_HEAD,
        owner=owner,
    )


def told(kind: str = "") -> list[tuple[str, str]]:
    return [
        (notice.recipient.name, notice.sentence())
        for notice in Notice.objects.select_related("recipient").order_by("created_at", "recipient")
    ]


def test_a_duty_is_owed_by_whoever_holds_the_role_that_day(world: World, at: datetime) -> None:
    owe(duties=[dorm_duty(world.own)])
    head, second = world.students["own"][0].user, world.students["own"][2].user
    assert Duty.objects.owed_by(head, at.date()).count() == 1
    appoint(holder=second, unit=world.own, role=Role.DORM_HEAD, by=None, at=at)
    assert Duty.objects.owed_by(head, at.date()).count() == 0
    assert Duty.objects.owed_by(second, at.date()).count() == 1
    assert str(Duty.objects.get()) == "report:1"


def test_owing_again_moves_the_due_time_and_keeps_the_rest(world: World, at: datetime) -> None:
    owe(duties=[dorm_duty(world.own)])
    settle(keys=["report:1"], at=at)
    owe(duties=[dorm_duty(world.own, due_at=DUE + timedelta(days=1))])
    duty = Duty.objects.get()
    assert (duty.due_at, duty.settled_at) == (DUE + timedelta(days=1), at)


def test_settling_counts_what_was_open_and_can_be_taken_back(world: World, at: datetime) -> None:
    owe(duties=[dorm_duty(world.own, "a"), dorm_duty(world.own, "b")])
    assert settle(keys=["a", "b", "c"], at=at) == 2
    assert settle(keys=["a"], at=at) == 0
    assert reopen(keys=["a"]) == 1
    assert list(Duty.objects.overdue(DUE + timedelta(seconds=1))) == [Duty.objects.get(key="a")]
    assert withdraw(keys=["a", "b"]) == 2


def test_reminders_go_out_before_on_and_after_the_due_day_each_once(world: World) -> None:
    owe(duties=[dorm_duty(world.own)])
    head = world.students["own"][0].user.name
    what = f"Dorm report 2026-11, {world.own.name}"
    assert remind(at=morning(10)) == 0
    for day, word in ((11, "Due soon"), (12, "Due today"), (13, "Overdue, still possible")):
        assert remind(at=morning(day)) == 1
        assert remind(at=morning(day) + timedelta(minutes=10)) == 0
        assert told()[-1] == (head, f"{word}: {what}")


def test_what_stays_undone_climbs_to_the_class_and_then_to_the_college(world: World) -> None:
    owe(duties=[dorm_duty(world.own)])
    remind(at=morning(13))
    before = Notice.objects.count()
    assert remind(at=morning(14)) == 2
    heard = {notice.recipient for notice in Notice.objects.order_by("-pk")} - {world.students["own"][0].user}
    assert heard == {world.holder(Role.CLASS_COMMITTEE_MEMBER), world.holder(Role.FUDAOYUAN)}
    assert Notice.objects.count() == before + 2
    assert remind(at=morning(16)) == 1
    assert Notice.objects.filter(recipient=world.holder(Role.COLLEGE_COORDINATOR)).count() == 1
    assert remind(at=morning(30)) == 0


def test_a_college_that_is_late_is_heard_of_at_the_center(world: World) -> None:
    owe(duties=[dorm_duty(world.it)._replace(role=Role.COLLEGE_COORDINATOR)])
    remind(at=morning(14))
    assert Notice.objects.filter(recipient=world.holder(Role.CENTER_DIRECTOR)).count() == 1


def test_a_settled_duty_nags_nobody(world: World, at: datetime) -> None:
    owe(duties=[dorm_duty(world.own)])
    settle(keys=["report:1"], at=at)
    assert remind(at=morning(13)) == 0


def test_the_first_reminder_comes_on_the_working_day_before(world: World) -> None:
    sunday = datetime(2026, 11, 15, 23, 59, 59, tzinfo=TZ)
    owe(duties=[dorm_duty(world.own, due_at=sunday)])
    assert remind(at=morning(12)) == 0
    assert remind(at=morning(13)) == 1


def test_the_schools_own_days_off_count(world: World) -> None:
    owe(duties=[dorm_duty(world.own)])
    assert remind(at=morning(10), exceptions={date(2026, 11, 11): False}) == 1


def test_reminders_missed_by_a_beat_that_slept_are_sent_as_one(world: World) -> None:
    owe(duties=[dorm_duty(world.own)])
    assert remind(at=morning(13)) == 1
    assert Duty.objects.get().reminded_stage == Stage.OVERDUE


def test_several_duties_of_one_kind_make_one_notice(world: World) -> None:
    owe(duties=[dorm_duty(room, f"report:{room.pk}") for room in (world.own, world.shared)])
    remind(at=morning(14))
    fudaoyuan = Notice.objects.get(recipient=world.holder(Role.FUDAOYUAN))
    assert fudaoyuan.params["count"] == 2
    assert fudaoyuan.link == "/"


def test_a_personal_duty_reminds_its_owner(world: World) -> None:
    assert world.outsider is not None
    owe(duties=[dorm_duty(world.own, owner=world.outsider)])
    remind(at=morning(12))
    assert told()[0][0] == "外人"


def test_nobody_is_told_where_nobody_holds_the_post_or_the_account_is_closed(world: World, at: datetime) -> None:
    owe(duties=[dorm_duty(world.own), dorm_duty(world.shared, "report:2")])
    relieve(post=Post.objects.get(unit=world.own, role=Role.DORM_HEAD), by=None, at=at)
    User.objects.filter(pk=world.students["shared"][0].user_id).update(is_active=False)
    assert remind(at=morning(12)) == 0


def test_a_class_right_below_its_school_climbs_to_the_school(world: World) -> None:
    assert world.other is not None
    klass = Unit.objects.classes().get(school=world.other)
    owe(duties=[dorm_duty(klass)._replace(role=Role.CLASS_COMMITTEE_MEMBER)])
    remind(at=morning(14))
    assert not Notice.objects.filter(recipient=world.holder(Role.COLLEGE_COORDINATOR)).exists()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_send_each_reminder_once(world: World) -> None:
    owe(duties=[dorm_duty(world.own), dorm_duty(world.shared, "report:2")])
    side_by_side(2, lambda: remind(at=morning(12)))
    assert Notice.objects.count() == 2
    assert connection.vendor in ("sqlite", "postgresql")


def test_who_hears_next_is_the_next_above_and_at_the_top_the_center() -> None:
    center = (Level.SCHOOL, (Role.CENTER_DIRECTOR,))
    assert chain_above(Level.DORM, 1) == (Level.CLASS, (Role.CLASS_COMMITTEE_MEMBER, Role.FUDAOYUAN))
    assert chain_above(Level.CLASS, 2) == center
    assert chain_above(Level.COLLEGE, 5) == center
    assert chain_above(Level.SCHOOL, 1) == center


def test_what_is_owed_by_a_post_goes_to_the_role_the_moment_the_post_ends(world: World, at: datetime) -> None:
    head, adviser = world.holder(Role.DORM_HEAD), world.holder(Role.CLASS_ADVISER)
    post = head.posts.get()
    bound = dorm_duty(world.it1, owner=head)._replace(role=Role.CLASS_ADVISER, post=post)
    owe(duties=[bound])
    assert Duty.objects.owed_by(head, at.date()).count() == 1
    assert Duty.objects.owed_by(adviser, at.date()).count() == 0
    post.ends_on = at.date() + timedelta(days=1)
    post.save()
    assert Duty.objects.owed_by(head, at.date()).count() == 1
    tomorrow = at.date() + timedelta(days=1)
    assert Duty.objects.owed_by(head, tomorrow).count() == 0
    assert Duty.objects.owed_by(adviser, tomorrow).count() == 1


def test_what_is_owed_by_a_post_goes_to_the_role_when_the_account_is_closed(world: World, at: datetime) -> None:
    head, adviser = world.holder(Role.DORM_HEAD), world.holder(Role.CLASS_ADVISER)
    bound = dorm_duty(world.it1, owner=head)._replace(role=Role.CLASS_ADVISER, post=head.posts.get())
    owe(duties=[bound])
    remind(at=DUE)
    assert [name for name, _sentence in told()] == [head.name]
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert Duty.objects.owed_by(adviser, at.date()).count() == 1
    remind(at=DUE + timedelta(days=1))
    assert adviser.name in [name for name, _sentence in told()]


def test_a_bad_row_stops_no_other_reminder(world: World, at: datetime) -> None:
    owe(duties=[dorm_duty(world.own), dorm_duty(world.far, key="report:2")])
    # Its words want more than the row gives: what used to stop the task for all schools.
    Duty.objects.filter(key="report:1").update(title="%(missing)s")
    with pytest.raises(RemindersFailed):
        remind(at=morning(12))
    assert set(Duty.objects.values_list("key", "reminded_stage")) == {("report:1", 0), ("report:2", Stage.DUE_DAY)}
    assert len(told()) == 1
    assert [duty.key for duty in reminders_behind(at=morning(15))] == ["report:1", "report:2"]
    assert (What.REMINDERS, 2) in [(trouble.what, trouble.count) for trouble in troubles(at=morning(15))]
    Duty.objects.filter(key="report:1").update(title="Dorm report")
    remind(at=morning(15))
    assert not reminders_behind(at=morning(15)).exists()


def test_one_school_stops_no_other(world: World, at: datetime) -> None:
    assert world.other is not None
    elsewhere = Unit.objects.dorms().get(school=world.other)
    owe(duties=[dorm_duty(world.own), dorm_duty(elsewhere, key="report:2")])
    Duty.objects.filter(key="report:1").update(title="%(missing)s")
    with pytest.raises(RemindersFailed):
        remind(at=morning(12))
    assert Duty.objects.get(key="report:2").reminded_stage == Stage.DUE_DAY


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_a_due_time_out_of_reach_is_refused_twice(world: World, year: int) -> None:
    due_at = DUE.replace(year=year, month=6, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        owe(duties=[dorm_duty(world.own, due_at=due_at)])
    assert refused.value.code == "out-of-reach"
    owe(duties=[dorm_duty(world.own)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.update(due_at=due_at)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1929, 12, 31), date(2100, 1, 1)])
def test_the_database_refuses_days_out_of_reach(world: World, day: date) -> None:
    for rows, field in (
        (Student.objects.all(), "born_on"),
        (Placement.objects.all(), "starts_on"),
        (Post.objects.all(), "ends_on"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**{field: day})
