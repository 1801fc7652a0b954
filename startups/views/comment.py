"""Comments among the members who write a proposal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import comment as actions
from startups.forms import refusal as refusals
from startups.forms.comment import CommentForm
from startups.models import Proposal, ProposalComment
from startups.policies import comment as policies
from startups.policies import organisation as organisations
from startups.policies import proposal as proposals
from startups.views import parts
from startups.views.sealed import proposal_or_404


def comments_on(proposal: Proposal, part: str) -> list[ProposalComment]:
    """Return the comments on one part that nobody has dealt with, each with its text: for the proposal's members."""
    return _read(proposal, proposal.comments.filter(part=part, settled_at=None))


def _read(proposal: Proposal, rows: Any) -> list[ProposalComment]:
    found = list(rows.select_related("made_by", "settled_by").order_by("made_at", "pk"))
    for comment, text in zip(found, actions.texts_of(proposal, found) if found else [], strict=True):
        comment.text = text
        comment.part_label = parts.label_of(proposal.challenge, comment.part) if comment.part else ""
        comment.url = parts.url_of(proposal, comment.part) if comment.part else ""
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, public_id: str) -> HttpResponse:
    """All comments of a proposal, and the form to add one."""
    proposal = proposal_or_404(request, Proposal.objects.of_member(request.user), public_id)
    at = clock.now()
    choices = [(part, parts.label_of(proposal.challenge, part)) for part in parts.order_of(proposal.challenge)]
    form = CommentForm(request.POST if request.method == "POST" else None, parts=choices)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add(proposal, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("The other members have been told that you commented."))
            return redirect("startups:comments", public_id=public_id)
    rows = _read(proposal, proposal.comments.all())
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "form": form,
        "open": [row for row in rows if row.settled_at is None],
        "settled": [row for row in rows if row.settled_at is not None],
        "can_comment": allows(policies.check_can_comment, proposal, by=request.user, at=at),
        "can_open_parts": proposals.role_on(proposal, request.user) in organisations.WRITERS,
    }
    return render(request, "startups/comments.html", context, status=422 if form.errors else 200)


@require_POST
def settle(request: HttpRequest, public_id: str, comment: str) -> HttpResponse:
    """Mark a comment as dealt with."""
    proposal = proposal_or_404(request, Proposal.objects.of_member(request.user), public_id)
    settle_comment(request, proposal, comment)
    return redirect("startups:comments", public_id=public_id)


def settle_comment(request: HttpRequest, proposal: Proposal, comment: str) -> None:
    """Mark a comment as dealt with, and say so."""
    row = get_object_or_404(ProposalComment.objects.visible_to(request.user), proposal=proposal, public_id=comment)
    row.proposal = proposal
    try:
        actions.settle(row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Marked as dealt with."))


def add_comment(request: HttpRequest, proposal: Proposal, part: str, text: str) -> str:
    """Comment on a part, and say so; return why it can't be kept, or nothing."""
    try:
        actions.add(proposal, part=part, text=text, by=request.user, at=clock.now())
    except DomainError as refusal:
        return str(refusal)
    messages.success(request, _("The other members have been told that you commented."))
    return ""
