"""Putting a consortium together: the lead invites and sets the terms, each partner confirms, declines or leaves.

Nothing tells the lead whether an organisation is registered or takes part elsewhere. Inviting takes no place: only the
partner's own confirmation does, and only its members are told of a clash.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.ids import public_id
from startups.actions import terms
from startups.actions.draft import lock
from startups.actions.envelope import read_envelope
from startups.actions.keys import codec_for, codec_of
from startups.calculations.counting import has_words
from startups.models import (
    Envelope,
    Organisation,
    Participation,
    ParticipationRole,
    Partner,
    PartnerStatus,
    Proposal,
    Submission,
)
from startups.models.consortium import OPEN
from startups.notifications import consortium as notifications
from startups.policies import consortium as policies
from startups.policies.tax import clean_tax_id

LONGEST_ROLE = 300  # characters
A_DAY, MOST_A_DAY = timedelta(days=1), 30  # invitations of one lead: whoever is invited isn't flooded
LEAST_SHARE, MOST_SHARE = Decimal("0.01"), Decimal("99.99")


@transaction.atomic
def invite(
    proposal: Proposal, *, country: str, tax_id: str, label: str, role: str, share: Decimal, by: User, at: datetime
) -> Partner:
    """Invite the organisation of a tax number, registered or not. Its owners are told, if there are any: once a day.

    `label` is what the lead calls it until it confirms; `share` per cent. Raises DomainError beside its field.
    """
    proposal = lock(proposal)
    policies.check_can_compose(proposal, by=by, at=at)
    tax_id = clean_tax_id(tax_id, country)
    role = _role(role)
    _check_share(share)
    lead = proposal.organisation
    marks = terms.marks_of(country, tax_id)
    if marks[0] == terms.mark_of(lead.country, lead.tax_id):
        raise DomainError(_("That is your own organisation: it leads the proposal already."), field="tax_id")
    waiting = Partner.objects.filter(proposal=proposal, status__in=OPEN)
    if waiting.filter(mark__in=marks).exists():
        raise DomainError(_("That organisation is in your list already."), field="tax_id")
    if waiting.count() >= policies.MOST_PARTNERS:
        raise DomainError(_("A consortium has at most %(most)s partners.") % {"most": policies.MOST_PARTNERS})
    were_told = not set(marks).isdisjoint(_sent_today(lead, at))
    partner = Partner(proposal=proposal, public_id=public_id(), mark=marks[0], invited_at=at, invited_by=by)
    about = {"label": label or tax_id, "country": country, "tax_id": tax_id, "role": role, "share": f"{share:.2f}"}
    partner.terms = terms.seal(codec_for(proposal, at=at), partner, about)
    partner.save()
    audit.record("proposal.partner_invited", target=proposal, by=by, at=at)
    known = Organisation.objects.filter(country=country, tax_id__iexact=tax_id, withdrawn_at=None).first()
    if known is not None and not were_told:
        notifications.invited(partner, known, at=at)
    return partner


@transaction.atomic
def change_terms(partner: Partner, *, role: str, share: Decimal, by: User, at: datetime) -> Partner:
    """Set role and share anew. A partner that had confirmed others confirms again."""
    proposal, partner = _locked(partner)
    policies.check_can_compose(proposal, by=by, at=at)
    _check_is_open(partner)
    role = _role(role)
    _check_share(share)
    codec = codec_of(proposal)
    old = terms.unseal(codec, partner)
    new = {**old, "role": role, "share": f"{share:.2f}"}
    if new == old:
        return partner
    partner.terms, partner.version = terms.seal(codec, partner, new), partner.version + 1
    partner.save(update_fields=["terms", "version"])
    audit.record("proposal.partner_changed", target=proposal, by=by, at=at)
    if partner.organisation is not None:
        notifications.changed(partner, partner.organisation, at=at)
    return partner


@transaction.atomic
def remove(partner: Partner, *, by: User, at: datetime) -> Partner:
    """Take a partner out, or an invitation back."""
    proposal, partner = _locked(partner)
    policies.check_can_compose(proposal, by=by, at=at)
    _check_is_open(partner)
    _end(partner, proposal, PartnerStatus.REMOVED, at=at)
    audit.record("proposal.partner_removed", target=proposal, by=by, at=at)
    if partner.organisation is not None:
        notifications.removed(partner, partner.organisation, at=at)
    return partner


@transaction.atomic
def confirm(partner: Partner, organisation: Organisation, *, version: int, by: User, at: datetime) -> Partner:
    """Confirm the terms of `version` for the invited organisation and take its one place in the challenge.

    Raises DomainError where it takes part already: told to nobody else.
    """
    proposal, partner = _locked(partner)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    _check_is_for(partner, organisation)
    policies.check_can_answer(partner, proposal, organisation, by=by, at=at)
    if partner.version != version:
        raise DomainError(_("The lead has just changed the terms. Read them again and confirm."))
    place = {"challenge": proposal.challenge, "organisation": organisation, "is_live": True}
    if not Participation.objects.filter(proposal=proposal, **place).exists():
        try:
            with transaction.atomic():
                Participation.objects.create(proposal=proposal, role=ParticipationRole.PARTNER, **place)
        except IntegrityError as error:
            raise DomainError(
                _(
                    "%(name)s already takes part in this challenge, and each organisation may do so once. "
                    "Withdraw there first, or decline here. Nobody else is told of this."
                )
                % {"name": organisation.name}
            ) from error
    partner.organisation, partner.status, partner.confirmed_version = organisation, PartnerStatus.CONFIRMED, version
    partner.answered_at, partner.answered_by = at, by
    partner.save(update_fields=["organisation", "status", "confirmed_version", "answered_at", "answered_by"])
    audit.record("proposal.partner_confirmed", target=proposal, by=by, at=at)
    notifications.answered(partner, proposal, at=at)
    return partner


@transaction.atomic
def decline(partner: Partner, organisation: Organisation, *, by: User, at: datetime) -> Partner:
    """Say no to an invitation, or to changed terms: then the partner leaves."""
    proposal, partner = _locked(partner)
    _check_is_for(partner, organisation)
    policies.check_can_answer(partner, proposal, organisation, by=by, at=at)
    was_in = partner.status == PartnerStatus.CONFIRMED
    partner.answered_at, partner.answered_by = at, by
    partner.save(update_fields=["answered_at", "answered_by"])
    _end(partner, proposal, PartnerStatus.LEFT if was_in else PartnerStatus.DECLINED, at=at)
    audit.record("proposal.partner_declined", target=proposal, by=by, at=at)
    _tell_lead_of_leaving(partner, proposal, at=at)
    return partner


@transaction.atomic
def leave(partner: Partner, *, by: User, at: datetime) -> Partner:
    """Leave a consortium. The place is free at once; the lead is asked to hand in again where it was handed in."""
    proposal, partner = _locked(partner)
    policies.check_can_leave(partner, proposal, by=by, at=at)
    _end(partner, proposal, PartnerStatus.LEFT, at=at)
    audit.record("proposal.partner_left", target=proposal, by=by, at=at)
    _tell_lead_of_leaving(partner, proposal, at=at)
    return partner


def hold(proposal: Proposal) -> None:
    """Lock the confirmed partners, so that none leaves the programme while the proposal is handed in."""
    confirmed = Partner.objects.filter(proposal=proposal, status=PartnerStatus.CONFIRMED).values("organisation")
    rows = Organisation.objects.select_for_update(no_key=True).filter(pk__in=confirmed)
    list(rows.order_by("pk").values_list("pk", flat=True))


def is_named(proposal: Proposal, organisation: Organisation) -> bool:
    """Say whether what was handed in last names the organisation as a partner."""
    last = Submission.objects.filter(proposal=proposal, superseded_by=None).first()
    rows = read_envelope(last, Envelope.TECHNICAL).get("consortium", []) if last else []
    return any(row["organisation"] == organisation.public_id for row in rows)


def _end(partner: Partner, proposal: Proposal, status: PartnerStatus, *, at: datetime) -> None:
    partner.status, partner.ended_at = status, at
    partner.save(update_fields=["status", "ended_at"])
    Participation.objects.filter(
        proposal=proposal, organisation=partner.organisation, role=ParticipationRole.PARTNER, is_live=True
    ).update(is_live=False)


def _tell_lead_of_leaving(partner: Partner, proposal: Proposal, *, at: datetime) -> None:
    if partner.organisation is not None and is_named(proposal, partner.organisation):
        notifications.left(partner, proposal, at=at)
    else:
        notifications.answered(partner, proposal, at=at)


def _locked(partner: Partner) -> tuple[Proposal, Partner]:
    proposal = lock(partner.proposal)
    rows = Partner.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    return proposal, rows.get(pk=partner.pk)


def _check_is_for(partner: Partner, organisation: Organisation) -> None:
    if partner.mark not in terms.marks_of(organisation.country, organisation.tax_id):
        raise DomainError(_("This invitation is for another organisation."))


def _sent_today(lead: Organisation, at: datetime) -> list[str]:
    """Return the marks that the lead has invited in a day; raise DomainError where they are too many."""
    rows = Partner.objects.filter(proposal__organisation=lead, invited_at__gt=at - A_DAY)
    sent = list(rows.values_list("mark", flat=True))
    if len(sent) >= MOST_A_DAY:
        raise DomainError(
            _("You have sent %(most)s invitations in a day. Wait until tomorrow to send more.") % {"most": MOST_A_DAY}
        )
    return sent


def _check_is_open(partner: Partner) -> None:
    if partner.status not in OPEN:
        raise DomainError(_("This partner isn't in the consortium any more."))


def _role(text: str) -> str:
    text = " ".join(text.split())
    if not has_words(text):
        raise DomainError(_("Say what this partner would do."), field="role")
    return text[:LONGEST_ROLE]


def _check_share(share: Decimal) -> None:
    if not LEAST_SHARE <= share <= MOST_SHARE:
        raise DomainError(_("A share is over 0 and under 100 %."), field="share")
