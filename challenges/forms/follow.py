"""What a form, a link or a visitor's wish names to be followed."""

from collections.abc import Mapping
from typing import Any

from challenges.models import Challenge, PlannedChallenge
from govtech.reference.models import Department, PolicyArea

WISH = "challenges.wish"  # in the session: what a visitor wants to follow once signed in
NAMES = ("challenge", "planned", "area", "department")


def wished(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the one name and value that say what, empty where there is none."""
    return next(({name: str(data[name])} for name in NAMES if data.get(name)), {})


def thing(data: Mapping[str, Any], user: Any) -> Challenge | PlannedChallenge | PolicyArea | Department | None:
    """Return what is named, None where it doesn't exist or the person may not know of it."""
    for name, value in wished(data).items():
        if name == "challenge":
            return Challenge.objects.visible_to(user).filter(slug=value).first()
        if name == "planned":
            return PlannedChallenge.objects.visible_to(user).filter(public_id=value).first()
        if name == "area":
            return PolicyArea.objects.filter(slug=value).first()
        return Department.objects.filter(code=value).first()
    return None
