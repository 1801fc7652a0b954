"""Wrap the keys of sealed proposals with the newest key of the environment."""

from typing import Any

from django.core.management.base import BaseCommand

from govtech import clock
from startups.actions import keys


class Command(BaseCommand):
    """Run it after putting a new key first in SEALING_KEYS, or setting a key service or a recovery key."""

    help = "Wrap the keys of sealed proposals with what is set now. Nothing sealed is read or changed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate and say how many keys changed."""
        self.stdout.write(f"{keys.rotate(at=clock.now())} keys wrapped anew.")
