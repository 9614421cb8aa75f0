from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from crisis.models import (
    Alarm,
    Case,
    Hospital,
    Incident,
    PlanTick,
    Referral,
    ResponsePlan,
    Return,
    SafetyWatch,
    Talk,
)
from crisis.rules import AlertLevel
from crisis.services.care.safety_watches import gaps_of
from demo.accounts import PASSWORD, PURPOSES
from kernel.models import AuditEvent, Notice
from network.models import BreakGlass, Consent, ConsentText, DataRequest, LegalHold, Placement, Student, User
from network.rules import PEER_ROLES, Level, Role
from network.services import looks_at
from reporting.models import Cycle, Report
from reporting.rules.filing import State
from screening.models import Campaign, Interview, Result, ResultImport
from screening.services.figures.tables import figures_of, scale_figures
from screening.services.papers.results import outcome_of, sealed_text
from tests.portal.demonstration import TODAY, build, clock, figures, rows

# One group, or each process would build the story for itself.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today"), pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def today() -> Iterator[None]:
    with clock(TODAY):
        yield


@pytest.fixture(scope="module")
def demo(today: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    # Built once for all that look at it; each of them rolls back to this.
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def test_the_months_of_the_term_are_closed_and_one_runs(demo: str) -> None:
    cycles = Cycle.objects.order_by("month")
    assert [str(cycle) for cycle in cycles] == ["2026-09", "2026-10", "2026-11"]
    assert [cycle.closed_at is not None for cycle in cycles] == [True, True, False]
    closed = Report.objects.filter(level=Level.COLLEGE, cycle__closed_at__isnull=False)
    assert set(closed.values_list("state", flat=True)) == {State.ACCEPTED}
    running = Report.objects.filter(cycle=cycles.last())
    states = Counter(running.filter(level=Level.CLASS).values_list("state", flat=True))
    assert states[State.FILED] >= 1
    assert states[State.RETURNED] == 1
    assert states[State.DRAFT] >= 1


def test_nothing_happens_after_the_day_on_which_the_story_ends(demo: str) -> None:
    assert not Report.objects.filter(filed_at__date__gt=TODAY).exists()
    assert not AuditEvent.objects.filter(at__date__gt=TODAY).exists()
    assert not Notice.objects.filter(created_at__date__gt=TODAY).exists()


def test_a_student_sees_looks_and_a_leader_has_an_opening_to_review(demo: str) -> None:
    tried = Student.objects.filter(user__posts__role=Role.DORM_HEAD, user__must_change_password=False)
    # Whoever is tried as a committee member or an officer may head a room, too.
    student = tried.exclude(user__posts__role__in=PEER_ROLES - {Role.DORM_HEAD}).get()
    roles = {event.role for event in looks_at(student=student, at=timezone.now())}
    assert {"fudaoyuan", "class_adviser", "center_director", "school_leader"} >= roles >= {"fudaoyuan"}
    assert BreakGlass.objects.unreviewed().count() == 1
    assert BreakGlass.objects.exclude(reviewed_at=None).count() == 1


def test_students_have_answered_the_texts_and_two_wait_for_an_answer(demo: str) -> None:
    assert set(ConsentText.objects.values_list("purpose", flat=True)) == {"screening", "counseling", "research"}
    assert set(Consent.objects.values_list("act", flat=True)) == {"given", "withdrawn"}
    assert sorted(DataRequest.objects.open().values_list("kind", flat=True)) == ["correction", "erasure"]
    assert LegalHold.objects.count() == 1


def test_one_alarm_waits_and_the_others_were_taken_on(demo: str) -> None:
    assert Alarm.objects.filter(acknowledged_at=None).count() == 1
    assert Alarm.objects.exclude(acknowledged_at=None).count() == 3


def test_around_the_red_one_family_watch_and_hospital_have_their_story(demo: str) -> None:
    case = Case.objects.open().get(level=AlertLevel.RED)
    notice = case.guardian_notices.get()
    assert [attempt.was_reached for attempt in notice.attempts.all()] == [False, True]
    assert (notice.decision, notice.signature) == ("hospital", "none")
    watch = SafetyWatch.objects.get(case=case)
    assert watch.ended_at is not None
    assert watch.handed_to
    assert gaps_of(watch, at=timezone.now()) == []
    referral = Referral.objects.get(case=case)
    assert list(referral.steps.values_list("kind", flat=True))[-1] == "arrived"
    assert PlanTick.objects.filter(alarm__case=case).count() == 6


def test_talks_a_return_and_a_register_can_be_looked_at(demo: str) -> None:
    assert Counter(Talk.objects.values_list("state", flat=True)) == {"held": 1, "planned": 1}
    back = Return.objects.get(state=Return.State.RETURNED)
    assert back.follow_ups.filter(done_at=None, due_at__lt=timezone.now()).count() == 0
    assert back.follow_ups.exclude(done_at=None).count() == 2
    assert Hospital.objects.count() == 3
    assert set(ResponsePlan.objects.filter(is_current=True).values_list("situation", flat=True)) == {"any", "suicide"}
    kinds = Counter(Incident.objects.values_list("kind", flat=True))
    assert kinds.total() == 9
    assert kinds["prevented"] >= 6


def test_two_screenings_are_over_one_runs_and_older_results_were_brought_in(demo: str) -> None:
    campaigns = Campaign.objects.order_by("opens_on")
    assert [campaign.closed_at is not None for campaign in campaigns] == [True, True, False]
    director = User.objects.get(posts__role=Role.CENTER_DIRECTOR)
    running = figures_of(campaigns[2], director)
    assert len(running.coverage) > 1
    assert all(row.done for row in running.coverage)
    assert (running.is_waiting, running.scales) == (True, [])
    closed = figures_of(campaigns[1], director)
    years = scale_figures(closed, closed.scales[0], director).years
    assert [row.label for row in years] == [campaign.name for campaign in campaigns[:2]]
    assert not Interview.objects.open().filter(campaign__in=campaigns[:2]).exists()
    brought = ResultImport.objects.get()
    assert (brought.state, brought.results.count()) == ("applied", 24)


def test_what_was_written_at_once_is_what_the_rules_of_the_scale_say(demo: str) -> None:
    first = Campaign.objects.order_by("opens_on")[0]
    results = list(Result.objects.filter(campaign=first).select_related("paper", "scale"))
    assert len(results) > 10
    for result in results:
        outcome = outcome_of(result)
        assert (result.outcome, result.level) == (sealed_text(outcome), outcome.interview)


def test_more_than_one_college_has_cases(demo: str) -> None:
    assert Case.objects.open().values("college").distinct().count() > 1


def test_students_who_moved_have_a_history(demo: str) -> None:
    moved = Placement.objects.exclude(ends_on=None).values_list("student", flat=True)
    assert len(set(moved)) >= 5


def test_nobody_gets_mail(demo: str) -> None:
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"none"}


def test_the_figures_equal_what_the_lines_say(demo: str) -> None:
    for month in ("2026-09", "2026-10", "2026-11"):
        call_command("roll_up", month=month, check=True, stdout=StringIO())


def test_each_role_has_an_account_that_can_sign_in(demo: str, client: Client) -> None:
    tried = User.objects.filter(must_change_password=False)
    assert (
        {Role(role) for user in tried for role in user.posts.values_list("role", flat=True)}
        == set(Role)
        == set(PURPOSES)
    )
    for user in tried:
        assert user.number in demo
        answer = client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
        assert answer.status_code == 302
        assert client.session["_auth_user_id"] == str(user.pk)
        assert client.get(reverse("home")).status_code == 200
        client.logout()


def test_a_second_call_changes_nothing_and_prints_the_accounts_again(demo: str) -> None:
    before, told = rows(), figures()
    again = build(seed=7)
    assert rows() == before
    assert figures() == told
    assert demo.endswith(again)
