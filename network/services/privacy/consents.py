"""Consent by purpose and version: texts are published, students agree and take it back, others ask whether it stands.
Crisis work rests on statutory duty, not on consent: nothing here touches an alarm or a case."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network import policies
from network.models import Consent, ConsentText, Student, Unit, User
from network.models.base import keys_of
from network.rules.consents import Act, Purpose, Wording, binding_version, stands, tidy
from network.scope import ROW_KEYS
from network.services.privacy.access_log import record_client_event


def current_version(school: Unit | int, purpose: Purpose, at: datetime | None = None) -> ConsentText | None:
    """The text that students of the school are shown now, or were shown at `at`; None before the first one."""
    texts = ConsentText.objects.filter(school=school, purpose=purpose)
    if at is not None:
        texts = texts.filter(published_at__lte=at)
    text: ConsentText | None = texts.order_by("-version").first()
    return text


@transaction.atomic
def publish_text(
    *, school: Unit, purpose: Purpose, wording: Wording, asks_again: bool, by: User | None, at: datetime
) -> ConsentText:
    """Publish the next version of a text. Refused without the right, and when the words are those of the last one."""
    if by is not None and not policies.may_write_consent_texts(by, school):
        raise Refused(_("You may not publish consent texts of this school."), code="may-not-publish")
    Unit.objects.select_for_update(of=("self",)).get(pk=school.pk)
    last = current_version(school, purpose)
    if last is not None and last.sha256 == wording.sha256:
        raise Refused(_("These are the words that are out already."), code="text-unchanged")
    text = ConsentText.objects.create(
        school=school,
        purpose=purpose,
        version=last.version + 1 if last else 1,
        title_zh=tidy(wording.title_zh),
        body_zh=tidy(wording.body_zh),
        title_en=tidy(wording.title_en),
        body_en=tidy(wording.body_en),
        sha256=wording.sha256,
        asks_again=asks_again and last is not None,
        published_by=by,
        published_at=at,
    )
    detail = {"purpose": purpose.value, "version": text.version, "sha256": text.sha256, "asks_again": text.asks_again}
    audit.record(action="consent_text.publish", by=by, at=at, obj=text, unit=school.code, detail=detail)
    return text


@transaction.atomic
def give_consent(
    *,
    student: Student,
    purpose: Purpose,
    version: int,
    by: User,
    at: datetime,
    how: Consent.How = Consent.How.BEFOREHAND,
) -> Consent:
    """The student agrees to the version that was shown. Once given, giving it again writes nothing. Refused for anybody
    else, and when another version is out by now: nobody agrees to what they have not read."""
    student = _locked(student, by)
    text = current_version(student.school_id, purpose)
    if text is None or text.version != version:
        raise Refused(_("This text has changed since you opened it. Please read the new one."), code="text-has-changed")
    last = _last(student, purpose)
    if last is not None and last.act == Act.GIVEN and last.text_id == text.pk:
        return last
    return _write(student, text, Act.GIVEN, how=how, by=by, at=at)


@transaction.atomic
def withdraw_consent(
    *, student: Student, purpose: Purpose, by: User, at: datetime, how: Consent.How = Consent.How.OWN_PAGE
) -> Consent:
    """The student takes a consent back, from now on; withdrawing twice writes nothing. Refused for anybody else, and
    when there is none."""
    student = _locked(student, by)
    last = _last(student, purpose)
    if last is None:
        raise Refused(_("You have not agreed to this, so there is nothing to take back."), code="no-consent")
    if last.act == Act.WITHDRAWN:
        return last
    return _write(student, last.text, Act.WITHDRAWN, how=how, by=by, at=at)


def has_consent(student: Student, purpose: Purpose, at: datetime) -> bool:
    """Whether the student's consent stood at that time: given, not taken back, and to a version that still binds."""
    last = Consent.objects.filter(student=student, purpose=purpose).by(at).select_related("text").newest_first().first()
    if last is None:
        return False
    versions = ConsentText.objects.published(student.school_id, purpose, at).values_list("version", "asks_again")
    return stands(Act(last.act), last.text.version, binding_version(versions))


def consenting(school: Unit, purpose: Purpose, at: datetime) -> set[UUID]:
    """The students of a school whose consent stood at that time, in two queries."""
    consents = Consent.objects.filter(student__school=school, purpose=purpose).by(at).select_related("text")
    last = {row.student_id: row for row in reversed(consents.newest_first())}
    binding = binding_version(
        ConsentText.objects.published(school.pk, purpose, at).values_list("version", "asks_again")
    )
    return {pk for pk, row in last.items() if stands(Act(row.act), row.text.version, binding)}


def _locked(student: Student, by: User) -> Student:
    # A consent needs the keys of the row alone.
    rows = Student.objects.only("user", *ROW_KEYS.values()).select_for_update(of=("self",))
    locked: Student = rows.get(pk=student.pk)
    if not policies.may_consent(by, locked):
        raise Refused(_("Only the student can agree or take it back."), code="not-your-own")
    return locked


def _last(student: Student, purpose: Purpose) -> Consent | None:
    last: Consent | None = Consent.objects.filter(student=student, purpose=purpose).newest_first().first()
    return last


def _write(student: Student, text: ConsentText, act: Act, *, how: Consent.How, by: User, at: datetime) -> Consent:
    consent = Consent.objects.create(
        student=student,
        **keys_of(student),
        text=text,
        purpose=text.purpose,
        act=act,
        how=how,
        by=by,
        at=at,
    )
    detail = {"purpose": text.purpose, "version": text.version, "how": how.value}
    action = "consent.give" if act == Act.GIVEN else "consent.withdraw"
    if text.purpose == Purpose.COUNSELING:
        # SECURITY: who agrees to counseling is about to come. The version tells nothing of the person.
        record_client_event(action=action, student=student, by=by, at=at, detail={"version": text.version})
        return consent
    unit = Unit.objects.values_list("code", flat=True).get(pk=student.school_class_id)
    audit.record(action=action, by=by, at=at, obj=student, unit=unit, detail=detail)
    return consent
