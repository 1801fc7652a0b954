"""Collect the texts of the sources into the message catalogues, or check that all are translated."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from govtech import catalogues

LABELS = (catalogues.ROOT, *catalogues.APPS)


class Command(BaseCommand):
    """Bring catalogues up to date: translations stay, new texts come in empty, texts gone from the sources leave."""

    help = "Collect texts into locale/ and the apps' catalogues; --check fails on a text without translation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the catalogues' labels and `--check`."""
        parser.add_argument("labels", nargs="*", metavar="label", help=f"of {', '.join(LABELS)}; all if none is named")
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 naming each text that is amiss")

    def handle(self, *args: Any, **options: Any) -> None:
        """Merge or check the catalogues asked for."""
        labels = options["labels"] or list(LABELS)
        if unknown := set(labels) - set(LABELS):
            raise CommandError(f"No such catalogue: {', '.join(sorted(unknown))}. There are: {', '.join(LABELS)}.")
        try:
            self._check(labels) if options["check"] else self._merge(labels)
        except catalogues.SourceError as error:
            raise CommandError(str(error)) from error

    def _check(self, labels: list[str]) -> None:
        found = [problem for label in labels for problem in catalogues.problems(settings.BASE_DIR, label)]
        found += catalogues.clashes(settings.BASE_DIR)
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} texts need attention. Collect with: manage.py catalogue, then translate.")
        self.stdout.write("Every text is translated.")

    def _merge(self, labels: list[str]) -> None:
        for label in labels:
            catalogue = catalogues.merge(settings.BASE_DIR, label)
            changed = catalogues.write(settings.BASE_DIR, label, catalogue)
            left = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
            state = "written" if changed else "unchanged"
            self.stdout.write(f"{label}: {len(catalogue)} texts, {left} to translate, {state}")
