"""Who may open the inbox, the notices sent and the demonstration's mail."""

from typing import Any

from tests.access import Route, everybody, only, signed_in


def _nobodys(world: Any) -> dict[str, str]:
    return {"public_id": "222222222222"}


_absent = Route(get=everybody(404), post=everybody(405))  # exists in the demonstration, on the machine itself

ROUTES = {
    "notifications:inbox": Route(get=signed_in()),
    "notifications:read_all": Route(get=signed_in(405), post=signed_in(302)),
    "notifications:open": Route(get=signed_in(405), post=signed_in(404), kwargs=_nobodys),
    # A signed token entitles, not a person: one that isn't ours leads nowhere, whoever tries it.
    "notifications:unsubscribe": Route(get=everybody(404), post=everybody(404), kwargs=lambda world: {"token": "x"}),
    "notifications:resubscribe": Route(get=everybody(405), post=everybody(404), kwargs=lambda world: {"token": "x"}),
    "notifications:sent": Route(get=only("officer")),
    "notifications:retry": Route(get=signed_in(405), post=only("officer", status=404), kwargs=_nobodys),
    "notifications:mailbox": _absent,
    "notifications:mail": Route(get=_absent.get, post=_absent.post, kwargs=lambda world: {"name": "20260101-000000"}),
}
