"""From the proposed winner to the pilot: propose, answer, approve, refuse (LCSP arts. 118, 150, 151).

The winner is asked first; the director approves after, and everything that follows happens in that transaction.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from challenges.actions import lifecycle
from challenges.models import Challenge, ReferenceCounter, Route, Status
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.files.actions import store
from govtech.reference.calculations.calendar import add_working_days
from govtech.reference.models import Holiday, Rules
from govtech.shell.words import euros
from pilots.actions import amount as new_amount
from pilots.actions import annuity
from pilots.actions import paper as papers
from pilots.actions import pilot as pilots
from pilots.actions import resolution as resolutions
from pilots.actions.challenge import locked as locked_challenge
from pilots.calculations.money import ZERO, gross, milestone_amounts
from pilots.calculations.plan import ends_on, milestone_dates
from pilots.models import (
    Award,
    AwardPaper,
    AwardStatus,
    Commitment,
    Expenditure,
    Milestone,
    Pilot,
    PilotStatus,
    Resolution,
    ResolutionKind,
)
from pilots.notifications import award as notifications
from pilots.policies import award as policies
from startups.actions import evaluation
from startups.models import Proposal, ProposalStatus, Submission
from startups.models.proposal import VatRegime

PREFIX = "PILOTO"
SLUG_LENGTH = 80


def last_submission(proposal: Proposal) -> Submission:
    """Return what was handed in last, opened."""
    return Submission.objects.filter(proposal=proposal, superseded_by__isnull=True)[0]


def offer_of(proposal: Proposal, *, rate: Decimal) -> dict[str, Any]:
    """Return the offer's amounts: net, VAT regime, rate that applies and gross, rounded once."""
    economic = last_submission(proposal).economic
    net, regime = Decimal(economic["amount_net"]), economic["vat_regime"]
    applied = rate if regime == VatRegime.GENERAL else ZERO
    return {"amount_net": net, "vat_regime": regime, "vat_rate": applied, "amount_gross": gross(net, applied)}


def _locked(award: Award) -> Award:
    """Lock the challenge, then the award."""
    locked_challenge(award.resolution.challenge)
    rows = Award.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("resolution__challenge", "proposal__organisation").get(pk=award.pk)


@transaction.atomic
def propose(challenge: Challenge, *, proposal: Proposal, reason: str, by: User, at: datetime) -> Award:
    """Propose the next in the ranking, for the amount of its offer; it has ten working days to answer.

    Raises `DomainError` out of rank order, over the reserve, or where a minor contract would reach the limit.
    """
    challenge = locked_challenge(challenge)
    policies.check_can_propose(challenge, proposal, by=by, at=at)
    day = clock.local_date(at)
    rules = Rules.objects.in_force(day)
    offer = offer_of(proposal, rate=rules.vat_rate)
    _check_amounts(challenge, offer, rules)
    resolution, _made = Resolution.objects.get_or_create(
        challenge=challenge,
        defaults={"kind": ResolutionKind.AWARD, "reason": "", "prepared_at": at, "prepared_by": by},
    )
    award = Award.objects.create(
        resolution=resolution,
        proposal=proposal,
        reason=reason,
        proposed_at=at,
        proposed_by=by,
        answer_due_on=add_working_days(day, rules.winner_papers_working_days, Holiday.objects.dates()),
        **offer,
    )
    audit.record("award.proposed", target=award, by=by, at=at, new=award.status, amount=award.amount_gross)
    notifications.proposed(award, at=at)
    return award


def _check_amounts(challenge: Challenge, offer: dict[str, Any], rules: Rules) -> None:
    if challenge.route == Route.MINOR and offer["amount_net"] >= rules.minor_contract_limit_net:
        raise DomainError(
            _("A minor contract is under %(limit)s without VAT and this offer is %(amount)s.")
            % {"limit": euros(rules.minor_contract_limit_net), "amount": euros(offer["amount_net"])}
        )
    most = gross(challenge.max_amount_net, rules.vat_rate)
    expenditure = Expenditure.objects.get(challenge=challenge)
    left = sum(expenditure.lines.values_list("a", flat=True), ZERO) - _spoken_for(challenge)
    if offer["amount_gross"] > min(most, left):
        raise DomainError(
            _("The offer is %(amount)s with VAT and the reserve leaves %(left)s for it.")
            % {"amount": euros(offer["amount_gross"]), "left": euros(min(most, left))}
        )


def _spoken_for(challenge: Challenge) -> Decimal:
    """Return gross euros that live awards hold of the reserve: of an approved one, what its pilot costs at most."""
    total = ZERO
    for award in Award.objects.live().filter(resolution__challenge=challenge).select_related("commitment"):
        if award.status == AwardStatus.APPROVED:
            total += sum(annuity.needed_by_year(award.commitment).values(), ZERO)
        else:
            total += award.amount_gross
    return total


def _answer(award: Award, status: AwardStatus, *, note: str, by: User, at: datetime) -> Award:
    award = _locked(award)
    policies.check_can_answer(award, by=by, at=at)
    old, award.status = award.status, status
    award.answered_at, award.answered_by, award.answer_note = at, by, note
    award.save(update_fields=["status", "answered_at", "answered_by", "answer_note"])
    audit.record(f"award.{status}", target=award, by=by, at=at, old=old, new=status, reason=note)
    notifications.answered(award, at=at)
    return award


@transaction.atomic
def accept(award: Award, *, by: User, at: datetime, note: str = "") -> Award:
    """Accept a proposed award, for the organisation. What its dossier holds is handed in with it."""
    award = _answer(award, AwardStatus.ACCEPTED, note=note, by=by, at=at)
    papers.take_from_dossier(award, by=by, at=at)
    return award


@transaction.atomic
def decline(award: Award, *, by: User, at: datetime, note: str) -> Award:
    """Decline a proposed award, saying why: the Office proposes the next."""
    if not note.strip():
        raise DomainError(_("Say in a sentence why: it is part of the file."), field="note")
    return _answer(award, AwardStatus.DECLINED, note=note, by=by, at=at)


@transaction.atomic
def add_paper(award: Award, *, title: str, upload: UploadedFile, by: User, at: datetime) -> AwardPaper:
    """Hand in a paper of the proposed winner. Raises `DomainError(field="file")` for a file that isn't taken."""
    award = _locked(award)
    policies.check_can_add_paper(award, by=by, at=at)
    kept = store(upload, by=by, at=at)
    paper = AwardPaper.objects.create(award=award, file=kept, title=title, added_at=at, added_by=by)
    audit.record("award.paper_added", target=award, by=by, at=at)
    return paper


@transaction.atomic
def withdraw(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Withdraw a proposed award: no answer in time, or papers that don't hold."""
    award = _locked(award)
    policies.check_can_withdraw(award, by=by, at=at)
    _end(award, AwardStatus.WITHDRAWN, reason=reason, by=by, at=at)
    notifications.withdrawn(award, reason=reason, at=at)
    _finish_if_nobody_is_left(award.resolution.challenge, by=by, at=at)
    return award


def _finish_if_nobody_is_left(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Free the money and finish a challenge already awarded whose ranking is exhausted. One without award ends void."""
    if challenge.status in (Status.AWARDED, Status.PILOTING) and not policies.candidates(challenge):
        release_if_settled(challenge, by=by, at=at)
        pilots.finish_if_decided(challenge, by=by, at=at)


def _end(award: Award, status: AwardStatus, *, reason: str, by: User, at: datetime) -> None:
    old, award.status = award.status, status
    award.ended_at, award.ended_reason = at, reason
    award.save(update_fields=["status", "ended_at", "ended_reason"])
    audit.record(f"award.{status}", target=award, by=by, at=at, old=old, new=status, reason=reason)


@transaction.atomic
def prepare_approval(challenge: Challenge, *, by: User, at: datetime, reason: str = "") -> PreparedDecision:
    """Put the accepted awards before a director. The organisations have been verified by the Office."""
    challenge = locked_challenge(challenge)
    rows = Award.objects.filter(resolution__challenge=challenge, status=AwardStatus.ACCEPTED)
    awards = list(rows.select_related("resolution", "proposal__organisation").order_by("pk"))
    policies.check_can_prepare(challenge, awards, by=by, at=at)
    resolution = awards[0].resolution
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
    policies.check_another_person(resolution, awards, by=by)
    decisions.approve(decision, by=by, at=at)
    new_amount.drop(challenge, reason=_("The award is approved."), by=by, at=at)
    expenditure = Expenditure.objects.get(challenge=challenge)
    made = [_approve_one(challenge, award, expenditure, by=by, at=at) for award in awards]
    if challenge.status == Status.EVALUATING:
        challenge = lifecycle.mark_awarded(challenge, by=by, at=at)
    _set_outcomes(challenge, resolution, by=by, at=at)
    added = decision.payload.get("reason", "").strip()
    if resolution.published_at is not None and added:  # a later award of the same call
        resolution.reason = f"{resolution.reason}\n\n{added}".strip()
        resolution.save(update_fields=["reason"])
    resolutions.publish(resolution, by=by, at=at)
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
    pilot = _make_pilot(challenge, award, at=at)
    annuity.settle(commitment, by=by, at=at, reason=_("Award"))
    audit.record("award.approved", target=award, by=by, at=at, old=old, new=award.status, amount=award.amount_gross)
    audit.record("pilot.made", target=pilot, by=by, at=at, new=pilot.status)
    return award, pilot


def _make_pilot(challenge: Challenge, award: Award, *, at: datetime) -> Pilot:
    """Make the pilot and its milestones from the winner's offer; the start moves their dates later."""
    day = clock.local_date(at)
    submission = last_submission(award.proposal)
    plan = submission.economic["milestones"]
    months = [int(part["month"]) for part in plan]
    starts_on = max(challenge.pilot_starts_on or day, day)
    title = submission.technical["sections"]["title"].strip()[:160]
    reference = ReferenceCounter.next(PREFIX, day.year)
    pilot = Pilot.objects.create(
        reference=reference,
        slug=_free_slug(title, reference),
        award=award,
        challenge=challenge,
        organisation=award.proposal.organisation,
        title=title,
        summary=challenge.summary,
        summary_en=challenge.summary_en,
        starts_on=starts_on,
        ends_on=ends_on(starts_on, pilots.length_of(challenge, months)),
        created_at=at,
    )
    nets = [Decimal(part["amount_net"]) for part in plan]
    grosses = milestone_amounts(nets, award.vat_rate, award.amount_gross)
    dates = milestone_dates(starts_on, months, Holiday.objects.dates())
    Milestone.objects.bulk_create(
        Milestone(
            pilot=pilot,
            number=number,
            title=part["title"][:160],
            deliverables=part["deliverables"],
            acceptance_criteria=part.get("acceptance_criteria", ""),
            due_on=due_on,
            amount_net=net,
            amount_gross=amount,
        )
        for number, (part, net, amount, due_on) in enumerate(zip(plan, nets, grosses, dates, strict=True), start=1)
    )
    return pilot


def _free_slug(title: str, reference: str) -> str:
    """Return an address made of the title; with the reference's number where another pilot has it."""
    slug, number = slugify(title)[:SLUG_LENGTH].strip("-"), slugify(reference)
    if not slug:
        return number
    return f"{slug}-{number.removeprefix('piloto-')}" if Pilot.objects.filter(slug=slug).exists() else slug


def _set_outcomes(challenge: Challenge, resolution: Resolution, *, by: User, at: datetime) -> None:
    """Give every evaluated proposal its outcome, and tell those that didn't win."""
    live = dict(Award.objects.live().filter(resolution=resolution).values_list("proposal_id", "status"))
    reserves = max(challenge.awards_planned - len(live), 0) + challenge.reserve_list_length
    reserve = {proposal.pk for proposal in policies.candidates(challenge)[:reserves]}
    won = resolution.awards.filter(status=AwardStatus.APPROVED).order_by("pk")
    advantages = " ".join(award.reason for award in won)
    for proposal in Proposal.objects.filter(
        challenge=challenge, status__in=[ProposalStatus.EVALUATED, ProposalStatus.RESERVE]
    ).order_by("pk"):
        status = _outcome(proposal, live, reserve)
        if status == proposal.status:
            continue
        evaluation.set_outcome(proposal, status=status, by=by, at=at)
        if status != ProposalStatus.AWARDED:
            words = resolutions.OUTCOMES[status]
            notifications.resolved(proposal, resolution, outcome=words, advantages=advantages, at=at)


def _outcome(proposal: Proposal, live: dict[int, str], reserve: set[int]) -> ProposalStatus:
    if live.get(proposal.pk) == AwardStatus.APPROVED:
        return ProposalStatus.AWARDED
    return ProposalStatus.RESERVE if proposal.pk in live or proposal.pk in reserve else ProposalStatus.NOT_SELECTED


@transaction.atomic
def refuse(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Record that the winner gives up after the approval: D goes back, the pilot ends, the next can be proposed."""
    award = _locked(award)
    pilot = pilots.locked(award.pilot)
    award.pilot = pilot
    policies.check_can_refuse(award, by=by, at=at)
    _end(award, AwardStatus.REFUSED, reason=reason, by=by, at=at)
    pilots.cancel_milestones(pilot)
    old, pilot.status = pilot.status, PilotStatus.TERMINATED
    pilot.ended_at, pilot.ended_reason = at, reason
    pilot.save(update_fields=["status", "ended_at", "ended_reason"])
    audit.record("pilot.terminated", target=pilot, by=by, at=at, old=old, new=pilot.status, reason=reason)
    annuity.settle(award.commitment, by=by, at=at, reason=_("The winner gives the award up"))
    evaluation.set_outcome(award.proposal, status=ProposalStatus.NOT_SELECTED, by=by, at=at)
    challenge = award.resolution.challenge
    _finish_if_nobody_is_left(challenge, by=by, at=at)
    notifications.refused(award, reason=reason, reference=pilot.reference, by=by, at=at)
    return award


def is_settled(challenge: Challenge) -> bool:
    """Say whether no award can follow: nobody is left, or all are made and their pilots have started."""
    awards = list(Award.objects.live().filter(resolution__challenge=challenge).values_list("status", "pilot__status"))
    if any(status != AwardStatus.APPROVED for status, _pilot in awards):
        return False
    if not policies.candidates(challenge):
        return True
    return len(awards) >= challenge.awards_planned and all(pilot != PilotStatus.PREPARING for _status, pilot in awards)


def release_if_settled(challenge: Challenge, *, by: User, at: datetime) -> Decimal:
    """Give back the authorised money that no award needs, once none can follow; return how much."""
    if not is_settled(challenge):
        return ZERO
    expenditure = Expenditure.objects.get(challenge=challenge)
    return annuity.release_rest(expenditure, by=by, at=at, reason=_("What no award needs"))


@transaction.atomic
def release(challenge: Challenge, *, by: User, at: datetime) -> Decimal:
    """Give back what no award needs, by an officer, once none can follow. Raises `DomainError` before that."""
    challenge = locked_challenge(challenge)
    policies.check_is_officer(by)
    if not is_settled(challenge):
        raise DomainError(_("An award can still follow: the money stays until every pilot has started."))
    released = release_if_settled(challenge, by=by, at=at)
    _finish_if_nobody_is_left(challenge, by=by, at=at)  # the last one declined, which is the company's act
    return released
