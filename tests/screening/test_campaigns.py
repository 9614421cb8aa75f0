from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import Duty
from network.rules import Role
from screening.models import Campaign, Exemption, Participation
from screening.rules.windows import Phase
from screening.services import (
    Text,
    ask_exemption,
    close_campaign,
    decide_exemption,
    discard_campaign,
    draft_campaign,
    extend_campaign,
    open_campaign,
    progress_of,
    record_training,
    release_to_students,
    remind_unfinished,
    revise_campaign,
    text_of,
    write_text,
)
from tests.conftest import World
from tests.screening.screenings import TEXT, WELL, begin, make_scale, plan, publish_consent, submit, train

pytestmark = pytest.mark.usefixtures("november")


def drafted(world: World, at: datetime, **changed: Any) -> Campaign:
    scale = changed.pop("scale", None) or make_scale(at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    publish_consent(world, at=at)
    return draft_campaign(school=world.school, plan=plan(world, scale, **changed), text=TEXT, by=director, at=at)


def ready(world: World, at: datetime, **changed: Any) -> Campaign:
    director = world.holder(Role.CENTER_DIRECTOR)
    train(director, world.school, by=director, at=at)
    return drafted(world, at, **changed)


def refusal(act: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**arguments)
    return refused.value.code


def test_an_operator_without_training_opens_nothing(world: World, at: datetime) -> None:
    campaign = drafted(world, at)
    director = world.holder(Role.CENTER_DIRECTOR)
    assert refusal(open_campaign, campaign=campaign, by=director, at=at) == "not-trained"
    train(director, world.school, by=director, at=at)
    assert open_campaign(campaign=campaign, by=director, at=at).opened_at == at


def test_a_training_that_has_run_out_counts_no_more(world: World, at: datetime) -> None:
    campaign, director = drafted(world, at), world.holder(Role.CENTER_DIRECTOR)
    done = at.date() - timedelta(days=400)
    over = at.date() - timedelta(days=1)
    record_training(
        user=director, course="x", completed_on=done, valid_until=over, school=world.school, by=director, at=at
    )
    assert refusal(open_campaign, campaign=campaign, by=director, at=at) == "not-trained"


def test_only_the_director_records_trainings_of_people_of_the_school(world: World, at: datetime) -> None:
    director, counselor = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.FULL_TIME_COUNSELOR)
    sent = {"course": "x", "completed_on": at.date(), "valid_until": None, "school": world.school, "at": at}
    assert refusal(record_training, user=counselor, by=counselor, **sent) == "may-not-record"
    elsewhere = Participation.objects.none()
    assert not elsewhere.exists()
    stranger = world.other
    assert stranger is not None
    outsider = stranger.posts.get(role=Role.CENTER_DIRECTOR).holder
    assert refusal(record_training, user=outsider, by=director, **sent) == "other-school"
    ahead = sent | {"completed_on": at.date() + timedelta(days=1)}
    assert refusal(record_training, user=counselor, by=director, **ahead) == "not-yet"
    first = record_training(user=counselor, by=director, **sent)
    assert record_training(user=counselor, by=director, **sent) == first


def test_opening_writes_a_row_for_everybody_with_the_units_of_the_day(world: World, at: datetime) -> None:
    campaign = open_campaign(campaign=ready(world, at), by=world.holder(Role.CENTER_DIRECTOR), at=at)
    rows = Participation.objects.filter(campaign=campaign)
    assert rows.count() == 14
    one = rows.get(student=world.students["own"][0])
    assert (one.college_id, one.school_class_id, one.dorm_id) == (world.it.pk, world.it1.pk, world.own.pk)
    assert Notice.objects.filter(kind="screening", recipient=one.student.user).count() == 1
    again = open_campaign(campaign=campaign, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    assert (again.opened_at, rows.count()) == (at, 14)
    assert AuditEvent.objects.filter(action="campaign.open").count() == 1


@pytest.mark.parametrize(
    ("population", "asked"),
    [
        ({"grades": [2025]}, 0),
        ({"grades": [2026]}, 14),
        ({}, 0),
        ({"sex": ["M"]}, 0),
    ],
)
def test_a_population_of_nobody_is_refused(world: World, at: datetime, population: dict[str, Any], asked: int) -> None:
    campaign, director = ready(world, at, population=population), world.holder(Role.CENTER_DIRECTOR)
    if asked:
        open_campaign(campaign=campaign, by=director, at=at)
    else:
        assert refusal(open_campaign, campaign=campaign, by=director, at=at) == "no-population"
    assert Participation.objects.count() == asked


def test_filters_narrow_and_named_students_are_added(world: World, at: datetime) -> None:
    away = world.students["away"][0]
    population = {"colleges": [world.it.pk], "classes": [world.it1.pk], "numbers": [away.number]}
    campaign = ready(world, at, population=population)
    open_campaign(campaign=campaign, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    classes = set(Participation.objects.values_list("school_class", flat=True))
    assert classes == {world.it1.pk, world.arts1.pk}
    assert Participation.objects.filter(school_class=world.arts1).get().student == away


def test_a_scale_without_text_cannot_be_asked(world: World, at: datetime) -> None:
    bare = make_scale("upi", at=at, wording=False)
    campaign, director = ready(world, at, scale=bare), world.holder(Role.CENTER_DIRECTOR)
    assert refusal(open_campaign, campaign=campaign, by=director, at=at) == "scale-without-text"


def test_a_window_that_is_over_is_not_opened(world: World, at: datetime) -> None:
    days = {"opens_on": date(2026, 9, 1), "closes_on": date(2026, 9, 9), "makeup_until": None}
    campaign, director = ready(world, at, **days), world.holder(Role.CENTER_DIRECTOR)
    assert refusal(open_campaign, campaign=campaign, by=director, at=at) == "window-over"


def test_without_the_schools_consent_text_nothing_opens(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    train(director, world.school, by=director, at=at)
    planned = plan(world, make_scale(at=at))
    campaign = draft_campaign(school=world.school, plan=planned, text=TEXT, by=director, at=at)
    assert refusal(open_campaign, campaign=campaign, by=director, at=at) == "no-consent-text"


@pytest.mark.parametrize("role", [Role.COLLEGE_COORDINATOR, Role.FUDAOYUAN, Role.PART_TIME_COUNSELOR])
def test_only_the_center_runs_screenings(world: World, at: datetime, role: Role) -> None:
    campaign, somebody = ready(world, at), world.holder(role)
    planned = plan(world)
    assert refusal(draft_campaign, school=world.school, plan=planned, text=TEXT, by=somebody, at=at) == "may-not-run"
    for act in (open_campaign, close_campaign, discard_campaign, release_to_students):
        assert refusal(act, campaign=campaign, by=somebody, at=at) == "may-not-run"


def test_a_draft_changes_and_goes_and_an_open_one_does_not(world: World, at: datetime) -> None:
    campaign, director = ready(world, at), world.holder(Role.CENTER_DIRECTOR)
    scale = campaign.scales.get()
    changed = revise_campaign(
        campaign=campaign, plan=plan(world, scale, name="新名字"), text=Text("a", "b"), by=director, at=at
    )
    assert (changed.name, changed.text_version, text_of(changed).purpose) == ("新名字", 1, "a")
    open_campaign(campaign=campaign, by=director, at=at)
    assert refusal(revise_campaign, campaign=campaign, plan=plan(world), text=TEXT, by=director, at=at) == "opened"
    assert refusal(discard_campaign, campaign=campaign, by=director, at=at) == "opened"
    second = drafted(world, at, scale=scale)
    discard_campaign(campaign=second, by=director, at=at)
    assert Campaign.objects.get() == campaign


def test_texts_are_kept_in_versions(world: World, campaign: Campaign, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    write_text(campaign=campaign, text=TEXT, by=director, at=at)
    write_text(campaign=campaign, text=Text("neu", "neu"), by=director, at=at)
    campaign.refresh_from_db()
    assert campaign.text_version == 2
    assert list(campaign.texts.values_list("version", flat=True)) == [2, 1]


def test_an_extension_is_longer_and_a_makeup_at_most_two_weeks(world: World, campaign: Campaign, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    sent = {"campaign": campaign, "by": director, "at": at}
    assert refusal(extend_campaign, closes_on=date(2026, 11, 20), makeup_until=None, **sent) == "shorter"
    too_long = {"closes_on": date(2026, 12, 5), "makeup_until": date(2026, 12, 20)}
    assert refusal(extend_campaign, **too_long, **sent) == "makeup-too-long"
    longer = extend_campaign(closes_on=date(2026, 12, 5), makeup_until=date(2026, 12, 19), **sent)
    assert longer.last_day == date(2026, 12, 19)


def test_a_closed_campaign_takes_nothing_and_closes_once(world: World, campaign: Campaign, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    closed = close_campaign(campaign=campaign, by=director, at=at)
    assert closed.phase(at.date()) == Phase.CLOSED
    assert close_campaign(campaign=campaign, by=None, at=at + timedelta(days=1)).closed_at == at
    sent = {"campaign": campaign, "by": director, "at": at}
    assert refusal(extend_campaign, closes_on=date(2026, 12, 30), makeup_until=None, **sent) == "not-open"
    assert refusal(write_text, text=TEXT, **sent) == "closed"
    rows = Participation.objects.all()
    assert refusal(remind_unfinished, rows=rows, **sent) == "not-open"


def test_a_draft_is_neither_closed_nor_released(world: World, at: datetime) -> None:
    campaign, director = ready(world, at), world.holder(Role.CENTER_DIRECTOR)
    assert refusal(close_campaign, campaign=campaign, by=director, at=at) == "not-open"
    assert refusal(release_to_students, campaign=campaign, by=director, at=at) == "not-open"


def test_reminders_reach_those_in_ones_care_who_have_not_finished(
    world: World, campaign: Campaign, at: datetime
) -> None:
    done, *others = world.students["own"]
    submit(begin(campaign, done, at=at)[0], *WELL, at=at)
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    told = remind_unfinished(campaign=campaign, rows=Participation.objects.all(), by=fudaoyuan, at=at)
    assert told == 5
    reminded = Notice.objects.filter(title__contains="quiet moment").values_list("recipient__student", flat=True)
    assert done.pk not in reminded
    assert {one.pk for one in others} <= set(reminded)
    assert remind_unfinished(campaign=campaign, rows=Participation.objects.all(), by=fudaoyuan, at=at) == 0
    tomorrow = at + timedelta(days=1)
    assert remind_unfinished(campaign=campaign, rows=Participation.objects.all(), by=fudaoyuan, at=tomorrow) == 5


def test_feedback_is_told_once_to_those_who_finished(world: World, campaign: Campaign, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    submit(begin(campaign, world.students["own"][0], at=at)[0], *WELL, at=at)
    assert release_to_students(campaign=campaign, by=director, at=at) == 1
    assert release_to_students(campaign=campaign, by=director, at=at) == 0


def test_a_school_may_choose_to_give_no_feedback(world: World, at: datetime) -> None:
    campaign, director = ready(world, at, tells_students=False), world.holder(Role.CENTER_DIRECTOR)
    open_campaign(campaign=campaign, by=director, at=at)
    assert refusal(release_to_students, campaign=campaign, by=director, at=at) == "no-feedback"


def test_an_exemption_takes_two_people(world: World, campaign: Campaign, at: datetime) -> None:
    row = Participation.objects.get(campaign=campaign, student=world.students["own"][0])
    director, counselor = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.FULL_TIME_COUNSELOR)
    sent = {"participation": row, "reason": "在外交流", "at": at}
    assert refusal(ask_exemption, by=world.holder(Role.FUDAOYUAN, world.arts1), **sent) == "may-not-ask"
    asked = ask_exemption(by=director, **sent)
    assert refusal(ask_exemption, by=director, **sent) == "asked-already"
    decide = {"exemption": asked, "approved": True, "at": at}
    assert refusal(decide_exemption, by=director, **decide) == "may-not-decide"
    decide_exemption(by=counselor, **decide)
    row.refresh_from_db()
    assert row.exempted_at == at
    assert refusal(decide_exemption, by=counselor, **decide) == "decided"
    assert refusal(ask_exemption, by=director, **sent) == "not-open"
    with pytest.raises(Refused):
        begin(campaign, row.student, at=at)


def test_who_is_turned_down_is_still_asked_and_who_finished_is_not_exempted(
    world: World, campaign: Campaign, at: datetime
) -> None:
    fudaoyuan, director = world.holder(Role.FUDAOYUAN), world.holder(Role.CENTER_DIRECTOR)
    first, second = (Participation.objects.get(campaign=campaign, student=one) for one in world.students["own"][:2])
    one = ask_exemption(participation=first, reason="x", by=fudaoyuan, at=at)
    decide_exemption(exemption=one, approved=False, by=director, at=at)
    first.refresh_from_db()
    assert first.exempted_at is None
    two = ask_exemption(participation=second, reason="x", by=fudaoyuan, at=at)
    submit(begin(campaign, second.student, at=at)[0], *WELL, at=at)
    assert refusal(decide_exemption, exemption=two, approved=True, by=director, at=at) == "finished"
    assert Exemption.objects.waiting().get() == two


def test_progress_counts_by_college_and_class_within_ones_care(world: World, campaign: Campaign, at: datetime) -> None:
    submit(begin(campaign, world.students["own"][0], at=at)[0], *WELL, at=at)
    begin(campaign, world.students["own"][1], at=at)
    whole, colleges = progress_of(campaign, world.holder(Role.CENTER_DIRECTOR))
    assert (whole.due, whole.done, whole.valid, whole.begun, whole.left) == (14, 1, 1, 1, 13)
    assert [(one.unit, one.due, one.done) for one in colleges] == [(world.it, 10, 1), (world.arts, 4, 0)]
    mine, within = progress_of(campaign, world.holder(Role.FUDAOYUAN))
    assert (mine.due, [row.unit for row in within[0].classes]) == (6, [world.it1])
    nothing, none = progress_of(campaign, world.holder(Role.CLASS_ADVISER))
    assert (nothing.due, none) == (0, [])


def test_progress_costs_the_same_for_many(world: World, campaign: Campaign) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    with CaptureQueriesContext(connection) as few:
        progress_of(campaign, director)
    assert len(few) <= 3


def test_a_talk_is_a_duty_of_the_counselor(world: World, campaign: Campaign, at: datetime) -> None:
    submit(begin(campaign, world.students["own"][0], at=at)[0], 2, 2, 2, 2, 2, 2, 2, 2, 0, at=at)
    duty = Duty.objects.get(kind="interview")
    assert duty.due_at == at + timedelta(weeks=2)
    assert world.students["own"][0].name not in duty.text()
