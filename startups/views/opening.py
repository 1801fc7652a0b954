"""The opening of the proposals of a challenge."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.models import Challenge, Status
from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from startups.actions import opening as actions
from startups.models import LateOpening, Opening, Proposal, ProposalStatus
from startups.policies import opening as policies
from startups.views.evaluated import amounts_of, challenge_or_404, pages, submissions_of, title_of
from startups.views.sealed import record_too_early


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Before it: how many, from when, who. After it: the record."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(by=request.user, at=at)
    opening = Opening.objects.filter(challenge=challenge).select_related("opened_by", "witnessed_by", "report").first()
    context: dict[str, Any] = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "opening", at=at),
        "opening": opening,
    }
    if opening is None:
        context |= _before(challenge, request.user, at=at)
    else:
        context |= {"rows": _record(opening, request.user, at=at), "is_empty": not opening.record}
    return render(request, "startups/opening.html", context)


def _before(challenge: Challenge, user: Any, *, at: Any) -> dict[str, Any]:
    decision = decisions.open_for(DecisionKind.OPENING, challenge)
    count = Proposal.objects.filter(challenge=challenge, status=ProposalStatus.SUBMITTED).count()
    opens_from = policies.opens_from(challenge)
    return {
        "count": count,
        "opens_from": opens_from,
        "is_time": at >= opens_from,
        "is_closed": challenge.closes_at <= at,
        "takes_proposals": challenge.status == Status.PUBLISHED,
        "is_empty": count == 0 and at >= opens_from,
        "decision": decision,
        "is_own": decision is not None and decision.prepared_by_id == user.pk,
        "can_prepare": decision is None and allows(policies.check_can_prepare, challenge, by=user, at=at),
        "can_open": decision is not None
        and decision.prepared_by_id != user.pk
        and allows(policies.check_can_open, challenge, by=user, at=at),
    }


def _record(opening: Opening, user: Any, *, at: Any) -> list[dict[str, Any]]:
    """Return the record's rows; title and organisation only of the proposals that this person may see."""
    visible = {
        proposal.public_id: proposal
        for proposal in Proposal.objects.visible_to(user)
        .filter(challenge=opening.challenge_id, opened_at__isnull=False)
        .select_related("organisation")
    }
    submissions = submissions_of(list(visible.values()))
    late = {each.proposal_id: each for each in _late_openings(opening)}
    waiting = _stopped(opening, user, at=at)
    rows = []
    for entry in opening.record:
        proposal = visible.get(entry["proposal"])
        submission = submissions.get(proposal.pk) if proposal else None
        rows.append(
            {
                **entry,
                "received_at": parse_datetime(entry["received_at"]),
                "object": proposal,
                "late": late.get(proposal.pk) if proposal else None,
                "stopped": waiting.get(entry["proposal"]),
                "title": title_of(submission) if proposal else "",
                "amounts": amounts_of(submission),
            }
        )
    return rows


def _late_openings(opening: Opening) -> Any:
    rows = LateOpening.objects.filter(proposal__challenge=opening.challenge_id).order_by("pk")
    return rows.select_related("opened_by", "witnessed_by")


def _stopped(opening: Opening, user: Any, *, at: Any) -> dict[str, dict[str, Any]]:
    """Return what can be done about each proposal that was left sealed, by its public id."""
    rows = list(policies.stopped(opening.challenge).select_related("challenge"))
    decisions_of = {each.target_id: each for each in decisions.waiting_for(DecisionKind.OPENING, rows)}
    found = {}
    for proposal in rows:
        decision = decisions_of.get(proposal.pk)
        found[proposal.public_id] = {
            "decision": decision,
            "can_prepare": decision is None
            and allows(policies.check_can_prepare_stopped, proposal, proposal.challenge, by=user, at=at),
            "can_open": decision is not None
            and decision.prepared_by_id != user.pk
            and allows(policies.check_can_open_stopped, proposal, proposal.challenge, by=user, at=at),
        }
    return found


def _stopped_or_404(request: HttpRequest, slug: str, public_id: str) -> Proposal:
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(by=request.user, at=clock.now())
    return get_object_or_404(policies.stopped(challenge).select_related("challenge"), public_id=public_id)


@require_POST
def prepare_stopped(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Put the opening of one stopped proposal before a second person."""
    proposal = _stopped_or_404(request, slug, public_id)
    try:
        actions.prepare_stopped(proposal, reason=request.POST.get("reason", ""), by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Prepared. A second person must open the proposals from their own session."))
    return redirect("startups:opening", slug=slug)


@require_POST
def open_stopped(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Open one stopped proposal, as the second person."""
    proposal = _stopped_or_404(request, slug, public_id)
    try:
        late = actions.open_stopped(proposal, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        if late.entry["matches"]:
            messages.success(request, _("It matches its receipt now, and it is open."))
        else:
            messages.warning(request, _("It is open as it is: it still isn't what was handed in. See the record."))
    return redirect("startups:opening", slug=slug)


@require_POST
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the opening before a second person."""
    challenge = challenge_or_404(request, slug)
    try:
        actions.prepare(challenge, reason=request.POST.get("reason", ""), by=request.user, at=clock.now())
    except DomainError as refusal:
        record_too_early(request, challenge)
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Prepared. A second person must open the proposals from their own session."))
    return redirect("startups:opening", slug=slug)


@require_POST
def open_proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """Open, as the second person."""
    challenge = challenge_or_404(request, slug)
    try:
        opening = actions.open_proposals(challenge, by=request.user, at=clock.now())
    except DomainError as refusal:
        record_too_early(request, challenge)
        messages.error(request, str(refusal))
    else:
        if all(entry["matches"] for entry in opening.record):
            messages.success(request, _("The proposals are open and the record is written."))
        else:
            messages.warning(
                request, _("The proposals are open, but for those that aren't what was handed in: see the record.")
            )
    return redirect("startups:opening", slug=slug)


@require_safe
def report(request: HttpRequest, slug: str) -> FileResponse:
    """Download the record."""
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(by=request.user, at=clock.now())
    opening = Opening.objects.filter(challenge=challenge).select_related("report").first()
    if opening is None or opening.report is None:
        raise Http404
    return send_file(opening.report)
