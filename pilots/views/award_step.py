"""What an officer does with an award: propose, prepare, withdraw, end without award, free the rest."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.shell.words import euros, formatted, number
from pilots.actions import award as actions
from pilots.actions import resolution as resolutions
from pilots.forms.award import EndForm, PrepareForm, ProposeForm
from pilots.forms.pilot import ReasonForm
from pilots.models import Award, AwardStatus, ResolutionKind
from pilots.policies import award as policies
from pilots.views.award import address, awards_of, can_end, load, load_award
from pilots.views.step import Step, given, press, take
from startups.models import Proposal


def _facts(challenge: Challenge, proposal: Proposal) -> list[tuple[Any, ...]]:
    return [
        (_("Challenge"), f"{challenge.reference} · {challenge.title}"),
        (_("Organisation"), proposal.organisation.name),
        (_("Points"), number(proposal.result.total_points)),
        (_("Offer"), euros(proposal.result.price_net), _("without VAT")),
        (_("Maximum of each award"), euros(challenge.max_amount_net), _("without VAT")),
    ]


def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose the next in the ranking."""
    challenge, at = load(request, slug), clock.now()
    candidates = policies.candidates(challenge)

    def check() -> None:
        if not candidates:
            policies.check_is_officer(request.user)
            raise DomainError(_("Nobody is left in the ranking to be proposed."))
        policies.check_can_propose(challenge, candidates[0], by=request.user, at=at)

    step = Step(
        title=_("Propose the award"),
        lead=_("The proposed winner is told and has ten working days to accept and hand in its papers."),
        button=_("Propose the award"),
        back=address(challenge),
        back_label=_("Award"),
        eyebrow=challenge.reference,
        facts=_facts(challenge, candidates[0]) if candidates else [],
    )
    return take(
        request,
        step,
        ProposeForm(**given(request)),
        check=check,
        do=lambda data: actions.propose(challenge, proposal=candidates[0], by=request.user, at=at, **data),
        done=_("Proposed. The organisation has been told."),
    )


def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the accepted awards before a director."""
    challenge, at = load(request, slug), clock.now()
    accepted = [award for award in awards_of(challenge) if award.status == AwardStatus.ACCEPTED]
    step = Step(
        title=_("Send the award to the director"),
        lead=_("Whoever approves it is another person. Approving commits the money and publishes the resolution."),
        button=_("Send to the director"),
        back=address(challenge),
        back_label=_("Award"),
        eyebrow=challenge.reference,
        facts=[(award.proposal.organisation.name, euros(award.amount_gross), _("with VAT")) for award in accepted],
    )
    return take(
        request,
        step,
        PrepareForm(**given(request)),
        check=partial(policies.check_can_prepare, challenge, accepted, by=request.user, at=at),
        do=lambda data: actions.prepare_approval(challenge, by=request.user, at=at, **data),
        done=_("The director has it."),
    )


def end(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare the end of a call without award."""
    challenge, at = load(request, slug), clock.now()

    def check() -> None:
        policies.check_is_officer(request.user)
        if not can_end(challenge, request.user, at):
            policies.check_can_end_without_award(challenge, kind=ResolutionKind.VOID, by=request.user, at=at)

    step = Step(
        title=_("End without award"),
        lead=_("A director approves it. The money reserved becomes available again and the resolution is published."),
        button=_("Send to the director"),
        back=address(challenge),
        back_label=_("Award"),
        eyebrow=challenge.reference,
        danger=True,
        facts=[(_("Challenge"), challenge.title), (_("Proposals received"), challenge.proposal_count or 0)],
    )
    return take(
        request,
        step,
        EndForm(**given(request)),
        check=check,
        do=lambda data: resolutions.prepare_void(challenge, by=request.user, at=at, **data),
        done=_("The director has it."),
    )


@require_POST
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Give back the money that no award needs."""
    challenge = load(request, slug)
    do = partial(actions.release, challenge, by=request.user, at=clock.now())
    done = _("No award follows: the money that none needs is available again, and who was on the reserve list is told.")
    return press(request, do, done=done, back=address(challenge))


def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw a proposed award."""
    award, at = load_award(request, public_id), clock.now()
    step = _award_step(
        award,
        title=_("Withdraw the proposed award"),
        lead=_("For want of an answer in time, or of papers that hold. The next in the ranking can then be proposed."),
        button=_("Withdraw it"),
    )
    return take(
        request,
        step,
        ReasonForm(**given(request)),
        check=partial(policies.check_can_withdraw, award, by=request.user, at=at),
        do=lambda data: actions.withdraw(award, by=request.user, at=at, **data),
        done=_("Withdrawn. The organisation has been told."),
    )


def refuse(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record that the winner gives up an approved award."""
    award, at = load_award(request, public_id), clock.now()
    step = _award_step(
        award,
        title=_("The winner gives the award up"),
        lead=_("The money committed is freed for the next in the ranking and the pilot in preparation ends."),
        button=_("Record it"),
    )
    return take(
        request,
        step,
        ReasonForm(**given(request)),
        check=partial(policies.check_can_refuse, award, by=request.user, at=at),
        do=lambda data: actions.refuse(award, by=request.user, at=at, **data),
        done=_("Recorded. The next in the ranking can be proposed."),
    )


def _award_step(award: Award, **words: Any) -> Step:
    challenge = award.resolution.challenge
    facts = [
        (_("Organisation"), award.proposal.organisation.name),
        (_("Amount"), euros(award.amount_gross), _("with VAT")),
        (_("Answer until"), formatted(award.answer_due_on, "day")),
    ]
    return Step(
        back=address(challenge), back_label=_("Award"), eyebrow=challenge.reference, danger=True, facts=facts, **words
    )
