"""On the page of a challenge that was opened: how many proposed, by kind and size, so that nobody can be told apart."""

from collections import Counter
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge
from govtech.shell.registry import slots
from startups.calculations.anonymity import protected
from startups.models import OrganisationKind, Proposal

SIZES = {
    "micro": pgettext_lazy("size", "micro (fewer than 10 people)"),
    "small": pgettext_lazy("size", "small (fewer than 50)"),
    "medium": pgettext_lazy("size", "medium (fewer than 250)"),
    "large": pgettext_lazy("size", "large"),
    "": _("size not stated"),
}


def register() -> None:
    """Fill the page of a challenge."""
    slots.register("challenge.after", figures, 20)


def figures(challenges: list[Challenge], *, user: Any) -> dict[Any, SafeString]:  # noqa: ARG001 - the same for all
    """Return the figures of those whose proposals were opened. One query, none before the opening."""
    opened = [challenge for challenge in challenges if challenge.proposal_count]
    if not opened:
        return {}
    rows = Proposal.objects.filter(challenge__in=opened, opened_at__isnull=False)
    kinds: dict[int, Counter[str]] = {}
    sizes: dict[int, Counter[str]] = {}
    for challenge, kind, size in rows.values_list("challenge", "kind_opened", "size_opened"):
        kinds.setdefault(challenge, Counter())[kind] += 1
        sizes.setdefault(challenge, Counter())[size] += 1
    labels = dict(OrganisationKind.choices)
    found = {}
    for challenge in opened:
        tables = [
            _table(_("By kind of organisation"), kinds.get(challenge.pk, Counter()), labels),
            _table(_("By size, by the European definition"), sizes.get(challenge.pk, Counter()), SIZES),
        ]
        shown = [table for table in tables if table["rows"]]
        context = {"total": challenge.proposal_count, "tables": shown}
        found[challenge.pk] = render_to_string("startups/_competition.html", context)
    return found


def _table(title: Any, counts: Counter[str], labels: Any) -> dict[str, Any]:
    shown, together = protected(counts)
    return {
        "title": title,
        "rows": [(str(labels.get(key, key)), count) for key, count in shown.items()],
        "together": together,
    }
