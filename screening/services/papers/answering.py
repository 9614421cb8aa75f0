"""A student agrees, answers and submits. Each answer is kept at once; a critical one rings before anything else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from kernel.fields import seal
from network.models import User
from network.rules.consents import Purpose
from network.services import give_consent
from screening import policies
from screening.models import Paper, Participation, Result
from screening.rules.papers.answering import Fault, SentAnswer, Sheet
from screening.rules.papers.answers import read_answer, read_answers
from screening.rules.scales.components import rests
from screening.rules.scales.faults import AnswerError
from screening.rules.scoring.outcomes import critical_items
from screening.services.campaigns.critical_answers import call_help
from screening.services.papers.results import keep_result
from screening.services.papers.statement import consent_stands, own_paper_with_others
from screening.services.scales.instruments import Instrument, instrument_of

# What agreeing and declining ask of a participation.
LOCKED = (
    "exempted_at",
    "consented_at",
    "consented_version",
    "declined_at",
    "student__user",
    "campaign__text_version",
    "campaign__opens_on",
    "campaign__closes_on",
    "campaign__makeup_until",
    "campaign__opened_at",
    "campaign__closed_at",
)
TRIES = 8
GAPS_NAMED = 5
IMPLAUSIBLE = "implausible-times"
FAULTS = {
    "unknown-item": _("This questionnaire has no question %(item)s."),
    "answered-twice": _("Question %(item)s was answered twice in one sending."),
    "jumped-ahead": _("Please answer question %(item)s first."),
    "empty": _("Question %(item)s has no answer."),
    "gaps": _("Not answered yet: question %(item)s."),
}


class Message(NamedTuple):
    """What one device sends: its answers, and a number that grows with each message."""

    answers: Sequence[SentAnswer]
    device: str = ""
    number: int = 0


class Saved(NamedTuple):
    """The paper as it is kept now, and whether an answer on it has called help."""

    paper: Paper
    called: bool


@transaction.atomic
def agree(
    *, participation: Participation, text_version: int, consent_version: int, by: User, at: datetime
) -> Participation:
    """The student agrees to what was shown; the papers are laid out. Refused outside the window, for somebody exempted,
    or when a text has changed since."""
    participation = _lock(participation)
    campaign = participation.campaign
    _check_may_answer(participation, participation.student.user_id, by=by, at=at)
    if text_version != campaign.text_version:
        raise Refused(_("This text has changed since you opened it. Please read the new one."), code="text-has-changed")
    give_consent(student=participation.student, purpose=Purpose.SCREENING, version=consent_version, by=by, at=at)
    participation.declined_at = None
    participation.consented_at, participation.consented_version = at, text_version
    participation.save(update_fields=["declined_at", "consented_at", "consented_version"])
    parts = list(campaign.parts.all())
    Paper.objects.bulk_create(
        (
            Paper(
                participation=participation, scale_id=part.scale_id, position=part.position, started_at=at, saved_at=at
            )
            for part in parts
        ),
        ignore_conflicts=True,
    )
    detail = {"campaign": str(campaign.pk), "text": text_version, "consent": consent_version}
    audit.record(action="participation.agree", by=by, at=at, obj=participation, detail=detail)
    return participation


@transaction.atomic
def decline(*, participation: Participation, by: User, at: datetime) -> Participation:
    """The student would rather not. It has no consequence, and they may think again while the window is open."""
    participation = _lock(participation)
    _check_may_answer(participation, participation.student.user_id, by=by, at=at)
    participation.declined_at = at
    participation.consented_at = participation.consented_version = None
    participation.save(update_fields=["declined_at", "consented_at", "consented_version"])
    audit.record(action="participation.decline", by=by, at=at, obj=participation)
    return participation


def save_answers(*, paper: Paper, message: Message, by: User, at: datetime) -> Saved:
    """Keep answers; the same message again has no second effect. Refused as a whole when one of them cannot be taken,
    outside the window, without consent, or after submitting.

    One statement writes it, so nothing is locked and nothing else is begun: the row is written only if nobody else has
    since, and read again otherwise. `paper` comes from `own_paper`."""
    _check_paper(paper, by=by, at=at)
    instrument = instrument_of(paper.scale_id)
    for _attempt in range(TRIES):
        sheet = Sheet.read(paper.sheet)
        if sheet.has_heard(message.device, message.number):
            return Saved(paper, sheet.rang)
        _take(sheet, message, instrument)
        if _keep(paper, sheet, instrument, by=by, at=at):
            return Saved(paper, sheet.rang)
        paper.refresh_from_db(fields=["sheet", "revision", "answered", "submitted_at"])
        _check_paper(paper, by=by, at=at)
    raise Refused(_("Too much is being saved at once. Please try again in a moment."), code="busy")


@transaction.atomic
def submit_paper(*, paper: UUID, message: Message, by: User, at: datetime, is_checked: bool = False) -> Result:
    """Take the last answers, score, and call whoever must know, all in one. Submitting again gives the same result.
    Refused when a question is not answered: its number is named; and once for hours in bed that cannot be, unless the
    student has looked at them again (`is_checked`). Paper.DoesNotExist for a paper of somebody else."""
    # All of them locked: whether this is the last one is decided while no other can be handed in.
    own, papers = own_paper_with_others(pk=paper, by=by, lock=True)
    if own.submitted_at is not None:
        return Result.objects.get(paper=paper)
    _check_paper(own, by=by, at=at)
    instrument = instrument_of(own.scale_id)
    sheet = Sheet.read(own.sheet)
    if message.answers and not sheet.has_heard(message.device, message.number):
        _take(sheet, message, instrument)
    _check_complete(sheet, instrument)
    if not is_checked:
        _check_hours(sheet, instrument)
    own.sheet, own.answered = sheet.write(), len(sheet.answers)
    own.revision, own.saved_at, own.submitted_at = own.revision + 1, at, at
    return keep_result(paper=own, papers=papers, sheet=sheet, instrument=instrument, by=by, at=at)


def _lock(participation: Participation) -> Participation:
    rows = Participation.objects.select_for_update(of=("self",)).select_related("campaign", "student")
    rows = rows.only(*LOCKED)
    locked: Participation = rows.get(pk=participation.pk)
    return locked


def _check_may_answer(participation: Participation, student_user: int, *, by: User, at: datetime) -> None:
    if not policies.may_answer(by, student_user):
        raise Refused(_("This questionnaire is somebody else's."), code="not-your-own")
    if participation.exempted_at is not None:
        raise Refused(_("You need not take part this time."), code="exempted")
    if not participation.campaign.takes_answers(localdate(at)):
        raise Refused(_("This screening takes no answers at this time."), code="not-open")


def _check_paper(paper: Any, *, by: User, at: datetime) -> None:
    if paper.submitted_at is not None:
        raise Refused(_("This questionnaire has been handed in; it can no longer be changed."), code="submitted")
    _check_may_answer(paper.participation, paper.student_user, by=by, at=at)
    if not consent_stands(paper):
        raise Refused(_("Please read the explanation and agree before you answer."), code="no-consent")


def _take(sheet: Sheet, message: Message, instrument: Instrument) -> None:
    try:
        for answer in message.answers:
            _check_offered(instrument, answer)
        sheet.take(message.answers, instrument.codes, instrument.optional)
    except Fault as fault:
        raise Refused(FAULTS[fault.code] % {"item": fault.place}, code=fault.code) from fault
    sheet.hear(message.device, message.number)


def _check_offered(instrument: Instrument, answer: SentAnswer) -> None:
    """SECURITY: only what the scale offers goes in."""
    place = instrument.scale.places.get(answer.item)
    if place is None:
        raise Fault("unknown-item", answer.item)
    try:
        if read_answer(instrument.scale.items[place], answer.value) is None:
            raise Fault("empty", answer.item)
    except AnswerError as error:
        raise Refused(error.text(gettext(error.sentence)), code="not-offered") from error


def _check_complete(sheet: Sheet, instrument: Instrument) -> None:
    gaps = [code for code in sheet.gaps(instrument.codes) if code not in instrument.optional]
    if gaps:
        raise Refused(FAULTS["gaps"] % {"item": ", ".join(gaps[:GAPS_NAMED])}, code="gaps")


def _check_hours(sheet: Sheet, instrument: Instrument) -> None:
    """Half past eleven at night is often given as 11:30, which makes a night of 19 hours."""
    if not instrument.scale.components:
        return
    for rest in rests(instrument.scale, read_answers(instrument.scale, sheet.answers)):
        if rest.is_implausible:
            hours = {"hours": round(float(rest.in_bed), 1), "asleep": round(float(rest.asleep), 1)}
            message = _(
                "By your times you are in bed for %(hours)s hours and asleep for %(asleep)s. "
                "Please look at them again: half past eleven at night is 23:30. If they are right, hand in once more."
            )
            raise Refused(message % hours, code=IMPLAUSIBLE)


def _keep(paper: Paper, sheet: Sheet, instrument: Instrument, *, by: User, at: datetime) -> bool:
    """Write the sheet unless somebody else has written since; a critical answer rings in the same transaction."""
    calls = not sheet.rang and critical_codes(sheet, instrument)
    if not calls:
        return _write(paper, sheet, at=at)
    with transaction.atomic():
        sheet.rang = True
        written = _write(paper, sheet, at=at)
        if written:
            call_help(paper=paper, by=by, at=at)
    return written


def _write(paper: Paper, sheet: Sheet, *, at: datetime) -> bool:
    text, answered = sheet.write(), len(sheet.answers)
    standing = Paper.objects.filter(pk=paper.pk, revision=paper.revision, submitted_at=None)
    values = {"sheet": seal(paper, "sheet", text), "revision": paper.revision + 1, "answered": answered, "saved_at": at}
    if not standing.update(**values):
        return False
    paper.sheet, paper.revision, paper.answered, paper.saved_at = text, paper.revision + 1, answered, at
    return True


def critical_codes(sheet: Sheet, instrument: Instrument) -> tuple[str, ...]:
    """The critical items that are answered so by now."""
    if not instrument.scale.critical:
        return ()
    values = [sheet.answers.get(code) for code in instrument.codes]
    return critical_items(instrument.scale, values)
