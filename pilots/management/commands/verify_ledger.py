"""Recompute every sum of the budget from its entries."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from pilots.actions import verification


class Command(BaseCommand):
    """`manage.py verify_ledger`: says OK and exits 0, or lists the first differences and exits 1."""

    help = "Recompute lines, annuities, contracts, milestones, credits and the chain from the entries."

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute, compare, say."""
        with connection.cursor() as cursor:
            found = verification.differences(cursor)
            cursor.execute("SELECT count(*), coalesce(sum(amount), 0) FROM pilots_ledgerentry")
            entries, total = cursor.fetchone()
        for difference in found:
            self.stdout.write(difference)
        if found:
            raise CommandError("The ledger and its sums differ.")
        self.stdout.write(f"OK: {entries} entries adding up to {total} agree with every sum.")
