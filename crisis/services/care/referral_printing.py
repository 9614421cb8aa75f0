"""The whole log of a referral as one document in the house style, marked with who printed it and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from crisis.models import Referral
from kernel import audit
from kernel.errors import Refused
from kernel.printing import Document
from network.models import User
from network.services import record_look

KIND = "crisis.referral"
About = Mapping[str, Any]


def about_referral(referral: Referral) -> About:
    return {"referral": str(referral.pk)}


def check_reader(about: About, by: User) -> None:
    _referral(about, by)


def record_print_look(about: About, by: User, at: datetime) -> None:
    referral = _referral(about, by)
    record_look(action="referral.read", student=referral.student, by=by, at=at, purpose="print", obj=referral)


def compose_referral(about: About, by: User, at: datetime) -> Document:
    """The log with its letters; the printing is recorded."""
    referral = _referral(about, by)
    case = referral.case
    steps = list(referral.steps.select_related("by", "letter"))
    mark = {"by": f"{by.name} {by.number}", "at": at}
    pictures = {row.pk: row.letter for row in steps if row.letter and row.letter.media_type.startswith("image/")}
    context = {
        **mark,
        "referral": referral,
        "case": case,
        "steps": [(row, pictures.get(row.pk)) for row in steps],
        "notices": case.guardian_notices.exclude(reached_at=None).select_related("caller").order_by("reached_at"),
    }
    css = render_to_string("pdf/summary.css", {"watermark": quote(render_to_string("pdf/watermark.svg", mark))})
    audit.record(action="referral.print", by=by, at=at, obj=referral, detail={"student": str(referral.student_id)})
    return Document(render_to_string("pdf/referral.html", context), css, f"referral-{case.number}.pdf")


def _referral(about: About, by: User) -> Any:
    """SECURITY: asked again at each step, because the reader may have lost the case since."""
    referrals = Referral.objects.visible_to(by).exclude(case=None).select_related("case", "hospital", "student")
    referral = referrals.filter(pk=about["referral"]).first()
    if referral is None:
        raise Refused(_("You cannot see this referral any more."), code="out-of-sight")
    return referral
