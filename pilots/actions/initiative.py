"""Writing and publishing Govtech4All initiatives, and the money that the ledger has for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.text import slugify
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from pilots.calculations.money import ZERO
from pilots.models import (
    CreditKind,
    CreditMovement,
    DirectContract,
    Initiative,
    InitiativeDeliverable,
    InitiativePartner,
    Pilot,
)
from pilots.policies import initiative as policies

SLUG_LENGTH = 110


@dataclass(frozen=True)
class Links:
    """What hangs on an initiative: (name, country, leads), (title, due, delivered), challenges and pilots."""

    partners: tuple[tuple[str, str, bool], ...] = ()
    deliverables: tuple[tuple[str, date, date | None], ...] = ()
    challenges: tuple[Challenge, ...] = field(default_factory=tuple)
    pilots: tuple[Pilot, ...] = field(default_factory=tuple)


@transaction.atomic
def create(said: Mapping[str, Any], links: Links, *, by: User, at: datetime) -> Initiative:
    """Begin an initiative; nobody but staff sees it before it is published."""
    policies.check_can_write(by=by, at=at)
    _check(said)
    initiative = Initiative.objects.create(slug=_free_slug(said["title"]), created_at=at, created_by=by, **said)
    _link(initiative, links)
    audit.record("initiative.created", target=initiative, by=by, at=at, amount=said["own_amount"])
    return initiative


@transaction.atomic
def change(initiative: Initiative, said: Mapping[str, Any], links: Links, *, by: User, at: datetime) -> Initiative:
    """Write an initiative again; its address stays."""
    initiative = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    policies.check_can_write(by=by, at=at)
    _check(said)
    changed = sorted(name for name, value in said.items() if getattr(initiative, name) != value)
    for name in changed:
        setattr(initiative, name, said[name])
    if changed:
        initiative.save(update_fields=changed)
    _link(initiative, links)
    audit.record("initiative.changed", target=initiative, by=by, at=at, fields=changed)
    return initiative


@transaction.atomic
def publish(initiative: Initiative, *, by: User, at: datetime) -> Initiative:
    """Show it to everybody."""
    initiative = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    policies.check_can_publish(initiative, by=by, at=at)
    initiative.published_at, initiative.published_by = at, by
    initiative.save(update_fields=["published_at", "published_by"])
    audit.record("initiative.published", target=initiative, by=by, at=at)
    return initiative


def _check(said: Mapping[str, Any]) -> None:
    if said["ends_on"] <= said["starts_on"]:
        raise DomainError(_("The grant ends after it begins."), field="ends_on")


def _link(initiative: Initiative, links: Links) -> None:
    initiative.partners.all().delete()
    initiative.deliverables.all().delete()
    InitiativePartner.objects.bulk_create(
        InitiativePartner(initiative=initiative, name=name, country=country, is_lead=leads)
        for name, country, leads in links.partners
    )
    InitiativeDeliverable.objects.bulk_create(
        InitiativeDeliverable(initiative=initiative, number=number, title=title, due_on=due, delivered_on=delivered)
        for number, (title, due, delivered) in enumerate(links.deliverables, start=1)
    )
    initiative.challenges.set(links.challenges)
    initiative.pilots.set(links.pilots)


def _free_slug(title: str) -> str:
    slug = slugify(title)[:SLUG_LENGTH].strip("-") or "iniciativa"
    taken = set(Initiative.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    if slug not in taken and slug != "nueva" and slug != "new":
        return slug
    return next(name for number in range(2, 10_000) if (name := f"{slug}-{number}") not in taken)


def money_of(initiatives: Iterable[Initiative]) -> dict[int, dict[str, Decimal]]:
    """Return by initiative what its signed contributions have committed and paid, and the income it brought."""
    found = {one.pk: {"committed": ZERO, "paid": ZERO, "income": ZERO} for one in initiatives}
    contracts = DirectContract.objects.public().filter(initiative__in=found)
    rows = contracts.values("initiative").annotate(d=Sum("commitment__d"), p=Sum("commitment__p"))
    for key, committed, paid in rows.values_list("initiative", "d", "p"):
        found[key] |= {"committed": committed, "paid": paid}
    incomes = CreditMovement.objects.filter(initiative__in=found, kind=CreditKind.GENERATED)
    for key, amount in incomes.values("initiative").annotate(sum=Sum("amount")).values_list("initiative", "sum"):
        found[key]["income"] = amount
    return found
