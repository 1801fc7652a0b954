"""Sessions in the database, read by a statement that is compiled once: every page of a signed-in person reads one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField
from django.db.models.functions import Now

from govtech.statements import Slot, Statement

_LIVE = Statement(lambda: Session.objects.filter(session_key=Slot("key", CharField()), expire_date__gt=Now()))


class SessionStore(db.SessionStore):
    """Django's own, which signs people out alike."""

    def _get_session_from_db(self) -> Any:
        found = _LIVE.one(key=self.session_key) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
