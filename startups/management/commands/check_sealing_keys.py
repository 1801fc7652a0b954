"""Say whether every key of sealed proposals can be opened, and which wrapping keys are still needed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from startups.actions import keys, wrapping

STATES = {
    "": "opens",
    "missing": "DOESN'T OPEN (not set here)",
    "spoilt": "DOESN'T OPEN (what is kept was altered)",
    "service": "DOESN'T OPEN (the key service doesn't answer, or refuses)",
}


class Command(BaseCommand):
    """`manage.py check_sealing_keys`: exit 0 where all open, 1 where some don't. Reads no proposal."""

    help = "Try every key of sealed proposals and list what each wrapping key holds. A key not listed may be taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        """List the wrapping keys."""
        holdings = keys.holdings()
        try:
            now = wrapping.writer().newest()
        except keys.KeyServiceError as error:
            now = ""
            self.stderr.write(str(error))
        for each in holdings:
            mark = ", wraps new keys" if each.name == now else ""
            self.stdout.write(
                f"{each.name}: {STATES[each.trouble]}{mark}; {each.keys} keys, "
                f"{each.unopened} of calls not opened yet, {each.recoverable} with a way back"
            )
        if not holdings:
            self.stdout.write("No keys yet.")
        if any(each.trouble for each in holdings):
            raise CommandError("Some keys can't be opened: see docs/operations.md, Keys.")
