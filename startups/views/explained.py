"""How a ranking came about, in words: the sum behind each figure, what lacks for a place, what parts a tie."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Criterion
from govtech.reference.models import in_language
from govtech.shell.words import euros, number
from startups.calculations.scoring import DRAW, PRICE, Entry, Rule, lot
from startups.calculations.steps import worked
from startups.models import ProposalResult, ProposalStatus


def points_of(result: ProposalResult, criterion: Criterion) -> Decimal:
    """Return the points of a proposal on a criterion, as they were stored."""
    return Decimal(result.points.get(str(criterion.pk), "0"))


def name_of(criterion: Criterion) -> str:
    """Return the name of a criterion in the page's language."""
    return in_language(criterion.name, criterion.name_en)


def steps(
    criteria: Sequence[Criterion], rules: Sequence[Rule], entry: Entry, result: ProposalResult, lowest: Decimal | None
) -> list[dict[str, Any]]:
    """Return for each criterion its name, the sum that gives its points, the points, and its minimum where missed."""
    found = []
    for criterion, rule in zip(criteria, rules, strict=True):
        points = points_of(result, criterion)
        said = worked(rule, entry, lowest, figure=_amount) or _("it didn't present")
        if rule.key in entry.agreed:
            said = _("%(sum)s, with the points agreed in a session") % {"sum": said}
        found.append(
            {
                "name": name_of(criterion),
                "sum": said,
                "points": number(points, places=2),
                "missed": number(criterion.threshold_points) if points < criterion.threshold_points else "",
            }
        )
    return found


def _amount(value: Decimal) -> str:
    return number(value, places=2)


def total_sum(criteria: Sequence[Criterion], result: ProposalResult) -> str:
    """Return the sum of the total: "26,00 + 18,33 + 12,31"."""
    return " + ".join(number(points_of(result, criterion), places=2) for criterion in criteria)


def lacks(
    challenge: Challenge, criteria: Sequence[Criterion], entry: Entry | None, result: ProposalResult
) -> list[str]:
    """Say why a proposal has no place; nothing where it has one."""
    if result.rank is not None:
        return []
    if result.proposal.status == ProposalStatus.EXCLUDED or entry is None:
        return [_("Left out: its offer is abnormally low and wasn't justified.")]
    found = [] if entry.stays else [_("It isn't among those that present.")]
    for criterion in criteria:
        points = points_of(result, criterion)
        if points < criterion.threshold_points and (entry.stays or criterion.kind != "pitch"):
            words = _("Under the minimum of «%(name)s»: %(points)s of %(least)s.")
            found.append(words % _missed(name_of(criterion), points, criterion.threshold_points))
    if entry.stays and result.total_points is not None and result.total_points < challenge.pass_mark:
        words = _("Under the minimum total: %(points)s of %(least)s.")
        found.append(words % _missed("", result.total_points, challenge.pass_mark))
    return found


def _missed(name: str, points: Decimal, least: Decimal) -> dict[str, str]:
    return {"name": name, "points": number(points, places=2), "least": number(least, places=2)}


def tie(
    result: ProposalResult,
    others: Sequence[ProposalResult],
    criteria: Mapping[int, Criterion],
    *,
    seed: str,
) -> str:
    """Say with how many a proposal ties and what parted them; nothing where it stands alone with its total."""
    if not result.tie_break:
        return ""
    same = [each for each in others if each.rank and each.pk != result.pk and each.total_points == result.total_points]
    kind, _colon, key = result.tie_break.partition(":")
    if kind == DRAW:
        what = _("everything else is equal too, so the recorded draw decides: its lot begins with %(lot)s")
        what %= {"lot": lot(seed, result.proposal.public_id)[:8]}
    elif kind == PRICE:
        what = _("the criteria are equal too, so the lower price decides: %(price)s") % {
            "price": euros(result.price_net)
        }
    else:
        criterion = criteria[int(key)]
        what = _("«%(name)s», the first criterion in which they differ, decides: %(points)s") % {
            "name": name_of(criterion),
            "points": number(points_of(result, criterion), places=2),
        }
    if not same:  # those it ties with are hidden from who was recused
        return _("Tie with another proposal: %(what)s.") % {"what": what}
    return ngettext(
        "Tie with %(n)s other proposal: %(what)s.", "Tie with %(n)s other proposals: %(what)s.", len(same)
    ) % {"n": len(same), "what": what}
