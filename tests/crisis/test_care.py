"""Around the person, through the pages: family, watch, referral, talks, return."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from crisis.models import Case, CaseFile, GuardianNotice, Hospital, Referral, Return, SafetyWatch, Talk
from crisis.rules import AlertLevel
from crisis.services.care.safety_watches import warn_of_gaps
from kernel.models import AuditEvent, Notice, PrintedFile
from network.models import Duty, User
from network.rules import Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
Open = Callable[..., Case]
TOLD = {
    "reached_name": "王母",
    "relation": "母亲",
    "channel": "phone",
    "facts": "昨夜说过告别的话",
    "advice": "请今天到校",
    "reply": "马上买票",
    "decision": "fetch",
}


def picture() -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (60, 40), "white").save(data, "PNG")
    return SimpleUploadedFile("签字.png", data.getvalue(), "image/png")


@pytest.fixture
def red(opened: Open) -> Case:
    return opened(AlertLevel.RED)


@pytest.fixture
def counselor(world: World) -> User:
    return world.holder(Role.FULL_TIME_COUNSELOR)


@pytest.fixture
def hospital(world: World) -> Hospital:
    return Hospital.objects.create(school=world.school, name="市精神卫生中心", department="急诊", phone="010-1")


def begin_notice(client: Client, case: Case) -> GuardianNotice:
    start = reverse("crisis:guardian-start", args=[case.pk])
    assert client.get(start).status_code == 200
    assert client.post(start, {"legal_ground": "emergency"}).status_code == 302
    return GuardianNotice.objects.get()


def test_the_family_is_tried_reached_and_signs(red: Case, counselor: User, login: Login) -> None:
    client = login(counselor)
    notice = begin_notice(client, red)
    at = [red.pk, notice.pk]
    attempt = {"whom": "guardian", "channel": "phone", "number": "13800000000", "was_reached": "0", "remark": "关机"}
    assert client.post(reverse("crisis:guardian-attempt", args=at), attempt).status_code == 302
    assert client.post(reverse("crisis:guardian-sign", args=at), {"is_signed": "1"}).status_code == 422
    told = TOLD | {"caller": counselor.pk}
    assert client.post(reverse("crisis:guardian-reached", args=at), told).status_code == 302
    again = client.post(reverse("crisis:guardian-reached", args=at), told)
    assert again.status_code == 422
    assert "begin another notice" in again.content.decode()
    unproven = client.post(reverse("crisis:guardian-sign", args=at), {"is_signed": "1"})
    assert "Add a photo or PDF" in unproven.content.decode()
    signed = {"is_signed": "1", "page": picture()}
    assert client.post(reverse("crisis:guardian-sign", args=at), signed).status_code == 302
    notice.refresh_from_db()
    assert (notice.signature, notice.relation, notice.reply) == ("signed", "母亲", "马上买票")
    page = client.get(reverse("crisis:guardian-detail", args=at)).content.decode()
    assert "关机" in page
    assert "昨夜说过告别的话" in page
    assert "母亲" in client.get(reverse("crisis:case-detail", args=[red.pk])).content.decode()
    assert [event.sentence() for event in red.events.filter(kind="guardian").order_by("serial")] == [
        "Family not reached",
        "Family reached: 母亲",
        "The family has signed",
    ]


def test_a_guardian_without_a_number_is_refused_in_words_and_nothing_is_lost(
    red: Case, counselor: User, login: Login
) -> None:
    client = login(counselor)
    notice = begin_notice(client, red)
    url = reverse("crisis:guardian-attempt", args=[red.pk, notice.pk])
    vain = {"whom": "guardian", "channel": "phone", "number": "", "was_reached": "0", "remark": "名单上没有号码"}
    answer = client.post(url, vain)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "second contact" in page
    assert "police or the community" in page
    assert "名单上没有号码" in page
    assert not notice.attempts.exists()
    police = {"whom": "police", "channel": "in_person", "number": "派出所", "was_reached": "0"}
    assert client.post(url, police).status_code == 302


def test_a_signature_is_refused_with_somebody_who_was_there(red: Case, counselor: User, login: Login) -> None:
    client = login(counselor)
    notice = begin_notice(client, red)
    at = [red.pk, notice.pk]
    client.post(reverse("crisis:guardian-reached", args=at), TOLD | {"caller": counselor.pk})
    sign = reverse("crisis:guardian-sign", args=at)
    assert client.post(sign, {"is_signed": "0"}).status_code == 422
    no_picture = SimpleUploadedFile("签字.png", b"no picture at all", "image/png")
    assert client.post(sign, {"is_signed": "1", "page": no_picture}).status_code == 422
    assert client.post(sign, {"is_signed": "0", "witness": "李辅导员"}).status_code == 302
    assert not CaseFile.objects.exists()


def test_the_family_is_not_called_while_abuse_is_feared(red: Case, counselor: User, login: Login) -> None:
    Case.objects.filter(pk=red.pk).update(abuse_feared=True)
    answer = login(counselor).post(reverse("crisis:guardian-start", args=[red.pk]), {"legal_ground": "emergency"})
    assert answer.status_code == 422
    assert not GuardianNotice.objects.exists()


def test_a_scan_opens_to_readers_of_the_case_alone_and_the_reading_is_recorded(
    world: World, red: Case, counselor: User, login: Login
) -> None:
    client = login(counselor)
    notice = begin_notice(client, red)
    at = [red.pk, notice.pk]
    client.post(reverse("crisis:guardian-reached", args=at), TOLD | {"caller": counselor.pk})
    client.post(reverse("crisis:guardian-sign", args=at), {"is_signed": "1", "page": picture()})
    file = CaseFile.objects.get()
    url = reverse("crisis:file-read", args=[red.pk, file.pk])
    answer = client.get(url)
    assert answer["Content-Type"] in ("image/jpeg", "image/png")
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEvent.objects.filter(action="case_file.read").exists()
    for stranger in (world.holder(Role.DORM_HEAD), world.holder(Role.COLLEGE_COORDINATOR, world.arts)):
        assert login(stranger).get(url).status_code == 404


def begin_watch(client: Client, case: Case, people: list[User], *, hours: int = 6, **given: Any) -> SafetyWatch:
    start = reverse("crisis:watch-start", args=[case.pk])
    assert client.get(start).status_code == 200
    turn = {"starts_at": "2026-11-10T09:00", "ends_at": f"2026-11-10T{9 + hours:02d}:00"}
    said = {"place": "宿舍 101", "instructions": "不离人", "people": [one.pk for one in people]}
    assert client.post(start, said | turn | given).status_code == 302
    return SafetyWatch.objects.get()


def test_a_watch_shows_its_gap_is_owed_by_the_owner_and_ends_with_a_hand_over(
    world: World, red: Case, counselor: User, login: Login, at: datetime, time_machine: Any
) -> None:
    client = login(counselor)
    watch = begin_watch(client, red, [counselor, world.holder(Role.FUDAOYUAN)])
    duty = Duty.objects.unsettled().get(kind="safety_watch")
    assert (duty.due_at, duty.owner) == (at + timedelta(hours=6), counselor)
    page = client.get(reverse("crisis:case-detail", args=[red.pk])).content.decode()
    assert "too few people planned" in page
    assert "too few people now" not in page
    first = watch.shifts.first()
    over = reverse("crisis:watch-hand-over", args=[red.pk, watch.pk, first.pk])
    assert client.post(over, {"handover": "睡了两小时"}).status_code == 302
    assert client.post(over, {"handover": "再交"}).status_code == 422
    page = client.get(reverse("crisis:watch-detail", args=[red.pk, watch.pk])).content.decode()
    assert "too few people now" in page
    assert "睡了两小时" in page
    turn = {"others": "父亲 139", "starts_at": "2026-11-10T09:00", "ends_at": "2026-11-10T20:00"}
    assert client.post(reverse("crisis:watch-turn", args=[red.pk, watch.pk]), turn).status_code == 302
    assert Duty.objects.unsettled().get(kind="safety_watch").due_at == at + timedelta(hours=6)
    end = reverse("crisis:watch-end", args=[red.pk, watch.pk])
    assert client.post(end, {"handed_to": ""}).status_code == 422
    assert client.post(end, {"handed_to": "母亲，当面"}).status_code == 302
    assert client.post(end, {"handed_to": "再次"}).status_code == 422
    assert not Duty.objects.unsettled().filter(kind="safety_watch").exists()
    assert red.events.first().text == "母亲，当面"


def test_one_person_is_taken_and_the_gap_stands_there_in_red(red: Case, counselor: User, login: Login) -> None:
    client = login(counselor)
    begin_watch(client, red, [counselor])
    assert "too few people now" in client.get(reverse("crisis:case-detail", args=[red.pk])).content.decode()
    again = client.post(
        reverse("crisis:watch-start", args=[red.pk]),
        {"place": "x", "people": [counselor.pk], "starts_at": "2026-11-10T09:00", "ends_at": "2026-11-10T10:00"},
    )
    assert again.status_code == 422
    nobody = {"place": "x", "starts_at": "2026-11-10T09:00", "ends_at": "2026-11-10T08:00"}
    assert client.post(reverse("crisis:watch-start", args=[red.pk]), nobody).status_code == 422


def test_people_are_warned_once_before_a_gap_and_once_when_it_has_begun(
    world: World, red: Case, counselor: User, login: Login, at: datetime
) -> None:
    begin_watch(login(counselor), red, [counselor], others="王保安 110\n李叔叔")

    def told() -> set[int]:
        return set(Notice.objects.filter(kind="watch").values_list("recipient", flat=True))

    assert warn_of_gaps(at=at + timedelta(hours=4)) == 0
    assert warn_of_gaps(at=at + timedelta(hours=5, minutes=30)) == 1
    assert warn_of_gaps(at=at + timedelta(hours=5, minutes=31)) == 1
    assert told() == {counselor.pk}
    assert Notice.objects.filter(kind="watch").count() == 1
    warn_of_gaps(at=at + timedelta(hours=7))
    assert world.holder(Role.CENTER_DIRECTOR).pk in told()
    assert not Notice.objects.filter(kind="watch", title__contains=red.student.name).exists()


def test_a_turn_to_come_is_taken_off_and_one_that_runs_is_not(
    world: World, red: Case, counselor: User, login: Login
) -> None:
    client = login(counselor)
    watch = begin_watch(client, red, [counselor, world.holder(Role.FUDAOYUAN)])
    turn = {"others": "父亲 139", "starts_at": "2026-11-10T15:00", "ends_at": "2026-11-10T20:00"}
    client.post(reverse("crisis:watch-turn", args=[red.pk, watch.pk]), turn)
    running, to_come = watch.shifts.first(), watch.shifts.get(name="父亲")
    cancel = [reverse("crisis:watch-cancel", args=[red.pk, watch.pk, one.pk]) for one in (running, to_come)]
    assert [client.post(url).status_code for url in cancel] == [422, 302]
    over = reverse("crisis:watch-turn", args=[red.pk, watch.pk])
    past = turn | {"starts_at": "2026-11-09T15:00", "ends_at": "2026-11-09T20:00"}
    assert client.post(over, past).status_code == 422


def begin_referral(client: Client, case: Case, hospital: Hospital) -> Referral:
    start = reverse("crisis:referral-start", args=[case.pk])
    assert hospital.name in client.get(start).content.decode()
    assert client.post(start, {"hospital": hospital.pk, "reason": "危险，需专科评估"}).status_code == 302
    return Referral.objects.get()


def test_a_referral_goes_step_by_step_and_its_log_is_one_pdf(
    world: World,
    red: Case,
    counselor: User,
    hospital: Hospital,
    login: Login,
    at_once: None,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    referral = begin_referral(login(counselor), red, hospital)
    own = login(counselor).get(reverse("crisis:referral-detail", args=[red.pk, referral.pk])).content.decode()
    assert 'id="approved"' not in own
    url = reverse("crisis:referral-step", args=[red.pk, referral.pk])
    alone = login(counselor).post(url, {"step": "approved", "text": "同意"})
    assert alone.status_code == 422
    assert "does not approve" in alone.content.decode()
    fudaoyuan = login(world.holder(Role.FUDAOYUAN))
    told = fudaoyuan.get(reverse("crisis:referral-detail", args=[red.pk, referral.pk])).content.decode()
    assert "The center or the college approves" in told
    assert 'id="approved"' not in told
    assert fudaoyuan.post(url, {"step": "approved", "text": "同意"}).status_code == 422
    client = login(world.holder(Role.CENTER_DIRECTOR))
    page = client.get(reverse("crisis:referral-detail", args=[red.pk, referral.pk])).content.decode()
    assert '<input type="hidden" name="step" value="approved"' in page
    skipped = client.post(url, {"step": "escorted", "text": "已出发"})
    assert skipped.status_code == 422
    assert "Another step comes first" in skipped.content.decode()
    assert "已出发" in skipped.content.decode()
    for step in ("approved", "guardian_told", "escorted", "arrived"):
        assert client.post(url, {"step": step, "text": f"{step} 好"}).status_code == 302
    reply = {"step": "replied", "text": "建议住院观察", "letter": picture()}
    early = client.post(url, reply | {"happened_at": "2026-11-01T08:00"})
    assert early.status_code == 422
    assert client.post(url, reply | {"letter": picture()}).status_code == 302
    assert Duty.objects.unsettled().get(kind="referral_step").due_at.date().isoformat() == "2026-11-13"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("crisis:referral-print", args=[red.pk, referral.pk])).status_code == 302
    printed = client.get(PrintedFile.objects.get().get_absolute_url())
    assert printed.content.startswith(b"%PDF")
    assert AuditEvent.objects.filter(action="referral.print").count() == 1
    assert AuditEvent.objects.filter(action="referral.read", purpose="print").count() == 2
    for step in ("planned", "followed_up"):
        assert client.post(url, {"step": step, "text": "好"}).status_code == 302
    referral.refresh_from_db()
    assert referral.state == "done"
    assert not Duty.objects.unsettled().filter(kind="referral_step").exists()
    assert client.post(url, {"step": "planned", "text": "再"}).status_code == 422
    assert client.get(reverse("crisis:referral-detail", args=[red.pk, referral.pk])).status_code == 200


def test_a_reply_for_a_closed_case_is_refused_with_what_to_do_instead(
    world: World, red: Case, counselor: User, hospital: Hospital, login: Login, at: datetime
) -> None:
    referral = begin_referral(login(counselor), red, hospital)
    Case.objects.filter(pk=red.pk).update(closed_at=at, ground="resolved", next_due_at=None)
    url = reverse("crisis:referral-step", args=[red.pk, referral.pk])
    answer = login(world.holder(Role.CENTER_DIRECTOR)).post(url, {"step": "approved", "text": "医院回函原文"})
    assert answer.status_code == 422
    assert "reopen the case" in answer.content.decode()
    assert "医院回函原文" in answer.content.decode()


def test_a_referral_is_broken_off_and_another_begins(
    red: Case, counselor: User, hospital: Hospital, login: Login
) -> None:
    client = login(counselor)
    referral = begin_referral(client, red, hospital)
    start = reverse("crisis:referral-start", args=[red.pk])
    assert client.post(start, {"hospital": hospital.pk, "reason": "再转"}).status_code == 422
    assert (
        client.post(reverse("crisis:referral-break", args=[red.pk, referral.pk]), {"text": "家属接回"}).status_code
        == 302
    )
    assert client.post(start, {"hospital": hospital.pk, "reason": "再转"}).status_code == 302
    Hospital.objects.update(is_active=False)
    assert client.post(start, {"hospital": hospital.pk, "reason": "再转"}).status_code == 422


def test_what_was_stamped_is_never_changed(red: Case, counselor: User, hospital: Hospital, login: Login) -> None:
    referral = begin_referral(login(counselor), red, hospital)
    with pytest.raises(TypeError):
        referral.steps.update(text="改写")


def test_hospitals_are_kept_by_the_director_and_read_by_the_team(world: World, counselor: User, login: Login) -> None:
    given = {"name": "市医院", "department": "心理科", "is_active": "on"}
    add = reverse("crisis:hospital-add")
    assert login(counselor).post(add, given).status_code == 403
    client = login(world.holder(Role.CENTER_DIRECTOR))
    assert client.post(add, given).status_code == 302
    assert client.post(add, given).status_code == 422
    hospital = Hospital.objects.get()
    edit = reverse("crisis:hospital-edit", args=[hospital.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, given | {"phone": "120"}).status_code == 302
    assert "市医院" in login(counselor).get(reverse("crisis:hospital-list")).content.decode()


def test_a_talk_is_planned_held_and_summed_up(world: World, red: Case, counselor: User, login: Login) -> None:
    client = login(counselor)
    plan = reverse("crisis:talk-plan", args=[red.pk])
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    given = {"holder": fudaoyuan.pk, "planned_at": "2026-11-11T15:00", "purpose": "近况"}
    assert client.get(plan).status_code == 200
    assert client.post(plan, given | {"holder": world.outsider.pk}).status_code == 422
    assert client.post(plan, given).status_code == 302
    talk = Talk.objects.get()
    assert Duty.objects.unsettled().get(kind="case_talk").owner == fudaoyuan
    client = login(fudaoyuan)
    url = reverse("crisis:talk-sum-up", args=[red.pk, talk.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"was_held": "1", "summary": "聊了学业", "next_step": "下周再谈"}).status_code == 302
    assert client.post(url, {"was_held": "1", "summary": "再"}).status_code == 422
    assert not Duty.objects.unsettled().filter(kind="case_talk").exists()
    client.post(plan, given)
    missed = Talk.objects.get(state="planned")
    gone = {"was_held": "0", "summary": "没有来"}
    assert client.post(reverse("crisis:talk-sum-up", args=[red.pk, missed.pk]), gone).status_code == 302
    assert red.events.first().text == "没有来"


def test_a_return_needs_every_part_and_two_people_and_is_followed_for_a_year(
    world: World, red: Case, counselor: User, login: Login, at: datetime, time_machine: Any
) -> None:
    client = login(counselor)
    start = reverse("crisis:return-start", args=[red.pk])
    assert client.get(start).status_code == 200
    assert client.post(start, {"left_on": "2026-11-01", "expected_on": "2026-10-01"}).status_code == 422
    assert client.post(start, {"left_on": "2026-11-01"}).status_code == 302
    assert client.post(start, {"left_on": "2026-11-01"}).status_code == 422
    student_return = Return.objects.get()

    def url(act: str, *more: int) -> str:
        return reverse(f"crisis:return-{act}", args=[red.pk, student_return.pk, *more])

    director = world.holder(Role.CENTER_DIRECTOR)
    granted = {"comes_back": "1", "note": "可以复学", "support_plan": "每周面谈"}
    early = login(director).post(url("decide"), granted)
    assert early.status_code == 422
    assert "the hospital&#x27;s opinion" in early.content.decode()
    client = login(counselor)
    applied = {"applied_on": "2026-11-09", "opinion": "病情稳定，可复学", "letter": picture()}
    assert client.post(url("apply"), applied).status_code == 302
    assert login(world.holder(Role.FUDAOYUAN)).post(url("interview"), {"interview": "好"}).status_code == 422
    client = login(counselor)
    assert client.post(url("interview"), {"interview": "状态平稳"}).status_code == 302
    assert client.post(url("commit"), {"commitment": "按时复诊"}).status_code == 302
    alone = client.post(url("decide"), granted)
    assert alone.status_code == 422
    assert "second person" in alone.content.decode()
    client = login(director)
    assert client.post(url("decide"), {"comes_back": "0", "note": "再等"}).status_code == 302
    assert client.post(url("decide"), granted | {"support_plan": ""}).status_code == 422
    assert client.post(url("decide"), granted).status_code == 302
    assert client.post(url("commit"), {"commitment": "改"}).status_code == 422
    looks = list(student_return.follow_ups.order_by("number"))
    days = [f"{one.due_at.astimezone(at.tzinfo):%m-%d}" for one in looks]
    assert days[:5] == ["11-17", "11-24", "12-08", "01-10", "02-10"]
    assert (len(looks), days[-1]) == (14, "11-10")
    assert Duty.objects.unsettled().filter(kind="return_follow_up", owner=counselor).count() == 14
    assert "状态平稳" in client.get(url("detail")).content.decode()
    student_return.follow_ups.filter(number=1).update(due_at=at - timedelta(days=1))
    assert client.post(url("follow-up", 1), {"text": "睡得好"}).status_code == 302
    assert client.post(url("follow-up", 1), {"text": "再"}).status_code == 422
    assert student_return.follow_ups.get(number=1).is_late
    student_return.follow_ups.filter(number__gt=2).delete()
    assert client.post(url("follow-up", 2), {"text": "都好"}).status_code == 302
    student_return.refresh_from_db()
    assert student_return.state == "ended"


def test_what_is_owed_around_the_person_goes_along_with_the_case(
    world: World, red: Case, counselor: User, login: Login
) -> None:
    client = login(counselor)
    begin_watch(client, red, [counselor])
    red.refresh_from_db()
    other = world.holder(Role.COLLEGE_COORDINATOR)
    given = {"version": red.version, "owner": other.pk, "deputy": ""}
    assert client.post(reverse("crisis:case-transfer", args=[red.pk]), given).status_code == 302
    assert Duty.objects.unsettled().get(kind="safety_watch").owner == other


@pytest.mark.parametrize("noun", ["guardian", "watch", "referral", "talk", "return"])
def test_nobody_else_begins_anything_around_a_case(
    world: World, red: Case, login: Login, noun: str, at: datetime
) -> None:
    start = f"crisis:{noun}-plan" if noun == "talk" else f"crisis:{noun}-start"
    url = reverse(start, args=[red.pk])
    for stranger in (world.holder(Role.DORM_HEAD), world.holder(Role.COLLEGE_COORDINATOR, world.arts)):
        assert login(stranger).get(url).status_code == 404
    part_time = world.holder(Role.PART_TIME_COUNSELOR)
    red.members.create(user=part_time, added_at=at)
    assert login(part_time).get(url).status_code == 403
