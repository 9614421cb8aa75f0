"""Sessions in the database, as Django keeps them; read with every request."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils.timezone import now

from kernel.prepared import Prepared

STANDING = Prepared(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at), CharField(), DateTimeField()
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        found: list[Session] = STANDING.fetch(self.session_key, now())
        if found:
            return found[0]
        self._session_key = None
        return None
