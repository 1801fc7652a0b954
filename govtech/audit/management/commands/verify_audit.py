"""Check every hash chain of the database: audit, ledger, receipts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from govtech.audit import chains


class Command(BaseCommand):
    """`manage.py verify_audit`: exit 0 when every chain is whole, 1 with the first break of each otherwise."""

    help = "Verify the hash chains of audit, ledger and receipts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify all chains and say what was found."""
        broken = False
        with connection.cursor() as cursor:
            for chain in chains.CHAINS:
                report = chains.verify(cursor, chain)
                self.stdout.write(f"{chain.name}: {report.links} links, {report.problem or 'whole'}")
                broken = broken or bool(report.problem)
        if broken:
            raise CommandError("A chain is broken.")
