"""Who may open which address: the words in which each app states it.

Every app lists its routes in `tests/<app>/access_*.py` as `ROUTES: dict[str, Route]`. The access test walks all
addresses of the project as every role and fails on one that nobody has stated.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = (
    "visitor",
    "participant",  # owner of the organisation whose objects the world holds
    "rival",  # owner of another organisation that also takes part
    "delegate",  # of the department that sponsors the world's challenges
    "other_delegate",  # of another department
    "reviewer",  # on the panel, has declared, no conflict, nothing else
    "officer",
    "director",
    "auditor",
    "administrator",  # superuser and nothing else
)
LOGIN = 302  # a visitor is sent to the login page


def only(*roles: str, status: int = 200, others: int = 403, visitor: int = LOGIN) -> dict[str, int]:
    """Return the table in which `roles` get `status`, the visitor is sent to log in and the rest get `others`."""
    return {"visitor": visitor, **dict.fromkeys(ROLES[1:], others), **dict.fromkeys(roles, status)}


def signed_in(status: int = 200) -> dict[str, int]:
    """Return the table in which everybody with an account gets `status`."""
    return only(*ROLES[1:], status=status)


def everybody(status: int = 200) -> dict[str, int]:
    """Return the table in which everybody gets `status`."""
    return dict.fromkeys(ROLES, status)


@dataclass(frozen=True)
class Route:
    """What each role gets on GET and on an empty POST, and where the address's parts come from.

    `kwargs(world)` returns the parts of the address for the world's objects (attributes such as `world.challenge`,
    `world.draft`, `world.proposal`, `world.pilot`). A 405 on GET or POST is stated like any other status. A POST with
    nothing in it must never change anything for a role that may not, and answers one that may in words (200, 302, 409,
    422).
    """

    get: dict[str, int]
    post: dict[str, int] = field(default_factory=lambda: everybody(405) | {"visitor": LOGIN})
    kwargs: Callable[[Any], dict[str, Any]] = lambda world: {}  # noqa: ARG005 - most addresses have no parts
