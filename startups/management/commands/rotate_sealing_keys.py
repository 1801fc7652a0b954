"""Wrap the keys of sealed proposals with the newest key of the environment."""

from typing import Any

from django.core.management.base import BaseCommand

from govtech import clock
from startups.actions import keys


class Command(BaseCommand):
    """Run it after putting a new key first in SEALING_KEYS; then the old one may be taken out."""

    help = "Wrap the keys of sealed proposals with the first of SEALING_KEYS. Nothing sealed is read or changed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate and say how many keys changed."""
        self.stdout.write(f"{keys.rotate(at=clock.now())} keys wrapped anew.")
