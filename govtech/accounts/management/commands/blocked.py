"""Who was behind an erased account: for a court, a prosecutor or an authority that asks in writing, and nobody else."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, transaction

from govtech import clock
from govtech.accounts.events import recorded
from govtech.accounts.models import BlockedPerson, User
from govtech.accounts.roles import is_director


class Command(BaseCommand):
    """Lists what is blocked, by number; shows one identity for an authority, and puts on record for whom.

    It takes the connection of the database's owner: the application's own role can't read what is blocked.
    """

    help = "Lists blocked identities by account number; with --show, tells one to the authority that asks in writing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which account, who asks, with what paper, and which director answers for it."""
        parser.add_argument("--show", type=int, metavar="ACCOUNT", help="number of the erased account")
        parser.add_argument("--authority", default="", help="who asks: the court, prosecutor or authority")
        parser.add_argument("--reference", default="", help="number and date of its writ or request")
        parser.add_argument("--by", default="", help="address of the director who answers for telling it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the list, or one identity."""
        if options["show"] is None:
            rows = BlockedPerson.objects.order_by("pk").values_list("erasure__user", "until")
            for number, until in rows:
                self.stdout.write(f"account {number}: blocked until {clock.local_date(until)}")
            self.stdout.write(f"{len(rows)} blocked. None is shown without --show, --authority, --reference and --by.")
            return
        authority, reference = (" ".join(options[name].split()) for name in ("authority", "reference"))
        if not authority or not reference:
            raise CommandError("Say who asks (--authority) and with which writ (--reference): it goes on record.")
        by = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        if by is None or not is_director(by):
            raise CommandError("Say which director answers for it (--by).")
        try:
            self._show(options["show"], f"{authority} · {reference}", by)
        except ProgrammingError as error:
            raise CommandError("This connection may not read what is blocked: use the owner's.") from error

    @transaction.atomic
    def _show(self, number: int, reason: str, by: User) -> None:
        row = BlockedPerson.objects.filter(erasure__user=number, until__gt=(at := clock.now())).first()
        if row is None:
            raise CommandError("Nothing is blocked of that account: it wasn't erased, or its time is over.")
        recorded.send(sender=User, kind="account.unblocked", target=row.erasure, by=by, at=at, reason=reason)
        said: dict[str, Any] = row.identity
        for name, value in said.items():
            self.stdout.write(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
