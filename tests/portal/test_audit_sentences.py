from collections.abc import Callable
from datetime import datetime

from django.test import Client
from django.urls import reverse

from kernel import audit
from kernel.models import AuditEvent
from network.models import User
from network.rules import Role
from network.services import record_look
from portal.audit_sentences import Sentence, sentences_of
from tests.conftest import World

Login = Callable[[User], Client]


def newest(action: str) -> Sentence:
    return sentences_of(AuditEvent.objects.filter(action=action))[0]


def test_a_sentence_says_who_did_what_to_whom_for_what(world: World, at: datetime) -> None:
    student, fudaoyuan = world.students["own"][0], world.holder(Role.FUDAOYUAN)
    record_look(action="student.read", student=student, by=fudaoyuan, at=at, purpose="care")
    sentence = newest("student.read")
    assert fudaoyuan.number in sentence.actor
    assert sentence.action == "student looked at"
    assert sentence.objects == [f"student {student.number}"]
    assert sentence.for_what == ["Fudaoyuan (student affairs advisor)", "Everyday care", student.school_class.name]


def test_a_person_is_named_by_number_and_a_flag_by_yes_or_no(world: World, at: datetime) -> None:
    auditor, head = world.holder(Role.AUDITOR), world.holder(Role.DORM_HEAD)
    audit.record(
        action="user.reset_password", by=auditor, at=at, obj=head, detail={"approved": True, "month": "2026-11", "x": 1}
    )
    sentence = newest("user.reset_password")
    assert len(sentence.objects) == 1
    assert head.number in sentence.objects[0]
    assert sentence.details == [("approved", "yes"), ("month", "November 2026")]
    assert sentence.raw == [("x", 1)]


def test_whoever_signs_in_is_named_once(world: World, at: datetime) -> None:
    auditor = world.holder(Role.AUDITOR)
    audit.record(action="user.sign_in", by=auditor, at=at, obj=auditor)
    assert newest("user.sign_in").objects == []


def test_what_is_gone_or_unknown_does_not_break_the_log(world: World, at: datetime, login: Login) -> None:
    audit.record(action="x.y", by=None, at=at, subject="nobody", role="ghost", unit="MD-nowhere", detail={"month": "?"})
    assert newest("x.y").objects == []
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"), {"about": "MD-nowhere"}).content.decode()
    assert "x.y" in page
    assert "ghost · MD-nowhere" in page


def test_no_name_of_a_student_stands_in_the_log(world: World, at: datetime, login: Login) -> None:
    student = world.students["own"][0]
    record_look(action="student.read", student=student, by=world.holder(Role.FUDAOYUAN), at=at, purpose="care")
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"), {"action": "student.read"}).content.decode()
    assert student.number in page
    assert student.name not in page
