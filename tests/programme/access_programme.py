"""Who may open the programme's pages: everybody."""

from tests.access import Route, everybody

_public = Route(get=everybody(), post=everybody(405))

ROUTES = {f"programme:{name}": _public for name in ("participate", "accessibility", "privacy", "legal")}
