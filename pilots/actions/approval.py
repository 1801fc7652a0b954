"""The approval: prepared by an officer, approved by a director; then money, pilot, resolution and letters at once."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.actions import lifecycle
from challenges.models import Challenge, Status
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from pilots.actions import amount as new_amount
from pilots.actions import annuity, letter, new_pilot
from pilots.actions import resolution as resolutions
from pilots.actions.challenge import locked as locked_challenge
from pilots.actions.reserve import release_if_settled
from pilots.models import Award, AwardStatus, Commitment, Expenditure, Pilot, Resolution
from pilots.notifications import award as notifications
from pilots.policies import award as policies
from startups.actions import evaluation


@transaction.atomic
def prepare_approval(challenge: Challenge, *, by: User, at: datetime, reason: str = "") -> PreparedDecision:
    """Put the accepted awards before a director. The organisations have been verified by the Office."""
    challenge = locked_challenge(challenge)
    rows = Award.objects.filter(resolution__challenge=challenge, status=AwardStatus.ACCEPTED)
    awards = list(rows.select_related("resolution", "proposal__organisation").order_by("pk"))
    policies.check_can_prepare(challenge, awards, by=by, at=at)
    resolution = awards[0].resolution
    letter.check_complete(letter.drafts(challenge, awards))
    if resolution.published_at is None:
        resolution.reason, resolution.prepared_at, resolution.prepared_by = reason, at, by
        resolution.save(update_fields=["reason", "prepared_at", "prepared_by"])
    payload = {"awards": [award.public_id for award in awards], "reason": reason}
    decision = decisions.prepare(DecisionKind.AWARD, resolution, by=by, at=at, payload=payload)
    url = reverse("pilots:approve_award", kwargs={"slug": challenge.slug})
    notifications.prepared(resolution, url=url, by=by, at=at)
    return decision


@transaction.atomic
def send_back(challenge: Challenge, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return a prepared award to the officer, with a comment."""
    challenge = locked_challenge(challenge)
    resolution = Resolution.objects.filter(challenge=challenge).first()
    policies.check_can_approve(resolution, by=by, at=at)
    waiting = decisions.open_for(DecisionKind.AWARD, resolution)
    decision = decisions.send_back(waiting, by=by, at=at, comment=comment)
    notifications.returned(resolution, comment=comment, to=decision.prepared_by, at=at)
    return decision


@transaction.atomic
def approve(challenge: Challenge, *, by: User, at: datetime) -> Resolution:
    """Approve the prepared awards: money committed, pilots made, resolution published, everybody told. All or nothing.

    Raises `DomainError` when `by` proposed or prepared any of it, or when the money of a year isn't there.
    """
    challenge = locked_challenge(challenge)
    resolution = Resolution.objects.select_for_update(of=("self",), no_key=True).filter(challenge=challenge).first()
    policies.check_can_approve(resolution, by=by, at=at)
    decision = decisions.open_for(DecisionKind.AWARD, resolution)
    rows = Award.objects.select_for_update(of=("self",), no_key=True).filter(public_id__in=decision.payload["awards"])
    awards = list(rows.select_related("proposal__organisation", "resolution").order_by("pk"))
    policies.check_another_person(decision, awards, by=by)
    drafts = letter.drafts(challenge, awards)
    letter.check_complete(drafts)
    decisions.approve(decision, by=by, at=at)
    new_amount.drop(challenge, reason=_("The award is approved."), by=by, at=at)
    expenditure = Expenditure.objects.get(challenge=challenge)
    made = [_approve_one(challenge, award, expenditure, by=by, at=at) for award in awards]
    if challenge.status == Status.EVALUATING:
        challenge = lifecycle.mark_awarded(challenge, by=by, at=at)
    set_outcomes(drafts, by=by, at=at)
    added = decision.payload.get("reason", "").strip()
    if resolution.published_at is not None and added:  # a later award of the same call
        resolution.reason = f"{resolution.reason}\n\n{added}".strip()
        resolution.save(update_fields=["reason"])
    resolutions.publish(resolution, by=by, at=at)
    letter.release(resolution, drafts, by=by, at=at)
    release_if_settled(challenge, by=by, at=at)
    for award, pilot in made:
        notifications.approved(award, pilot, at=at)
    return resolution


def _approve_one(
    challenge: Challenge, award: Award, expenditure: Expenditure, *, by: User, at: datetime
) -> tuple[Award, Pilot]:
    policies.check_ready(award, at=at)
    old, award.status = award.status, AwardStatus.APPROVED
    award.approved_at, award.approved_by = at, by
    award.save(update_fields=["status", "approved_at", "approved_by"])
    organisation = award.proposal.organisation
    commitment = Commitment.objects.create(
        expenditure=expenditure,
        award=award,
        supplier=organisation,
        supplier_name=organisation.name,
        supplier_tax_id=organisation.tax_id,
        amount_net=award.amount_net,
        vat_regime=award.vat_regime,
        vat_rate=award.vat_rate,
        amount_gross=award.amount_gross,
        created_at=at,
        created_by=by,
    )
    pilot = new_pilot.make(challenge, award, at=at)
    annuity.settle(commitment, by=by, at=at, reason=_("Award"))
    audit.record("award.approved", target=award, by=by, at=at, old=old, new=award.status, amount=award.amount_gross)
    audit.record("pilot.made", target=pilot, by=by, at=at, new=pilot.status)
    return award, pilot


def set_outcomes(drafts: list[letter.Draft], *, by: User, at: datetime) -> None:
    """Give every proposal what its letter says. The caller has locked the challenge and checked who asks."""
    for draft in drafts:
        if draft.status != draft.proposal.status:
            evaluation.set_outcome(draft.proposal, status=draft.status, by=by, at=at)
