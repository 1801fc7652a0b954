"""Say whether every key of sealed proposals can be opened, and which wrapping keys are still needed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from startups.actions import keys, wrapping


class Command(BaseCommand):
    """`manage.py check_sealing_keys`: exit 0 where all open, 1 where some don't. Reads no proposal."""

    help = "Try every key of sealed proposals and list what each wrapping key holds. A key not listed may be taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        """List the wrapping keys."""
        holdings = keys.holdings()
        now = wrapping.writer().name()
        for each in holdings:
            state = "opens" if each.opens else "DOESN'T OPEN"
            mark = ", wraps new keys" if each.name == now else ""
            self.stdout.write(
                f"{each.name}: {state}{mark}; {each.keys} keys, {each.unopened} of calls not opened yet, "
                f"{each.recoverable} with a way back"
            )
        if not holdings:
            self.stdout.write("No keys yet.")
        if any(not each.opens for each in holdings):
            raise CommandError("Some keys can't be opened: see docs/operations.md, Keys.")
