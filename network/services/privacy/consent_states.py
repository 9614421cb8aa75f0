"""How consents stand: for a student by purpose, for a school by version. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.utils.functional import Promise

from network.models import Consent, ConsentText, Student, Unit
from network.models.labels import PURPOSE_LABELS, WITHDRAWAL_LABELS
from network.rules.consents import Act, Purpose, binding_version, stands


@dataclass(frozen=True)
class ConsentState:
    """One purpose as the student sees it. `text`: the version out now; `last`: the student's last act, if any."""

    purpose: Purpose
    text: ConsentText
    last: Consent | None
    is_given: bool

    @property
    def label(self) -> Promise:
        return PURPOSE_LABELS[self.purpose]

    @property
    def after_withdrawal(self) -> Promise:
        """What follows from taking this consent back."""
        return WITHDRAWAL_LABELS[self.purpose]

    @property
    def is_older(self) -> bool:
        """Whether the yes that stands was said to an earlier version."""
        return self.is_given and self.last is not None and self.last.text_id != self.text.pk


@dataclass(frozen=True)
class VersionCount:
    """How many students' last word on a purpose is a yes, or a withdrawal, on this version."""

    text: ConsentText
    agreed: int
    withdrawn: int


def consent_states(*, student: Student, at: datetime) -> list[ConsentState]:
    """Each purpose that has a text, in the order of the purposes."""
    texts = ConsentText.objects.filter(school=student.school_id, published_at__lte=at).order_by("purpose", "version")
    by_purpose: dict[str, list[ConsentText]] = {}
    for text in texts:
        by_purpose.setdefault(text.purpose, []).append(text)
    consents = Consent.objects.filter(student=student).by(at).select_related("text")
    last = {row.purpose: row for row in reversed(consents.newest_first())}
    return [_state(purpose, by_purpose[purpose], last.get(purpose)) for purpose in Purpose if purpose in by_purpose]


def _state(purpose: Purpose, texts: list[ConsentText], last: Consent | None) -> ConsentState:
    binding = binding_version((text.version, text.asks_again) for text in texts)
    is_given = last is not None and stands(Act(last.act), last.text.version, binding)
    return ConsentState(purpose, texts[-1], last, is_given)


def consent_history(*, student: Student) -> list[Consent]:
    """All that the student has said, newest first."""
    return list(Consent.objects.filter(student=student).select_related("text").newest_first())


def version_counts(*, school: Unit) -> dict[Purpose, list[VersionCount]]:
    """The versions of each purpose, newest first, with how many stand by each."""
    later = Consent.objects.filter(student=OuterRef("student"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk"))
    final = Consent.objects.filter(~Exists(later), school=school).order_by().values("text", "act")
    counted: dict[tuple[Any, str], int] = {
        (row["text"], row["act"]): row["n"] for row in final.annotate(n=Count("pk")).order_by("text", "act")
    }
    counts: dict[Purpose, list[VersionCount]] = {purpose: [] for purpose in Purpose}
    for text in ConsentText.objects.filter(school=school).select_related("published_by").order_by("-version"):
        agreed, withdrawn = (counted.get((text.pk, act), 0) for act in Act)
        counts[Purpose(text.purpose)].append(VersionCount(text, agreed, withdrawn))
    return counts
