"""Who may open the audit."""

from tests.access import Route, only

_readers = only("director", "auditor")

ROUTES = {"audit:list": Route(get=_readers, post=_readers)}
