"""Instruments are loaded, imported, given their wording and put to use. What is in use never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User
from screening import policies
from screening.models import Scale
from screening.rules.scales.faults import Fault
from screening.rules.scales.files import ScaleFile, parse_json, read_file
from screening.rules.scales.wording import missing_words, read_wording
from screening.services.scales import fhir
from screening.services.scales.shipped import shipped

State = Scale.State
MOST_NAMED = 5


@transaction.atomic
def load_shipped(*, at: datetime) -> list[Scale]:
    """Bring in the instruments that come with the portal, each version once; the version before is retired. Refused
    when a file has changed and its version has not, for papers may rest on it."""
    fresh = []
    for key, file in shipped().items():
        known = Scale.objects.filter(school=None, key=key, version=file.version).first()
        if known is None:
            fresh.append(_load(key, file, at=at))
        elif (known.definition, known.wording) != (file.definition, file.wording):
            raise Refused(f"{key}: the file has changed, but its version is still {file.version}.", code="same-version")
    return fresh


def _load(key: str, file: ScaleFile, *, at: datetime) -> Scale:
    _retire(Scale.objects.filter(school=None, key=key), at=at)
    scale: Scale = Scale.objects.create(
        key=key,
        version=file.version,
        state=State.PUBLISHED,
        definition=file.definition,
        wording=file.wording,
        source=file.source,
        made_at=at,
        published_at=at,
    )
    audit.record(action="scale.load", by=None, at=at, obj=scale, detail={"key": key, "version": scale.version})
    return scale


def in_use(school: Unit) -> list[Scale]:
    """The scales of a school by key: its own version where it has one, else the shipped one. Ask each for
    `is_usable` before students answer it."""
    found: dict[str, Scale] = {}
    for scale in Scale.objects.of_school(school).published().order_by("key"):
        if scale.school_id is not None or scale.key not in found:
            found[scale.key] = scale
    return list(found.values())


def read_upload(content: bytes) -> ScaleFile:
    """An uploaded scale file or FHIR Questionnaire. Refused where it is neither; the sentence names the place."""
    try:
        given = parse_json(content.decode("utf-8-sig"))
        if isinstance(given, dict) and "resourceType" in given:
            return fhir.read(given)
        return read_file(given)
    except UnicodeDecodeError:
        raise Refused(_("This file is not text in UTF-8."), code="scale-refused") from None
    except Fault as fault:
        raise refusal(fault) from None


def refusal(fault: Fault) -> Refused:
    """A fault in a scale or wording, in the reader's language."""
    return Refused(fault.text(gettext(fault.sentence)), code="scale-refused")


@transaction.atomic
def import_scale(*, school: Unit, file: ScaleFile, by: User, at: datetime) -> Scale:
    """Keep an instrument of the school's own as a draft: the next version of its key."""
    _check(by, school)
    scale = _draft(
        school=school,
        key=file.scale.key,
        definition=file.definition,
        wording=file.wording,
        source=file.source,
        by=by,
        at=at,
    )
    audit.record(action="scale.import", by=by, at=at, obj=scale, unit=school.code, detail={"key": scale.key})
    return scale


@transaction.atomic
def upload_wording(*, scale: Scale, school: Unit, wording: Any, by: User, at: datetime) -> Scale:
    """Give an instrument the school's text, language by language: into the draft itself, else into a new draft."""
    _check(by, school)
    try:
        given = read_wording(scale.parsed, wording)
    except Fault as fault:
        raise refusal(fault) from None
    if not given:
        raise Refused(_("There is no text in this file."), code="no-wording")
    scale = Scale.objects.select_for_update(of=("self",)).get(pk=scale.pk)
    merged = _merged(scale.wording, given)
    if scale.state == State.DRAFT:
        scale.wording = merged
        scale.save(update_fields=["wording"])
    else:
        scale = _draft(
            school=school,
            key=scale.key,
            definition=scale.definition,
            wording=merged,
            source=scale.source,
            by=by,
            at=at,
        )
    detail = {"key": scale.key, "languages": ", ".join(given)}
    audit.record(action="scale.upload_wording", by=by, at=at, obj=scale, unit=school.code, detail=detail)
    return scale


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What is given takes the place of what was there; what is not given stays."""
    merged: dict[str, Any] = {language: dict(words) for language, words in old.items()}
    for language, words in new.items():
        there = merged.setdefault(language, {})
        for word, value in words.items():
            there[word] = {**there.get(word, {}), **value} if isinstance(value, dict) else value
    return merged


@transaction.atomic
def publish_scale(*, scale: Scale, by: User, at: datetime) -> Scale:
    """Put a draft to use; the school's version before is retired. Refused while words are missing in every language."""
    scale = _locked_draft(scale, by=by)
    if not scale.languages:
        raise Refused(_missing(scale), code="wording-missing")
    _retire(Scale.objects.filter(school=scale.school, key=scale.key), at=at)
    scale.state, scale.published_at = State.PUBLISHED, at
    scale.save(update_fields=["state", "published_at"])
    _record("scale.publish", scale, by=by, at=at)
    return scale


@transaction.atomic
def discard_scale(*, scale: Scale, by: User, at: datetime) -> None:
    """Throw a draft away."""
    scale = _locked_draft(scale, by=by)
    _record("scale.discard", scale, by=by, at=at)
    scale.delete()


def _locked_draft(scale: Scale, *, by: User) -> Scale:
    locked: Scale = Scale.objects.select_for_update(of=("self",)).select_related("school").get(pk=scale.pk)
    if locked.school is None or locked.state != State.DRAFT:
        raise Refused(_("Only a draft can be changed. Make a new version instead."), code="not-a-draft")
    _check(by, locked.school)
    return locked


def _missing(scale: Scale) -> str:
    words = scale.words("zh-hans")
    missing = missing_words(scale.parsed, words)
    params = {"count": len(missing), "first": ", ".join(missing[:MOST_NAMED])}
    return str(_("%(count)s texts are still missing, first of all: %(first)s.") % params)


def _draft(*, school: Unit, key: str, definition: Any, wording: Any, source: str, by: User, at: datetime) -> Scale:
    # The school's row serializes two uploads of the same moment.
    Unit.objects.select_for_update().get(pk=school.pk)
    newest = Scale.objects.of_school(school).filter(key=key).aggregate(newest=Max("version"))["newest"] or 0
    scale: Scale = Scale.objects.create(
        school=school,
        key=key,
        version=newest + 1,
        definition=definition,
        wording=wording,
        source=source,
        made_by=by,
        made_at=at,
    )
    return scale


def _retire(scales: Any, *, at: datetime) -> None:
    scales.filter(state=State.PUBLISHED).update(state=State.RETIRED, retired_at=at)


def _record(action: str, scale: Scale, *, by: User, at: datetime) -> None:
    assert scale.school is not None
    detail = {"key": scale.key, "version": scale.version}
    audit.record(action=action, by=by, at=at, obj=scale, unit=scale.school.code, detail=detail)


def _check(by: User, school: Unit) -> None:
    if not policies.may_manage_scales(by, school):
        raise Refused(_("You may not change the scales of this school."), code="may-not-manage-scales")
