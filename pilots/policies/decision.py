"""What waits for a second person, whatever its kind. Each part of the portal says how its kinds are shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.audit.models import PreparedDecision
from pilots.models import BudgetYear, CreditKind, DirectContract, YearStatus


@dataclass(frozen=True)
class Kind:
    """How a kind of decision is shown: its title, the page where it is decided, and who may decide."""

    title: Callable[[PreparedDecision, Any], str]
    url: Callable[[PreparedDecision, Any], str]
    may: Callable[[Any], bool]
    related: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """A decision that waits, ready to be shown. `is_own`: the reader prepared it, so another person decides."""

    decision: PreparedDecision
    title: str
    url: str
    is_own: bool


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    *,
    title: Callable[[PreparedDecision, Any], str],
    url: Callable[[PreparedDecision, Any], str],
    may: Callable[[Any], bool] = roles.is_director,
    related: tuple[str, ...] = (),
) -> None:
    """Declare a kind. `title` and `url` take (decision, target) and run no query; `related` is what they read."""
    _kinds[str(kind)] = Kind(title, url, may, related)


def get(kind: str) -> Kind | None:
    """Return how a kind is shown, None where nobody declared it."""
    return _kinds.get(str(kind))


def may_see_decisions(user: Any) -> bool:
    """Say whether `user` has a page of decisions: who prepares, who approves, who controls."""
    return roles.is_staff_role(user)


def waiting_for(user: Any) -> list[Waiting]:
    """Return what waits and `user` may decide or has prepared, the oldest first: one query for each sort of thing."""
    if not may_see_decisions(user):
        return []
    shown = [kind for kind, words in _kinds.items() if words.may(user) or roles.is_staff_role(user)]
    rows = PreparedDecision.objects.waiting().filter(kind__in=shown).select_related("prepared_by")
    return described(rows.order_by("prepared_at", "pk"), user)


def described(decisions: Iterable[PreparedDecision], user: Any) -> list[Waiting]:
    """Return the decisions with their titles and addresses, in the order given."""
    rows = list(decisions)
    targets: dict[tuple[str, int], Any] = {}
    for label in {row.target_label for row in rows}:
        of_label = [row for row in rows if row.target_label == label]
        related = {name for row in of_label if (kind := get(row.kind)) for name in kind.related}
        found = apps.get_model(label)._base_manager.select_related(*sorted(related)) if related else None  # noqa: SLF001
        found = found if found is not None else apps.get_model(label)._base_manager.all()  # noqa: SLF001 - documented
        for pk, target in found.in_bulk({row.target_id for row in of_label}).items():
            targets[label, pk] = target
    described_rows = []
    for row in rows:
        kind, target = get(row.kind), targets.get((row.target_label, row.target_id))
        if kind is not None and target is not None:
            own = row.prepared_by_id == user.pk
            described_rows.append(Waiting(row, kind.title(row, target), kind.url(row, target), own))
    return described_rows


# Words of the kinds of this app --------------------------------------------------------------------


def title_of_publication(decision: PreparedDecision, challenge: Challenge) -> Any:
    """Return the title of spending and publication, in the reader's language."""
    return format_lazy(_("Spending and publication of «{title}»"), title=challenge.title)


def title_of_cancellation(decision: PreparedDecision, challenge: Challenge) -> Any:
    """Return the title of a cancellation."""
    return format_lazy(_("Cancellation of {reference} «{title}»"), reference=challenge.reference, title=challenge.title)


def title_of_amount(decision: PreparedDecision, challenge: Challenge) -> Any:
    """Return the title of another amount of a published call."""
    return format_lazy(_("Amount of {reference} «{title}»"), reference=challenge.reference, title=challenge.title)


def title_of_credit(decision: PreparedDecision, year: BudgetYear) -> Any:
    """Return the title of a change of credit."""
    kind = CreditKind(decision.payload["kind"]).label
    return format_lazy(_("Change of credit of {year}: {kind}"), year=year.year, kind=kind)


def title_of_year(decision: PreparedDecision, year: BudgetYear) -> Any:
    """Return the title of the opening or the closing of a year."""
    opens = decision.payload["to"] == YearStatus.OPEN
    return format_lazy(_("Open the budget of {year}") if opens else _("Close the budget of {year}"), year=year.year)


def title_of_contract(decision: PreparedDecision, contract: DirectContract) -> Any:
    """Return the title of a contract of the Office to sign."""
    return format_lazy(
        _("Contract {reference} «{title}»"),
        reference=contract.reference,
        title=contract.commitment.expenditure.title,
    )


def title_of_contract_end(decision: PreparedDecision, contract: DirectContract) -> Any:
    """Return the title of the early end of a contract of the Office."""
    return format_lazy(
        _("Early end of {reference} «{title}»"),
        reference=contract.reference,
        title=contract.commitment.expenditure.title,
    )
