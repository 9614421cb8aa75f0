"""`screening.services.papers.statement` written with the ORM: a test and the bench compare the statement with it."""

from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from network.models import Consent, ConsentText, User
from network.rules.consents import Purpose
from screening.models import Paper
from screening.services.papers import statement as papers

FILTERS = {papers.ONE: "pk", papers.ALL: "participation", papers.WITH_OTHERS: "participation__papers"}


def read(condition: str, key: UUID, *, by: User, lock: bool = False) -> list[Paper]:
    student, school = OuterRef("participation__student"), OuterRef("participation__school")
    last = Consent.objects.filter(student=student, purpose=Purpose.SCREENING).newest_first()
    texts = ConsentText.objects.filter(school=school, purpose=Purpose.SCREENING, asks_again=True)
    rows: Any = Paper.objects.for_user(by).filter(**{FILTERS[condition]: key}).order_by("position")
    rows = rows.select_related("participation__campaign").defer("participation__campaign__population")
    rows = rows.annotate(
        student_user=F("participation__student__user"),
        last_consent=Subquery(last.values(said=JSONObject(act="act", version="text__version"))[:1]),
        binding_version=Subquery(texts.order_by("-version").values("version")[:1]),
    )
    return list(rows.select_for_update(of=("self",)) if lock else rows)
