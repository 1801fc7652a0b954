"""Writing a proposal: sections and price of the working copy, all sealed as they are stored."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.errors import DomainError
from govtech.shell.words import euros, number
from startups.actions.keys import codec_for
from startups.calculations import sealing
from startups.calculations.form import sections_of
from startups.calculations.saving import Kept, Outcome, outcome
from startups.models import Envelope, Proposal, ProposalSection, VatRegime
from startups.policies import proposal as policies

PRICE = "price"
MAX_CHARACTERS = 40_000  # of a section: several times what its words can take


class StaleError(DomainError):
    """Somebody else saved this part in the meantime. Nothing was written; `theirs` is what stands there now."""

    def __init__(self, section: ProposalSection, theirs: str) -> None:
        super().__init__(
            _("%(name)s saved this part at the same time. Nothing was overwritten: yours is still here.")
            % {"name": section.saved_by.short_name}
        )
        self.section, self.theirs = section, theirs


def lock(proposal: Proposal) -> Proposal:
    """Return the proposal, locked, with its challenge and organisation as they are now.

    One press may save and then do something else, each with its own lock: that is no query for each row of a list, so
    `in_bulk` and not `get`, which would look like it.
    """
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True).select_related("challenge", "organisation")
    locked = rows.in_bulk([proposal.pk])[proposal.pk]
    locked.challenge = Challenge.objects.in_bulk([locked.challenge_id])[locked.challenge_id]
    return locked


@transaction.atomic
def save_sections(
    proposal: Proposal, texts: dict[str, tuple[int, str]], *, by: User, at: datetime, page: str = "", turn: int = 0
) -> dict[str, ProposalSection]:
    """Save several sections, (version, text) by key, all or none; return those that are kept, by key.

    `page` names the open page that saves: where the answer to its last save was lost on the way, what stands there is
    its own; `turn` counts its saves, so that a late copy of an earlier one writes nothing. A text over its words is
    saved all the same: the check before handing in refuses it, so nothing typed is lost. Raises `StaleError`
    where somebody saved since, DomainError(field=key) over the length that can be kept.
    """
    for key, (_version, body) in texts.items():
        if key not in sections_of(proposal.challenge.form_sections):
            raise DomainError(_("There is no such section."))
        if len(body) > MAX_CHARACTERS:
            raise DomainError(
                _("This text has %(length)s characters and %(limit)s is the most that can be kept. Shorten it.")
                % {"length": number(len(body)), "limit": number(MAX_CHARACTERS)},
                field=key,
            )
    proposal = lock(proposal)
    policies.check_can_edit(proposal, by=by, at=at)
    return _save(proposal, Envelope.TECHNICAL, texts, by=by, at=at, page=page, turn=turn)


def save_section(proposal: Proposal, key: str, *, version: int, body: str, by: User, at: datetime) -> ProposalSection:
    """Save one section over the version the writer saw; return it with its new version. Raises as `save_sections`."""
    return save_sections(proposal, {key: (version, body)}, by=by, at=at)[key]


@transaction.atomic
def save_price(
    proposal: Proposal,
    *,
    version: int,
    amount_net: Decimal | None,
    vat_regime: str,
    breakdown: str,
    milestones: list[dict[str, Any]],
    by: User,
    at: datetime,
    page: str = "",
    turn: int = 0,
) -> ProposalSection:
    """Save the economic part. Unfinished is fine; whether it adds up is asked before handing in.

    `milestones` are {"title", "deliverables", "acceptance_criteria", "month", "amount_net"}; amounts are euros net.
    Raises DomainError(field="amount_net") below zero or over the maximum, `StaleError` as `save_section`.
    """
    if amount_net is not None and amount_net < 0:
        raise DomainError(_("A price can't be below zero."), field="amount_net")
    proposal = lock(proposal)
    policies.check_can_edit(proposal, by=by, at=at)
    maximum = proposal.challenge.max_amount_net
    if amount_net is not None and maximum is not None and amount_net > maximum:
        raise DomainError(
            _("This challenge pays at most %(most)s without VAT. Lower the price.") % {"most": euros(maximum)},
            field="amount_net",
        )
    body = {
        "amount_net": _money(amount_net),
        "vat_regime": VatRegime(vat_regime).value,
        "breakdown": breakdown[:MAX_CHARACTERS],
        "milestones": [_milestone(row) for row in milestones],
    }
    text = sealing.canonical_json(body).decode()
    return _save(proposal, Envelope.ECONOMIC, {PRICE: (version, text)}, by=by, at=at, page=page, turn=turn)[PRICE]


def _money(amount: Decimal | str | None) -> str:
    """Write an amount as the envelope keeps it: text with two decimals, empty for none."""
    return "" if amount in (None, "") else f"{Decimal(amount):.2f}"


def _milestone(row: dict[str, Any]) -> dict[str, Any]:
    month = row.get("month")
    return {
        "title": str(row.get("title") or "").strip()[:140],
        "deliverables": str(row.get("deliverables") or "").strip()[:2_000],
        "acceptance_criteria": str(row.get("acceptance_criteria") or "").strip()[:2_000],
        "month": int(month) if month not in (None, "") else None,
        "amount_net": _money(row.get("amount_net")),
    }


def _save(
    proposal: Proposal,
    envelope: Envelope,
    texts: dict[str, tuple[int, str]],
    *,
    by: User,
    at: datetime,
    page: str,
    turn: int,
) -> dict[str, ProposalSection]:
    """Write over the versions seen or refuse. The proposal is locked, so nobody comes between."""
    codec = codec_for(proposal, at=at)
    rows = ProposalSection.objects.select_related("saved_by").filter(proposal=proposal, key__in=texts)
    kept = {row.key: row for row in rows}
    for key, (version, body) in texts.items():
        row = kept.get(key) or ProposalSection(proposal=proposal, key=key, envelope=envelope)
        theirs = codec.unseal(envelope, key, row.body).decode() if row.pk else ""
        found = outcome(
            Kept(row.version, row.saved_from, row.saved_turn) if row.pk else None,
            version=version,
            page=page,
            turn=turn,
            same=theirs == body,
            mine=row.saved_by_id == by.pk,
        )
        if found == Outcome.STALE:
            raise StaleError(row, theirs)
        if found == Outcome.TURN:
            row.saved_from, row.saved_turn = page, turn
            row.save(update_fields=["saved_from", "saved_turn"])
        if found != Outcome.WRITE:
            continue
        row.body, row.version = codec.seal(envelope, key, body.encode()), row.version + 1
        row.saved_at, row.saved_by, row.saved_from, row.saved_turn = at, by, page, turn
        row.save()
        kept[key] = row
    return kept


def price_of(text: str) -> dict[str, Any]:
    """Return the economic part kept in the section `price`."""
    found: dict[str, Any] = json.loads(text)
    return found
