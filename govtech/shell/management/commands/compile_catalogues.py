"""Compile the message catalogues (`.po` to `.mo`) without GNU gettext."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from govtech import catalogues


class Command(BaseCommand):
    """Write the `.mo` file of each catalogue that has changed."""

    help = "Compile the message catalogues that have changed. Needs no database and no gettext."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile and say how many were written."""
        written = catalogues.compile_all(settings.BASE_DIR)
        self.stdout.write(f"{len(written)} message catalogues compiled.")
