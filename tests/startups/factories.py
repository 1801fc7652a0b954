"""Organisations, members and proposals for tests, made with the real actions."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from startups.actions import proposal as proposals
from startups.actions import verification as verifications
from startups.calculations.form import LEVEL, sections_of
from startups.models import (
    CheckKind,
    CheckOutcome,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationRole,
    Proposal,
    Receipt,
    Verification,
)
from tests.people import person

_numbers = count(1)


def company_nif(number: int, letter: str = "B") -> str:
    """Return a valid Spanish company number: `B` and seven digits with their control."""
    digits = f"{number:07d}"
    even = sum(int(d) for d in digits[1::2])
    odd = sum(sum(divmod(2 * int(d), 10)) for d in digits[0::2])
    return f"{letter}{digits}{(10 - (even + odd) % 10) % 10}"


def organisation(*, owner: User | None = None, **fields: Any) -> Organisation:
    """Return an organisation with an owner."""
    number = next(_numbers)
    at = clock.now()
    owner = owner or person()
    values = {
        "name": f"Empresa Ficticia {number} SL",
        "kind": OrganisationKind.SME,
        "tax_id": company_nif(9_000_000 + number),
        "created_at": at,
        "created_by": owner,
        **fields,
    }
    first = {"user": owner, "role": OrganisationRole.OWNER, "joined_at": at, "joined_by": owner}
    with transaction.atomic():  # the database asks for an owner at its end
        made = Organisation.objects.create(**values)
        Membership.objects.create(organisation=made, **first)
    return made


def member(of: Organisation, role: str = OrganisationRole.EDITOR, user: User | None = None) -> User:
    """Return a new member of the organisation with that role."""
    user = user or person()
    Membership.objects.create(organisation=of, user=user, role=role, joined_at=clock.now(), joined_by=user)
    return user


def owner_of(of: Organisation) -> User:
    """Return the first owner of the organisation."""
    row = Membership.objects.current().filter(organisation=of, role=OrganisationRole.OWNER).order_by("pk")
    return row.select_related("user")[0].user


SIGNATORY = {
    "signatory_name": "Ana Prueba",
    "signatory_post": "Administradora única",
    "has_power": True,
    "declares": True,
}
TEXTS = {
    "title": "Sensores que escuchan la tubería",
    "solution": "Sensores acústicos de bajo consumo que avisan de una fuga antes del corte.",
    "plan": "Instalación el primer mes, medida durante cuatro meses, informe final.",
    "team": "Dos ingenieras y un técnico de campo.",
    "result": "Avisar de siete de cada diez cortes con un día de antelación.",
    "risks": "No se tratan datos personales. El código queda a disposición de la ciudad.",
}


def milestones(price: Decimal) -> list[dict[str, Any]]:
    """Return two milestones that add up to the price."""
    first = (price / 2).quantize(Decimal("0.01"))
    rows = [("Instalación", 1, first), ("Informe final", 3, price - first)]
    return [
        {
            "title": title,
            "deliverables": f"Entrega de {title.lower()}.",
            "acceptance_criteria": "El servicio lo comprueba en la visita.",
            "month": month,
            "amount_net": amount,
        }
        for title, month, amount in rows
    ]


def draft_proposal(
    challenge: Challenge, organisation: Organisation, *, price: str | Decimal = "12000.00", texts: Any = None
) -> Proposal:
    """Return a complete draft that wasn't handed in. The challenge is published and before its deadline."""
    by, at = owner_of(organisation), clock.now()
    proposal = proposals.start(challenge, organisation, by=by, at=at)
    for key in sections_of(challenge.form_sections):
        body = {**TEXTS, **(texts or {})}.get(key, "TRL 7" if key == LEVEL else f"Lo que se dice de {key}.")
        proposals.save_section(proposal, key, version=0, body=body, by=by, at=at)
    amount = Decimal(price)
    proposals.save_price(
        proposal,
        version=0,
        amount_net=amount,
        vat_regime="general",
        breakdown="Equipos, instalación y seguimiento.",
        milestones=milestones(amount),
        by=by,
        at=at,
    )
    return proposal


def submitted_proposal(
    challenge: Challenge, organisation: Organisation, price: str | Decimal = "12000.00", **kwargs: Any
) -> Proposal:
    """Return a proposal that was handed in now (travel first to hand it in at another time)."""
    proposal = draft_proposal(challenge, organisation, price=price, **kwargs)
    hand_in(proposal)
    proposal.refresh_from_db()
    return proposal


def hand_in(proposal: Proposal, **kwargs: Any) -> Receipt:
    """Hand the working copy in, as its owner."""
    return proposals.submit(proposal, **{**SIGNATORY, "by": owner_of(proposal.organisation), **kwargs})


def verify(of: Organisation, *, by: User, note: str = "Registro Mercantil", **fields: Any) -> Verification:
    """Put on record that an officer went through every check and all is right, for a year unless said."""
    at = clock.now()
    outcomes = dict.fromkeys(CheckKind.values, CheckOutcome.PASSED.value)
    fields.setdefault("valid_until", clock.local_date(at) + timedelta(days=365))
    return verifications.verify(of, outcomes=outcomes, note=note, by=by, at=at, **fields)
