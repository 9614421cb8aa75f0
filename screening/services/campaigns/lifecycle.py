"""A campaign is drafted, opened, extended and closed; its texts are kept in versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.errors import Refused
from network.models import Student, Unit, User
from network.rules.consents import Purpose
from network.services import current_version
from screening import policies
from screening.models import Campaign, CampaignScale, CampaignText, Participation, Scale
from screening.rules.windows import LONGEST_MAKEUP, LONGEST_WINDOW, Phase, faults
from screening.services.campaigns.population import students_of
from screening.services.figures.publication import publish_campaign
from screening.services.scales.instruments import title_of, usable

BATCH = 1000
OPENED = gettext_noop("%(campaign)s has begun. You can pause at any time.")
FEEDBACK = gettext_noop("There are a few words for you about %(campaign)s.")


@dataclass(frozen=True)
class Plan:
    """What a campaign is to be."""

    name: str
    scales: Sequence[Scale]
    population: Mapping[str, Any]
    opens_on: date
    closes_on: date
    makeup_until: date | None
    tells_students: bool


@dataclass(frozen=True)
class Text:
    """What students are told before they agree."""

    purpose: str
    explanation: str


@transaction.atomic
def draft_campaign(*, school: Unit, plan: Plan, text: Text, by: User, at: datetime) -> Campaign:
    """Prepare a campaign; nobody is asked before it is opened."""
    if not policies.may_run(by, school):
        raise Refused(_("You may not prepare a screening here."), code="may-not-run")
    _check_window(plan)
    campaign = Campaign.objects.create(school=school, created_by=by, created_at=at, **_columns(plan))
    _set_scales(campaign, plan.scales)
    _write_text(campaign, text, by=by, at=at)
    audit.record(action="campaign.draft", by=by, at=at, obj=campaign, unit=school.code)
    return campaign


@transaction.atomic
def revise_campaign(*, campaign: Campaign, plan: Plan, text: Text, by: User, at: datetime) -> Campaign:
    """Change what is being prepared. Once it is open, the window is extended and texts get a new version instead."""
    campaign = _lock(campaign, by)
    if campaign.opened_at is not None:
        raise Refused(_("This screening is open already; extend it or write a new text instead."), code="opened")
    _check_window(plan)
    for name, value in _columns(plan).items():
        setattr(campaign, name, value)
    campaign.save()
    campaign.parts.all().delete()
    _set_scales(campaign, plan.scales)
    _write_text(campaign, text, by=by, at=at)
    audit.record(action="campaign.revise", by=by, at=at, obj=campaign, unit=campaign.school.code)
    return campaign


@transaction.atomic
def write_text(*, campaign: Campaign, text: Text, by: User, at: datetime) -> Campaign:
    """A new version of what students are told and agree to. The unfinished are asked again; refused when closed."""
    campaign = _lock(campaign, by)
    if campaign.closed_at is not None:
        raise Refused(_("This screening is closed."), code="closed")
    if _write_text(campaign, text, by=by, at=at):
        detail = {"version": campaign.text_version}
        audit.record(action="campaign.write_text", by=by, at=at, obj=campaign, detail=detail)
    return campaign


@transaction.atomic
def open_campaign(*, campaign: Campaign, by: User, at: datetime) -> Campaign:
    """Ask everybody: a Participation for each student of the population with their units as of today, and a notice.
    Refused for an operator without training, an empty population, a scale that has no text, or a past window."""
    campaign = _lock(campaign, by)
    if campaign.opened_at is not None:
        return campaign
    _check_ready(campaign, by=by, on=localdate(at))
    students = list(students_of(campaign.school, campaign.population).select_related("user").order_by("number"))
    if not students:
        raise Refused(_("Nobody would be asked: choose grades, colleges, classes or students."), code="no-population")
    campaign.opened_at, campaign.opened_by = at, by
    campaign.save(update_fields=["opened_at", "opened_by"])
    Participation.objects.bulk_create((_asked(campaign, student) for student in students), batch_size=BATCH)
    audit.record(
        action="campaign.open",
        by=by,
        at=at,
        obj=campaign,
        unit=campaign.school.code,
        detail={"students": len(students), "scales": [str(scale) for scale in campaign.scales.all()]},
    )
    _tell(campaign, [student.user for student in students], title=OPENED, key="open", at=at)
    return campaign


@transaction.atomic
def extend_campaign(
    *, campaign: Campaign, closes_on: date, makeup_until: date | None, by: User, at: datetime
) -> Campaign:
    """Give an open campaign more time. Refused when it would end earlier than it does now, or when it is closed."""
    campaign = _lock(campaign, by)
    if campaign.phase(localdate(at)) in (Phase.DRAFT, Phase.CLOSED):
        raise Refused(_("Only an open screening can be extended."), code="not-open")
    if closes_on < campaign.closes_on or (makeup_until or closes_on) < campaign.last_day:
        raise Refused(_("An extension never ends earlier than before."), code="shorter")
    if closes_on > campaign.opens_on + LONGEST_WINDOW:
        raise Refused(_("A screening lasts at most half a year."), code="window-too-long")
    if makeup_until and not closes_on < makeup_until <= closes_on + LONGEST_MAKEUP:
        raise Refused(_("A make-up lasts at most two weeks after the last day."), code="makeup-too-long")
    before = campaign.last_day
    campaign.closes_on, campaign.makeup_until = closes_on, makeup_until
    campaign.save(update_fields=["closes_on", "makeup_until"])
    detail = {"from": before, "to": campaign.last_day}
    audit.record(action="campaign.extend", by=by, at=at, obj=campaign, detail=detail)
    return campaign


@transaction.atomic
def close_campaign(*, campaign: Campaign, by: User | None, at: datetime) -> Campaign:
    """No answer is taken any more; talks and feedback go on. `by=None`: its last day has passed."""
    campaign = _lock(campaign, by)
    if campaign.opened_at is None:
        raise Refused(_("This screening has not been opened."), code="not-open")
    if campaign.closed_at is None:
        campaign.closed_at, campaign.closed_by = at, by
        campaign.save(update_fields=["closed_at", "closed_by"])
        publish_campaign(campaign=campaign, at=at)
        audit.record(action="campaign.close", by=by, at=at, obj=campaign, unit=campaign.school.code)
    return campaign


@transaction.atomic
def discard_campaign(*, campaign: Campaign, by: User, at: datetime) -> None:
    """Throw a draft away. Refused once somebody was asked."""
    campaign = _lock(campaign, by)
    if campaign.opened_at is not None:
        raise Refused(_("This screening has been opened; close it instead."), code="opened")
    audit.record(action="campaign.discard", by=by, at=at, obj=campaign, unit=campaign.school.code)
    campaign.delete()


@transaction.atomic
def release_to_students(*, campaign: Campaign, by: User, at: datetime) -> int:
    """Let students read the gentle words on their own page; returns how many were told. Refused when the school has
    chosen to give none."""
    campaign = _lock(campaign, by)
    if not campaign.tells_students:
        raise Refused(_("For this screening the school has chosen to give no feedback online."), code="no-feedback")
    if campaign.opened_at is None:
        raise Refused(_("This screening has not been opened."), code="not-open")
    if campaign.told_students_at is not None:
        return 0
    campaign.told_students_at = at
    campaign.save(update_fields=["told_students_at"])
    done = User.objects.filter(student__participations__campaign=campaign).exclude(
        student__participations__finished_at=None
    )
    people = list(User.objects.filter(pk__in=done.order_by().values("pk")).order_by("pk"))
    _tell(campaign, people, title=FEEDBACK, key="feedback", at=at)
    audit.record(action="campaign.release", by=by, at=at, obj=campaign, detail={"students": len(people)})
    return len(people)


def text_of(campaign: Campaign) -> CampaignText:
    """The text in force."""
    text: CampaignText = campaign.texts.get(version=campaign.text_version)
    return text


def _lock(campaign: Campaign, by: User | None) -> Campaign:
    locked: Campaign = Campaign.objects.select_for_update(of=("self",)).select_related("school").get(pk=campaign.pk)
    if by is not None and not policies.may_run(by, locked.school):
        raise Refused(_("You may not run a screening here."), code="may-not-run")
    return locked


def _check_window(plan: Plan) -> None:
    """The form names the field; this holds for every caller."""
    if faults(plan.opens_on, plan.closes_on, plan.makeup_until):
        raise Refused(_("These days cannot be those of a screening."), code="window")


def _check_ready(campaign: Campaign, *, by: User, on: date) -> None:
    if not policies.is_trained(by, on):
        message = _("You can open a screening once your operator training is recorded. Ask the director to record it.")
        raise Refused(message, code="not-trained")
    if campaign.last_day < on:
        raise Refused(_("Its last day has passed. Change the days first."), code="window-over")
    scales = list(campaign.scales.all())
    if not scales:
        raise Refused(_("Choose at least one scale."), code="no-scale")
    if current_version(campaign.school, Purpose.SCREENING) is None:
        message = _("The school has published no consent text for screening yet. Publish one first.")
        raise Refused(message, code="no-consent-text")
    able = usable(scales)
    without = [scale for scale in scales if scale not in able]
    if without:
        told = {"scale": title_of(without[0])}
        raise Refused(_("The scale %(scale)s has no wording yet; upload it first.") % told, code="scale-without-text")


def _columns(plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "population": dict(plan.population),
        "opens_on": plan.opens_on,
        "closes_on": plan.closes_on,
        "makeup_until": plan.makeup_until,
        "tells_students": plan.tells_students,
    }


def _set_scales(campaign: Campaign, scales: Sequence[Scale]) -> None:
    CampaignScale.objects.bulk_create(
        CampaignScale(campaign=campaign, scale=scale, position=n) for n, scale in enumerate(scales, start=1)
    )


def _write_text(campaign: Campaign, text: Text, *, by: User, at: datetime) -> bool:
    """Keep a new version if a word has changed; a draft that nobody has read keeps its number."""
    standing = campaign.texts.filter(version=campaign.text_version).first()
    words = {"purpose": text.purpose, "explanation": text.explanation}
    if standing and all(getattr(standing, name) == value for name, value in words.items()):
        return False
    if standing and campaign.opened_at is None:
        standing.delete()
        campaign.text_version -= 1
    campaign.text_version += 1
    CampaignText.objects.create(campaign=campaign, version=campaign.text_version, written_by=by, written_at=at, **words)
    campaign.save(update_fields=["text_version"])
    return True


def _asked(campaign: Campaign, student: Student) -> Participation:
    return Participation(
        campaign=campaign,
        student=student,
        school_id=student.school_id,
        college_id=student.college_id,
        school_class_id=student.school_class_id,
        dorm_id=student.dorm_id,
    )


def _tell(campaign: Campaign, people: Sequence[User], *, title: str, key: str, at: datetime) -> None:
    notices.post(
        to=people,
        kind="screening",
        title=title,
        params={"campaign": campaign.name},
        link="/screening/mine/",
        at=at,
        key=f"screening:{campaign.pk}:{key}",
    )
