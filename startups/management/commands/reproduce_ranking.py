"""Compute a ranking again from the record, showing each step, and compare it with what was stored."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from challenges.models import Challenge
from startups.actions import ranking
from startups.calculations import abnormal
from startups.calculations.scoring import DRAW, Entry, Place, lot, seed_of
from startups.calculations.steps import lowest_of, worked
from startups.models import AbnormalOffer, Evaluation, Proposal, ProposalResult


class Command(BaseCommand):
    """`manage.py reproduce_ranking RETO-2026-002`: every figure from the sheets, the opened prices and the receipts.

    Proposals stand under their public number: the output names no organisation. Leaves with a code other than 0 where
    a figure isn't the one on record.
    """

    help = (
        "Compute a ranking again from sheets, prices and receipts, step by step, and compare it with what was stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the reference of the challenge."""
        parser.add_argument("reference", help="for instance RETO-2026-002")

    def handle(self, *args: Any, reference: str, **options: Any) -> None:
        """Print the steps and the ranking. CommandError, so a code other than 0, where a figure differs."""
        rows = Evaluation.objects.filter(challenge__reference=reference, locked_at__isnull=False)
        evaluation = rows.select_related("challenge").first()
        if evaluation is None:
            raise CommandError(f"{reference}: there is no locked evaluation.")
        challenge = evaluation.challenge
        proposals = ranking.ranked_proposals(challenge)
        known = {
            row.proposal.public_id: row
            for row in ProposalResult.objects.filter(proposal__in=proposals).select_related("proposal")
        }
        entries = {entry.key: entry for entry in ranking.entries(challenge, proposals)}
        self._head(challenge, evaluation, len(proposals))
        differences = self._seed(evaluation)
        for place in ranking.places(challenge, evaluation, proposals):
            self._steps(challenge, place, entries, evaluation.draw_seed)
            differences += self._compare(place, entries[place.key], known[place.key])
        differences += self._left_out(challenge, evaluation, proposals)
        if differences:
            raise CommandError("\n".join(["The record differs:", *differences]))
        self.stdout.write(self.style.SUCCESS("Every figure is the one on record."))

    def _head(self, challenge: Challenge, evaluation: Evaluation, count: int) -> None:
        when = timezone.localtime(evaluation.locked_at)
        self.stdout.write(f"{challenge.reference}: {count} proposals, locked {when:%Y-%m-%d %H:%M:%S %Z}")
        self.stdout.write(f"Minimum total: {challenge.pass_mark}")
        for criterion in challenge.criteria.order_by("position"):
            least = f", minimum {criterion.threshold_points}" if criterion.threshold_points else ""
            self.stdout.write(f"  {criterion.position}. {criterion.name}: {criterion.weight_percent}{least}")
        self.stdout.write(f"Seed of the draw: {evaluation.draw_seed}")

    def _steps(self, challenge: Challenge, place: Place, entries: dict[str, Entry], seed: str) -> None:
        entry, lowest = entries[place.key], lowest_of(list(entries.values()))
        criteria = list(challenge.criteria.order_by("position"))
        self.stdout.write(f"\n{place.rank or '—'}. {place.key}")
        for criterion, rule in zip(criteria, ranking.rules(criteria), strict=True):
            low = "  below the minimum" if place.points[rule.key] < rule.threshold else ""
            text = worked(rule, entry, lowest) or "not presented"
            agreed = ", agreed in a session" if rule.key in entry.agreed else ""
            self.stdout.write(f"   {criterion.name}: {text}{agreed} = {place.points[rule.key]}{low}")
        low = "  below the minimum" if place.total < challenge.pass_mark else ""
        self.stdout.write(f"   Total: {' + '.join(map(str, place.points.values()))} = {place.total}{low}")
        if place.tie_break:
            drawn = f" {lot(seed, place.key)}" if place.tie_break == DRAW else ""
            self.stdout.write(f"   Tie parted by {self._named(place.tie_break, criteria)}{drawn}")

    @staticmethod
    def _named(tie_break: str, criteria: list[Any]) -> str:
        names = {f"criterion:{each.pk}": each.name for each in criteria}
        return names.get(tie_break, tie_break)

    @staticmethod
    def _seed(evaluation: Evaluation) -> list[str]:
        seed = seed_of(ranking.receipts_of(evaluation.challenge).values_list("manifest_hash", flat=True))
        return [] if seed == evaluation.draw_seed else [f"seed of the draw: {seed}, on record {evaluation.draw_seed}"]

    def _left_out(self, challenge: Challenge, evaluation: Evaluation, ranked: list[Proposal]) -> list[str]:
        """Compare the low offers with the limit, and who was left out for one with the ranking it had until then."""
        rows = ProposalResult.objects.filter(proposal__challenge=challenge, proposal__abnormal__is_accepted=False)
        rows = rows.select_related("proposal__abnormal").order_by("-proposal__abnormal__decided_at", "-pk")
        found, proposals = [], list(ranked)
        for row in rows:  # the last first: each was ranked with those left out after it
            proposals.append(row.proposal)
            entries = {entry.key: entry for entry in ranking.entries(challenge, proposals)}
            key = row.proposal.public_id
            self.stdout.write(f"\nleft out: {key}, {row.total_points}")
            place = next(each for each in ranking.places(challenge, evaluation, proposals) if each.key == key)
            found += self._compare(replace(place, passes=False, rank=None, tie_break=""), entries[key], row)
        offers = {entry.key: entry.offer for entry in ranking.entries(challenge, proposals) if entry.offer is not None}
        terms = {"percent": challenge.abnormal_percent, "maximum": challenge.max_amount_net}
        low = abnormal.presumed(offers, rule=challenge.abnormal_rule, **terms)
        held = AbnormalOffer.objects.filter(proposal__challenge=challenge).select_related("proposal")
        record = {row.proposal.public_id: (row.offer_net, row.limit_net) for row in held}
        for key in sorted(low.keys() | record.keys()):
            self.stdout.write(f"abnormally low: {key}, offer and limit {_pair(record.get(key))}")
            if low.get(key) != record.get(key):
                found.append(f"{key} low offer: {_pair(low.get(key))}, on record {_pair(record.get(key))}")
        return found

    @staticmethod
    def _compare(place: Place, entry: Entry, row: ProposalResult) -> list[str]:
        pairs = [
            ("points", {str(key): str(value) for key, value in place.points.items()}, row.points),
            ("judgement", place.judgement, row.judgement_points),
            ("offer", entry.offer, row.price_net),
            ("price", place.price, row.price_points),
            ("total", place.total, row.total_points),
            ("passes", place.passes, row.passes),
            ("rank", place.rank, row.rank),
            ("tie break", place.tie_break, row.tie_break),
        ]
        return [f"{place.key} {name}: {new}, on record {old}" for name, new, old in pairs if new != old]


def _pair(amounts: tuple[Decimal, Decimal] | None) -> str:
    return "none" if amounts is None else f"{amounts[0]} under {amounts[1]}"
