from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from activities.models import Goal, Station, StationCheck, WorkPlan
from activities.rules.program import StationItem
from activities.services.indicators import Reference, indicators_of
from activities.services.premises import answer_checklist, check_station, save_premises, save_station
from activities.services.work_plans import add_step, drop_goal, move_step, set_goal, write_plan
from kernel.errors import Refused
from network.models import Duty, User
from network.rules import Role
from tests.conftest import World

Login = Callable[[User], Client]
DUE = date(2026, 12, 20)


@pytest.fixture
def plan(world: World, at: datetime) -> WorkPlan:
    return write_plan(unit=world.it, year=2026, aim="走访", by=world.holder(Role.COLLEGE_COORDINATOR), at=at)


def goal_in(plan: WorkPlan, world: World, at: datetime, **values: Any) -> Goal:
    given: dict[str, Any] = {
        "pillar": "prevention", "title": "每月走访每个宿舍", "target": "12 次", "due_on": DUE, "weight": 10,
        "owner": world.holder(Role.FUDAOYUAN), "by": world.holder(Role.COLLEGE_COORDINATOR),
    }  # fmt: skip
    return set_goal(plan=plan, at=at, **given | values)


def test_a_unit_has_one_plan_a_year(world: World, at: datetime, plan: WorkPlan) -> None:
    with pytest.raises(Refused, match="already"):
        write_plan(unit=world.it, year=2026, aim="再来", by=world.holder(Role.COLLEGE_COORDINATOR), at=at)
    with pytest.raises(Refused, match="may not plan"):
        write_plan(unit=world.arts, year=2026, aim="越界", by=world.holder(Role.COLLEGE_COORDINATOR), at=at)


def test_a_goal_is_a_duty_of_its_owner_until_all_steps_are_done(world: World, at: datetime, plan: WorkPlan) -> None:
    owner = world.holder(Role.FUDAOYUAN)
    goal = goal_in(plan, world, at)
    duty = Duty.objects.get(key=f"goal:{goal.pk}")
    assert (duty.owner, duty.settled_at, duty.text()) == (owner, None, "Goal of 2026: 每月走访每个宿舍")
    first, second = (add_step(goal=goal, title=title, by=owner, at=at) for title in ("排班", "走访"))
    move_step(step=first, progress=100, note="", upload=None, by=owner, at=at)
    duty.refresh_from_db()
    assert duty.settled_at is None
    move_step(step=second, progress=100, note="", upload=None, by=owner, at=at)
    duty.refresh_from_db()
    assert duty.settled_at == at
    move_step(step=second, progress=50, note="补一次", upload=None, by=owner, at=at)
    duty.refresh_from_db()
    assert duty.settled_at is None
    figure = indicators_of(Reference(world.school, world.it, 2026, at.date()))["plan"]
    assert figure.as_json()["value"] == 0.75


def test_a_new_owner_owes_the_goal_instead(world: World, at: datetime, plan: WorkPlan) -> None:
    goal = goal_in(plan, world, at)
    goal_in(plan, world, at, goal=goal, owner=world.holder(Role.CLASS_ADVISER))
    assert Duty.objects.get(key=f"goal:{goal.pk}").owner == world.holder(Role.CLASS_ADVISER)


def test_a_goal_with_progress_stays_and_one_without_goes_with_its_duty(
    world: World, at: datetime, plan: WorkPlan
) -> None:
    owner, by = world.holder(Role.FUDAOYUAN), world.holder(Role.COLLEGE_COORDINATOR)
    goal = goal_in(plan, world, at)
    step = add_step(goal=goal, title="排班", by=owner, at=at)
    move_step(step=step, progress=1, note="", upload=None, by=owner, at=at)
    with pytest.raises(Refused, match="has begun"):
        drop_goal(goal=goal, by=by, at=at)
    move_step(step=step, progress=0, note="", upload=None, by=owner, at=at)
    drop_goal(goal=goal, by=by, at=at)
    assert not Duty.objects.filter(kind="plan.goal").exists()


@pytest.mark.parametrize(
    "values", [{"due_on": date(2027, 1, 1)}, {"weight": 0}, {"weight": 101}], ids=["next year", "no weight", "too much"]
)
def test_a_goal_out_of_bounds_is_refused(world: World, at: datetime, plan: WorkPlan, values: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        goal_in(plan, world, at, **values)


def test_whoever_owns_a_goal_moves_it_and_nobody_else(world: World, at: datetime, plan: WorkPlan) -> None:
    goal = goal_in(plan, world, at)
    with pytest.raises(Refused, match="owner"):
        add_step(goal=goal, title="排班", by=world.holder(Role.CLASS_ADVISER), at=at)


def test_a_plan_from_its_aim_to_its_evidence_on_the_pages(world: World, november: datetime, login: Login) -> None:
    browser = login(world.holder(Role.COLLEGE_COORDINATOR))
    answer = browser.post(reverse("activities:plan-new"), {"unit": world.it.pk, "year": 2026, "aim": "走访"})
    plan = WorkPlan.objects.get()
    assert answer["Location"] == plan.get_absolute_url()
    owner = world.holder(Role.FUDAOYUAN)
    form = {
        "pillar": "prevention", "title": "每月走访", "target": "12 次", "owner": owner.pk,
        "due_on": "2026-12-20", "weight": "10",
    }  # fmt: skip
    browser.post(reverse("activities:goal-new", args=[plan.pk]), form)
    goal = Goal.objects.get()
    mine = login(owner)
    mine.post(reverse("activities:step-new", args=[goal.pk]), {"title": "排班"})
    step = goal.steps.get()
    proof = b"%PDF-1.4\n%%EOF\n"
    sent = {"progress": "40", "note": "排好了", "upload": SimpleUploadedFile("a.pdf", proof)}
    mine.post(reverse("activities:step-move", args=[step.pk]), sent)
    page = mine.get(reverse("activities:goal-detail", args=[goal.pk])).content.decode()
    assert "40%" in page
    assert mine.get(reverse("activities:step-evidence", args=[step.pk])).content == proof
    assert "40.0%" in login(world.holder(Role.CENTER_DIRECTOR)).get(plan.get_absolute_url()).content.decode()
    assert login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("activities:plan-list")).status_code == 200


def answers(value: str = "met") -> dict[str, str]:
    return {item.value: value for item in StationItem}


def open_station(world: World, at: datetime) -> Station:
    by = world.holder(Role.COLLEGE_COORDINATOR)
    return save_station(
        unit=world.it, place="204", head=by, opening_hours="下午", opened_on=date(2020, 9, 1), by=by, at=at
    )


def test_the_center_checks_what_the_college_answered(world: World, at: datetime) -> None:
    by, director = world.holder(Role.COLLEGE_COORDINATOR), world.holder(Role.CENTER_DIRECTOR)
    check = answer_checklist(station=open_station(world, at), year=2026, answers=answers(), by=by, at=at)
    reference = Reference(world.school, None, 2026, at.date())
    assert indicators_of(reference)["stations"].met is None, "a college's own word does not count"
    found = answers() | {"room": "unmet", "leaflets": "na"}
    check_station(check=check, answers=found, note="换个房间", by=director, at=at)
    figure = indicators_of(reference)["stations"]
    assert (figure.numerator, figure.denominator) == (8, 9)
    with pytest.raises(Refused, match="checked this year already"):
        answer_checklist(station=check.station, year=2026, answers=answers(), by=by, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        StationCheck.objects.update(checked_by=by)


def test_a_checklist_is_whole_and_of_this_year(world: World, at: datetime) -> None:
    by, station = world.holder(Role.COLLEGE_COORDINATOR), open_station(world, at)
    with pytest.raises(Refused, match="every item"):
        answer_checklist(station=station, year=2026, answers={"room": "met"}, by=by, at=at)
    with pytest.raises(Refused, match="the year that runs"):
        answer_checklist(station=station, year=2025, answers=answers(), by=by, at=at)


def test_a_station_on_its_pages(world: World, november: datetime, login: Login) -> None:
    coordinator = login(world.holder(Role.COLLEGE_COORDINATOR))
    form = {
        "place": "204", "head": world.holder(Role.COLLEGE_COORDINATOR).pk, "opening_hours": "下午",
        "opened_on": "2020-09-01",
    }  # fmt: skip
    coordinator.post(reverse("activities:station-edit", args=[world.it.pk]), form)
    coordinator.post(reverse("activities:station-answer", args=[world.it.pk]), answers())
    check = StationCheck.objects.get()
    director = login(world.holder(Role.CENTER_DIRECTOR))
    director.post(reverse("activities:station-check", args=[check.pk]), answers() | {"note": "很好"})
    assert "10 of 10" in director.get(reverse("activities:station-list")).content.decode()
    page = director.get(reverse("activities:station-detail", args=[world.it.pk])).content.decode()
    assert "很好" in page


def test_rooms_tell_which_of_the_eight_kinds_are_missing(world: World, november: datetime, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    form = {"kind": "group", "name": "团辅室", "place": "301", "area": "68", "seats": "30", "is_in_use": "on"}
    browser.post(reverse("activities:premises-new"), form)
    page = browser.get(reverse("activities:premises-list")).content.decode()
    assert "团辅室" in page
    assert "1 of the eight kinds" in page
    assert "sandplay" in page
    answer = browser.post(reverse("activities:premises-new"), form | {"area": "NaN"})
    assert answer.status_code == 422
    with pytest.raises(Refused, match="this name"):
        save_premises(
            school=world.school, kind="group", name="团辅室", place="a", area=Decimal(20), seats=3, equipment="",
            is_in_use=True, by=world.holder(Role.CENTER_DIRECTOR), at=november,
        )  # fmt: skip
