"""What erasing an account would do; with --run, it is done. For requests that come by letter, once they are checked."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from govtech import clock
from govtech.accounts import erasure
from govtech.accounts.models import User
from govtech.errors import DomainError


class Command(BaseCommand):
    """Says what would go and what would stay, and why. Nothing changes without --run."""

    help = "Shows what erasing an account would do (the default); --run erases it, for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose account, and whether to do it."""
        parser.add_argument("email", help="the address of the account")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--dry-run", action="store_true", help="only say what would be done (the default)")
        choice.add_argument("--run", action="store_true", help="erase it: it can't be undone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write what goes, what stays and why."""
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("Nobody has an account with that address.")
        at = clock.now()
        with translation.override("es"):
            gone, kept = erasure.plan(user, at=at)
            reasons = erasure.obstacles(user, at=at)
            if options["run"]:
                try:
                    erasure.erase(user, by=user, at=at)
                except DomainError as refusal:
                    raise CommandError(str(refusal)) from refusal
            for line in gone:
                self.stdout.write(f"goes: {line.what} ({line.number})")
            for line in kept:
                self.stdout.write(f"stays: {line.what} ({line.number}). {line.why}")
        if options["run"]:
            self.stdout.write(f"Account {user.pk} was erased.")
            return
        for reason in reasons:
            self.stdout.write(f"first: {reason}")
        self.stdout.write("Nothing was changed. With --run it is done.")
