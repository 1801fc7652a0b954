"""Results of calls and decisions on pilots, for other sites and feed readers."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.shell.registry import Feed, FeedEntry, feeds
from govtech.shell.templatetags.components import localised
from govtech.shell.words import euros
from pilots.filters.released import ANYBODY
from pilots.models import Award, AwardStatus, FinalDecision, Pilot, Resolution, ResolutionKind


def results(most: int) -> Iterator[FeedEntry]:
    """Yield the last calls that were decided: who was awarded, or why nobody was. Two queries."""
    awards = Award.objects.announced().select_related("proposal__organisation").order_by("approved_at", "pk")
    rows = Resolution.objects.visible_to(ANYBODY).select_related("challenge")
    rows = rows.prefetch_related(Prefetch("awards", awards, to_attr="announced_awards"))
    for row in rows.order_by("-published_at", "-pk")[:most]:
        yield _result(row)


def _result(row: Any) -> FeedEntry:
    title = f"{row.challenge.reference} · {localised(row.challenge, 'title')}"
    standing = [award for award in row.announced_awards if award.status == AwardStatus.APPROVED]
    if row.kind == ResolutionKind.AWARD:
        words = _("Awarded: %(title)s") if standing else _("Awarded, and nothing came of it: %(title)s")
        summary = "; ".join(_winner(award) for award in standing) or row.reason
    else:
        words, summary = _("Without award: %(title)s"), row.reason
    told = [award.approved_at for award in row.announced_awards]
    told += [award.ended_at for award in row.announced_awards if award.ended_at]
    return FeedEntry(
        key=f"resolution:{row.public_id}",
        title=words % {"title": title},
        summary=summary,
        url=reverse("pilots:resolution", kwargs={"slug": row.challenge.slug}),
        happened_at=row.published_at,
        changed_at=max([row.published_at, *told]),
    )


def _winner(award: Award) -> str:
    return _("%(name)s, for %(amount)s with VAT") % {
        "name": award.proposal.organisation.name,
        "amount": euros(award.amount_gross),
    }


def decisions(most: int) -> Iterator[FeedEntry]:
    """Yield the last pilots on which the city decided, with why. One query."""
    rows = Pilot.objects.visible_to(ANYBODY).filter(decided_at__isnull=False)
    for row in rows.order_by("-decided_at", "-pk")[:most]:
        decided: Any = row.decided_at
        yield FeedEntry(
            key=f"pilot:{row.public_id}",
            title=f"{FinalDecision(row.final_decision).label} · {row.reference} {localised(row, 'title')}",
            summary=localised(row, "decision_reason"),
            url=row.get_absolute_url(),
            happened_at=decided,
            changed_at=decided,
        )


def register() -> None:
    """Fill the registry of the shell."""
    feeds.register(
        Feed(
            "results",
            gettext_lazy("Results"),
            gettext_lazy("Each call that was decided: who was awarded, or why nobody was."),
            results,
            20,
        )
    )
    feeds.register(
        Feed(
            "decisions",
            gettext_lazy("Decisions on pilots"),
            gettext_lazy("What the city does with each pilot: adopts it, tries again, or leaves it."),
            decisions,
            30,
        )
    )
