"""The link of an online session."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Booking, Session
from counseling.rules.kinds import Channel
from counseling.rules.refusals import Why
from counseling.services.shared import NotBooked
from kernel import audit
from kernel.errors import Refused
from network.models import User

# From so long before the start on the student sees it.
SHOWN_BEFORE = timedelta(minutes=10)


@transaction.atomic
def set_link(*, session: Session, link: str, by: User, at: datetime) -> Session:
    """Keep the link of an online session, or take it away with "". Refused when it is not https, or names a client."""
    rows = Session.objects.select_for_update(of=("self",), no_key=True).select_related("counselor", "school")
    session = rows.get(pk=session.pk)
    if not policies.may_hold(by, session):
        raise NotBooked(Why.NOT_YOURS)
    link = link.strip()
    if session.channel != Channel.ONLINE.value:
        raise Refused(_("Only online sessions have a link."), code="not-online")
    if link and not _is_safe(link):
        raise Refused(_("Paste a link that begins with https://."), code="not-https")
    for booking in Booking.objects.filter(session=session).select_related("student"):
        if booking.student.name in link or booking.student.number in link:
            raise Refused(_("This link names the student. Make one without a name or number."), code="names-somebody")
    session.link = link
    session.save(update_fields=["link"])
    audit.record(action="session.link", by=by, at=at, unit=session.school.code)
    return session


def link_for(booking: Booking, *, at: datetime) -> str:
    """The link as the student may see it now: ten minutes before the start, until the end."""
    session = booking.session
    is_time = session.starts_at - SHOWN_BEFORE <= at < session.ends_at
    return session.link if is_time else ""


def _is_safe(link: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme == "https" and bool(parts.hostname) and not any(letter.isspace() for letter in link)
