"""What stands in a consortium, read through the seal: for its members and the invited, as the caller has checked."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DateTimeField, F, Q, QuerySet
from django.utils.crypto import salted_hmac

from challenges.models import Status
from govtech.statements import OneOf, Slot, Statement
from startups.actions.keys import Codec
from startups.calculations import sealing
from startups.models import (
    Envelope,
    Organisation,
    OrganisationRole,
    Partner,
    PartnerStatus,
    Proposal,
    ProposalStatus,
    Submission,
)
from startups.models.consortium import OPEN

WHOLE = Decimal(100)


@dataclass
class Entry:
    """A partner in the clear. `share` is per cent of the work."""

    partner: Partner
    label: str
    country: str
    tax_id: str
    role: str
    share: Decimal

    @property
    def name(self) -> str:
        """Its registered name once it has confirmed; before, what the lead called it."""
        return self.partner.organisation.name if self.partner.organisation else self.label

    @property
    def is_settled(self) -> bool:
        """Say whether it has confirmed the terms as they are."""
        return self.partner.organisation is not None and self.partner.confirmed_version == self.partner.version

    @property
    def has_left_programme(self) -> bool:
        """Say whether it has confirmed and left the programme since: nothing is handed in with it."""
        return self.partner.organisation is not None and self.partner.organisation.withdrawn_at is not None

    def as_data(self) -> dict[str, Any]:
        """Return how the envelope lists it."""
        who: Any = self.partner.organisation
        return _data(who, role=self.role, share=self.share, is_lead=False)


def mark_of(country: str, tax_id: str) -> str:
    """Return what stands for a tax number: the same for the same number, and readable by nobody."""
    return marks_of(country, tax_id)[0]


def marks_of(country: str, tax_id: str) -> list[str]:
    """Return what stands for it now, and under the secrets of before: what was invited then is still found."""
    number, secrets = f"{country}:{tax_id}".upper(), [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("startups.consortium", number, secret=key, algorithm="sha256").hexdigest() for key in secrets]


def seal(codec: Codec, partner: Partner, terms: dict[str, str]) -> bytes:
    """Return the terms as they are kept."""
    return codec.seal(Envelope.TECHNICAL, f"partner/{partner.public_id}", sealing.canonical_json(terms))


def unseal(codec: Codec, partner: Partner) -> dict[str, str]:
    """Return the terms: label, country, tax_id, role, share."""
    found: dict[str, str] = json.loads(codec.unseal(Envelope.TECHNICAL, f"partner/{partner.public_id}", partner.terms))
    return found


def entry_of(codec: Codec, partner: Partner) -> Entry:
    """Return one partner in the clear."""
    terms = unseal(codec, partner)
    return Entry(partner, terms["label"], terms["country"], terms["tax_id"], terms["role"], Decimal(terms["share"]))


def entries(proposal: Proposal, codec: Codec) -> list[Entry]:
    """Return the partners invited and confirmed, in the order of their invitations."""
    rows = proposal.partners.filter(status__in=OPEN).select_related("organisation").order_by("invited_at", "pk")
    return [entry_of(codec, row) for row in rows]


def partners_of(proposals: Any) -> dict[int, list[str]]:
    """Return the names of the partners that the last submissions of opened proposals name, by proposal. One query."""
    rows = Submission.objects.filter(proposal__in=proposals, superseded_by=None, technical__isnull=False)
    return {
        proposal: [row["name"] for row in technical.get("consortium", []) if not row["is_lead"]]
        for proposal, technical in rows.values_list("proposal", "technical")
    }


def lead_share(partners: list[Entry]) -> Decimal:
    """Return what is left for the lead."""
    return WHOLE - sum((entry.share for entry in partners), Decimal(0))


def as_data(proposal: Proposal, partners: list[Entry]) -> list[dict[str, Any]]:
    """Return the consortium as it is handed in, the lead first; nothing where the organisation proposes alone."""
    settled = [entry for entry in partners if entry.is_settled]
    if not settled:
        return []
    lead = _data(proposal.organisation, role="", share=lead_share(settled), is_lead=True)
    return [lead, *(entry.as_data() for entry in settled)]


_OWNED = Statement(lambda: _owned_by(Slot("user", BigIntegerField())).order_by("pk"))
_WAITING = Statement(
    lambda: (
        Partner.objects.filter(
            Q(status=PartnerStatus.INVITED) | Q(status=PartnerStatus.CONFIRMED, confirmed_version__lt=F("version")),
            OneOf(F("mark"), Slot("marks", ArrayField(CharField()))),
            proposal__status__in=[ProposalStatus.DRAFT, ProposalStatus.SUBMITTED],
            proposal__challenge__status=Status.PUBLISHED,
            proposal__challenge__closes_at__gt=Slot("at", DateTimeField()),
        )
        .select_related("proposal__challenge")
        .order_by("invited_at", "pk")
    )
)


def invitations_of(user: Any, *, at: datetime) -> list[tuple[Partner, Organisation]]:
    """Return what waits for an answer of the organisations that `user` owns. Two queries."""
    marks = {mark: row for row in _OWNED.rows(user=user.pk) for mark in marks_of(row.country, row.tax_id)}
    if not marks:
        return []
    return [(row, marks[row.mark]) for row in _WAITING.rows(marks=list(marks), at=at)]


def invited(partner: Partner, user: Any) -> Organisation | None:
    """Return the invited organisation where `user` is an owner of it."""
    return next((row for row in _owned_by(user) if partner.mark in marks_of(row.country, row.tax_id)), None)


def _owned_by(user: Any) -> QuerySet[Organisation]:
    return Organisation.objects.filter(
        memberships__user=user, memberships__left_at=None, memberships__role=OrganisationRole.OWNER, withdrawn_at=None
    )


def _data(who: Organisation, *, role: str, share: Decimal, is_lead: bool) -> dict[str, Any]:
    return {
        "organisation": who.public_id,
        "name": who.name,
        "country": who.country,
        "tax_id": who.tax_id,
        "role": role,
        "share": f"{share:.2f}",
        "is_lead": is_lead,
    }
