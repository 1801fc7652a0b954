"""What the retention schedule would do now; with --run, it does it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from govtech import clock
from govtech.accounts import retention


class Command(BaseCommand):
    """Says what would be destroyed, what comes next, and what stays and why. Nothing changes without --run."""

    help = "Shows what the retention schedule would do (the default); --run carries it out and lists what comes next."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Choose between looking and doing."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--dry-run", action="store_true", help="only say what would be done (the default)")
        choice.add_argument("--run", action="store_true", help="do it, as the worker does every night")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one line a rule, then the list."""
        at = clock.now()
        with translation.override("es"):
            if options["run"]:
                self._run(at)
            else:
                self._look(at)

    def _look(self, at: Any) -> None:
        for each in retention.outlook(at=at):
            rule = each.rule
            self.stdout.write(f"{rule.key}: {rule.label}. {rule.term}. {rule.law}.")
            if rule.is_kept:
                self.stdout.write(f"  stays: {rule.then}")
            else:
                self.stdout.write(f"  now: {each.ready + each.swept}; listed: {each.listed}; held: {each.held}")
        coming = list(retention.new_entries(at=at))
        self.stdout.write(f"To be listed by the next run: {len(coming)}.")
        for rule, item in coming:
            self.stdout.write(
                f"  {rule.key} {item.target} · {item.words} · {item.due_at.isoformat(timespec='minutes')}"
            )
        self.stdout.write("Nothing was changed. With --run it is done.")

    def _run(self, at: Any) -> None:
        for done in retention.run(at=at):
            if done.carried_out or done.swept or done.failed:
                failed = f", failed {done.failed}" if done.failed else ""
                self.stdout.write(f"{done.rule.key}: {done.carried_out + done.swept} done{failed}")
        self.stdout.write(f"Listed: {retention.list_due(at=at)}.")
