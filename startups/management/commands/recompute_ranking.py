"""Compute a ranking again from the record and compare it with what was locked."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from startups.actions import ranking
from startups.calculations.scoring import Place, seed_of
from startups.models import Evaluation, Proposal, ProposalResult


class Command(BaseCommand):
    """`manage.py recompute_ranking RETO-2026-002`: every figure from the sheets, the opened prices and the receipts."""

    help = "Compute a ranking again from sheets, prices and receipts, and compare it with what was locked."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the reference of the challenge."""
        parser.add_argument("reference", help="for instance RETO-2026-002")

    def handle(self, *args: Any, reference: str, **options: Any) -> None:
        """Print the ranking. CommandError, so a code other than 0, where a figure differs from the record."""
        evaluation = (
            Evaluation.objects.filter(challenge__reference=reference, locked_at__isnull=False)
            .select_related("challenge")
            .first()
        )
        if evaluation is None:
            raise CommandError(f"{reference}: there is no locked evaluation.")
        proposals = ranking.ranked_proposals(evaluation.challenge)
        known = {row.proposal_id: row for row in ProposalResult.objects.filter(proposal__in=proposals)}
        by_key = {proposal.public_id: proposal for proposal in proposals}
        differences = self._seed(evaluation)
        for place in ranking.places(evaluation.challenge, evaluation, proposals):
            proposal: Proposal = by_key[place.key]
            self.stdout.write(f"{place.rank or '—':>3}  {place.key}  {place.total:>6}  {place.tie_break}".rstrip())
            differences += self._compare(place, known[proposal.pk])
        if differences:
            raise CommandError("\n".join(["The record differs:", *differences]))
        self.stdout.write(self.style.SUCCESS("Every figure is the one on record."))

    @staticmethod
    def _seed(evaluation: Evaluation) -> list[str]:
        seed = seed_of(ranking.receipts_of(evaluation.challenge).values_list("manifest_hash", flat=True))
        return [] if seed == evaluation.draw_seed else [f"seed of the draw: {seed}, on record {evaluation.draw_seed}"]

    @staticmethod
    def _compare(place: Place, row: ProposalResult) -> list[str]:
        pairs = [
            ("points", {str(key): str(value) for key, value in place.points.items()}, row.points),
            ("judgement", place.judgement, row.judgement_points),
            ("price", place.price, row.price_points),
            ("total", place.total, row.total_points),
            ("passes", place.passes, row.passes),
            ("rank", place.rank, row.rank),
            ("tie break", place.tie_break, row.tie_break),
        ]
        return [f"{place.key} {name}: {new}, on record {old}" for name, new, old in pairs if new != old]
