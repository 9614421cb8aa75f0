import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from crisis.models import Alarm
from crisis.services import acknowledge, raise_alarm
from kernel import notices
from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import DataRequest, Duty, Post, RosterImport, Student, Tombstone, User
from network.rules import EnrollmentStatus, Role
from network.services import (
    answer_correction,
    carry_out_erasures,
    decide_erasure,
    lift_hold,
    make_request,
    move_student,
    place_hold,
    replay_erasures,
)
from network.services.privacy.tombstones import read_tombstones, write_tombstones
from network.tasks import keep_periods
from reporting.models import Cycle, Line
from reporting.rules.dorm_lines import Status
from reporting.services import LineEntry, file_dorm_report
from tests.conftest import World
from tests.factories import PASSWORD
from tests.network.dumps import dump, restore

DAY = timedelta(days=1)
Kind, State = DataRequest.Kind, DataRequest.State
Login = Callable[[User], Client]


@pytest.fixture
def gone(world: World, cycle: Cycle, at: datetime) -> Student:
    """A dorm head of whom much is known, and who has left."""
    student, *others = world.students["own"]
    entries = [
        LineEntry(student.pk, Status.RAIN, observation="常常哭"),
        *(LineEntry(one.pk, Status.CLEAR) for one in others),
    ]
    file_dorm_report(
        report=world.report(cycle, world.own),
        entries=entries,
        all_well=False,
        revision=0,
        client_id=uuid4(),
        by=student.user,
        at=at,
    )
    RosterImport.objects.create(
        school=world.school, file_name="a.xlsx", state="applied", content="名单", undo="退路", uploaded_at=at
    )
    notices.post(to=student.user, kind="test", title="A notice", params={}, at=at)
    move_student(
        student=student, school_class=world.it1, dorm=None, enrollment_status=EnrollmentStatus.GRADUATED, by=None, at=at
    )
    student.refresh_from_db()
    return student


def ask(student: Student, at: datetime, kind: DataRequest.Kind = Kind.ERASURE) -> DataRequest:
    return make_request(student=student, kind=kind, words="请删除", by=student.user, at=at)


def grant(world: World, request: DataRequest, at: datetime, on: date | None = None) -> DataRequest:
    director = world.holder(Role.CENTER_DIRECTOR)
    day = on or localdate(at)
    return decide_erasure(request=request, grant=True, reason="已毕业", erase_on=day, by=director, at=at)


def test_a_granted_erasure_takes_what_it_may_and_leaves_a_tombstone_without_a_name(
    world: World, gone: Student, at: datetime, client: Client
) -> None:
    name, number = gone.name, gone.number
    client.force_login(gone.user)
    before = AuditEvent.objects.count()
    request = grant(world, ask(gone, at), at)
    assert (request.state, request.erased_at) == (State.ERASED, at)
    gone.refresh_from_db()
    user = User.objects.get(pk=gone.user_id)
    assert {name, number}.isdisjoint({gone.name, gone.number, user.name, user.number})
    assert gone.name == user.name == f"已注销 {gone.pk.hex[:8]}"
    assert (gone.phone, gone.guardian_name, gone.guardian_phone, gone.born_on) == ("", "", "", None)
    assert not Post.objects.filter(holder=user, ends_on=None).exists()
    assert not Notice.objects.filter(recipient=user, kind="test").exists()
    assert RosterImport.objects.get().content == ""
    line = Line.objects.get(student=gone)
    assert (line.observation, line.status) == ("", Status.RAIN)
    stone = Tombstone.objects.get()
    assert (stone.subject, stone.school_code, stone.erased_at) == (gone.pk, "MD", at)
    assert {"network.particulars", "reporting.lines"} <= set(stone.kinds)
    told = json.dumps([str(stone.subject), stone.digest, stone.kinds])
    assert name not in told
    assert number not in told
    assert AuditEvent.objects.count() > before
    assert AuditEvent.objects.filter(action="erasure.carry_out", object_id=str(stone.pk)).exists()
    assert DataRequest.objects.get().words == ""


def test_after_an_erasure_nobody_signs_in_with_it_and_who_is_signed_in_is_out(
    world: World, gone: Student, at: datetime, client: Client
) -> None:
    number = gone.user.number
    client.force_login(gone.user)
    assert client.get(reverse("home")).status_code == 200
    grant(world, ask(gone, at), at)
    assert client.get(reverse("home")).status_code == 302
    for login in (number, User.objects.get(pk=gone.user_id).number):
        answer = Client().post(reverse("account_login"), {"login": login, "password": PASSWORD})
        assert answer.status_code != 302 or "inactive" in answer["Location"]
    assert not User.objects.get(pk=gone.user_id).has_usable_password()


def test_audit_rows_of_the_erased_stay(world: World, gone: Student, at: datetime) -> None:
    before = list(AuditEvent.objects.order_by("pk").values_list("pk", "actor", "detail"))
    grant(world, ask(gone, at), at)
    assert list(AuditEvent.objects.order_by("pk").values_list("pk", "actor", "detail"))[: len(before)] == before


def test_what_stands_in_the_way_makes_an_erasure_wait(world: World, gone: Student, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    hold = place_hold(student=gone, reason="复议", ends_on=localdate(at + 9 * DAY), by=director, at=at)
    source = Alarm.Source.THUNDER_LINE
    alarm = raise_alarm(student=gone, source=source, source_key="a", evidence="", by=director, at=at)
    assert grant(world, ask(gone, at), at).state == State.GRANTED
    assert carry_out_erasures(at=at) == 0
    lift_hold(hold=hold, by=director, at=at)
    assert carry_out_erasures(at=at) == 0
    assert Alarm.objects.unacknowledged().count() == 1
    acknowledge(alarm=alarm, action_taken="已联系", by=director, at=at)
    assert carry_out_erasures(at=at) == 1
    assert carry_out_erasures(at=at) == 0
    assert Tombstone.objects.count() == 1


def test_who_is_enrolled_waits_until_they_have_left(world: World, at: datetime) -> None:
    student = world.roomless
    assert grant(world, ask(student, at), at).state == State.GRANTED
    assert carry_out_erasures(at=at + DAY) == 0
    left = EnrollmentStatus.WITHDRAWN
    move_student(student=student, school_class=world.it2, dorm=None, enrollment_status=left, by=None, at=at)
    with time_machine.travel(at + DAY, tick=False):
        keep_periods()
    assert DataRequest.objects.get().state == State.ERASED


def test_a_day_ahead_is_waited_for(world: World, gone: Student, at: datetime) -> None:
    assert grant(world, ask(gone, at), at, on=localdate(at + 3 * DAY)).state == State.GRANTED
    assert [carry_out_erasures(at=at + n * DAY) for n in (0, 2, 3)] == [0, 0, 1]


def test_a_refusal_erases_nothing_and_tells_why(world: World, gone: Student, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    request = ask(gone, at)
    decided = decide_erasure(
        request=request, grant=False, reason="仍在保存期内", erase_on=None, by=director, at=at + DAY
    )
    assert (decided.state, decided.answer, decided.erase_on) == (State.REFUSED, "仍在保存期内", None)
    assert Notice.objects.filter(recipient=gone.user, kind="data_request").count() == 1
    assert Duty.objects.get(kind="data_request").settled_at == at + DAY
    assert not Tombstone.objects.exists()
    with pytest.raises(Refused, match="decided already"):
        grant(world, request, at)


def test_each_request_owes_an_answer_within_fifteen_days(world: World, gone: Student, at: datetime) -> None:
    request = ask(gone, at)
    duty = Duty.objects.get(kind="data_request")
    assert (duty.role, duty.unit, duty.due_at) == (Role.CENTER_DIRECTOR, world.school, request.due_at)
    assert localdate(request.due_at) == localdate(at) + 15 * DAY
    with pytest.raises(Refused) as refused:
        ask(gone, at)
    assert refused.value.code == "request-waits"


def test_nobody_asks_or_decides_for_others_without_the_right(world: World, gone: Student, at: datetime) -> None:
    fudaoyuan, director = world.holder(Role.FUDAOYUAN), world.holder(Role.CENTER_DIRECTOR)
    with pytest.raises(Refused) as refused:
        make_request(student=gone, kind=Kind.ERASURE, words="", by=fudaoyuan, at=at)
    assert refused.value.code == "not-your-own"
    request = make_request(student=gone, kind=Kind.ERASURE, words="来信", by=director, at=at)
    with pytest.raises(Refused) as refused:
        decide_erasure(request=request, grant=True, reason="", erase_on=localdate(at), by=fudaoyuan, at=at)
    assert refused.value.code == "may-not-decide"


def test_each_kind_is_decided_in_its_own_way(world: World, gone: Student, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    erasure, correction = ask(gone, at), ask(gone, at, Kind.CORRECTION)
    with pytest.raises(Refused) as refused:
        answer_correction(request=erasure, answer="x", by=director, at=at)
    assert refused.value.code == "wrong-kind"
    with pytest.raises(Refused) as refused:
        grant(world, correction, at)
    assert refused.value.code == "wrong-kind"
    with pytest.raises(Refused) as refused:
        grant(world, erasure, at, on=localdate(at - DAY))
    assert refused.value.code == "day-is-over"
    assert answer_correction(request=correction, answer="已更正", by=director, at=at).state == State.ANSWERED


@pytest.mark.parametrize("statement", ["UPDATE network_tombstone SET digest = ''", "DELETE FROM network_tombstone"])
def test_a_tombstone_is_never_changed(world: World, gone: Student, at: datetime, statement: str) -> None:
    grant(world, ask(gone, at), at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_what_was_erased_does_not_come_back_with_a_backup(
    world: World, gone: Student, at: datetime, tmp_path: Path
) -> None:
    name, number = gone.name, gone.number
    request = ask(gone, at)
    dump(tmp_path / "backup")
    grant(world, request, at)
    call_command("export_tombstones", str(tmp_path / "stones"), stdout=StringIO())
    erased = list(Student.objects.filter(pk=gone.pk).values())
    assert name not in str(erased)

    restore(tmp_path / "backup")
    assert Student.objects.get(pk=gone.pk).number == number
    assert not Tombstone.objects.exists()
    said = StringIO()
    call_command("replay_erasures", str(tmp_path / "stones"), stdout=said)
    assert "1 people had come back" in said.getvalue()
    assert list(Student.objects.filter(pk=gone.pk).values()) == erased
    assert User.objects.get(pk=gone.user_id).is_active is False
    assert Line.objects.get(student=gone).observation == ""
    assert DataRequest.objects.get().state == State.ERASED
    assert Tombstone.objects.get().erased_at == at

    rows = AuditEvent.objects.count()
    said = StringIO()
    call_command("replay_erasures", str(tmp_path / "stones"), stdout=said)
    assert "0 people had come back" in said.getvalue()
    assert AuditEvent.objects.count() == rows


def test_a_replay_puts_tombstones_back_even_without_the_person(world: World, at: datetime) -> None:
    stone = Tombstone(subject=uuid4(), digest="d", school_code="MD", kinds=["x"], erased_at=at)
    assert replay_erasures(tombstones=[stone], by=None, at=at) == 0
    assert Tombstone.objects.get().subject == stone.subject


def test_the_file_of_tombstones_is_whole_or_refused(world: World, at: datetime, tmp_path: Path) -> None:
    stones = [Tombstone(subject=uuid4(), digest="d", school_code="MD", kinds=["x"], erased_at=at) for _ in range(3)]
    text = write_tombstones(stones)
    assert [one.subject for one in read_tombstones(text)] == [one.subject for one in stones]
    assert read_tombstones(write_tombstones([])) == []
    lines = text.splitlines(keepends=True)
    close = json.dumps({"count": 1, "sha256": json.loads(lines[-1])["sha256"]})
    damaged = [
        "",
        "x",
        "[]\n",
        "".join(lines[:-1]),
        "".join(lines[1:]),
        text.replace('"d"', '"e"', 1),
        text.rstrip("\n"),
        lines[0] + close + "\n",
        write_tombstones(stones[:1]).replace("+08:00", "x"),
    ]
    for one in damaged:
        with pytest.raises(Refused) as refused:
            read_tombstones(one)
        assert refused.value.code == "file-damaged"
    (tmp_path / "bad").write_text("x")
    (tmp_path / "worse").write_bytes(b"\xff\xfe")
    for name in ("bad", "worse", "missing"):
        with pytest.raises(CommandError):
            call_command("replay_erasures", str(tmp_path / name))


def test_a_tombstone_without_a_time_is_refused(world: World, at: datetime) -> None:
    told = {"subject": str(uuid4()), "digest": "d", "school": "MD", "kinds": [], "erased_at": "never"}
    line = json.dumps(told)
    close = json.dumps({"count": 1, "sha256": hashlib.sha256(line.encode()).hexdigest()})
    with pytest.raises(Refused):
        read_tombstones(f"{line}\n{close}\n")
