"""Bringing the texts of an earlier proposal into the one being written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from govtech import clock
from govtech.errors import DomainError
from startups.actions import envelope as envelopes
from startups.actions import reuse as actions
from startups.models import Proposal
from startups.views import parts
from startups.views.sealed import proposal_or_404

MOST = 8


@dataclass(frozen=True)
class Earlier:
    """An earlier proposal, as a choice: its title, and the call it was for."""

    public_id: str
    title: str
    challenge: str
    created_at: datetime


def earlier_of(proposal: Proposal, user: Any, at: datetime) -> list[Earlier]:
    """Return the organisation's other proposals that have a title, the newest first. Three queries.

    One that can't be read now, because its key is lost for instance, isn't offered.

    Only those that `user` belongs to: a partner reads the one proposal and no other of its lead.
    """
    rows = (
        Proposal.objects.of_member(user)
        .filter(organisation=proposal.organisation, sections__key="title", created_at__lte=at)
        .exclude(pk=proposal.pk)
        .select_related("challenge")
        .order_by("-created_at", "-pk")[:MOST]
    )
    found = {row.pk: row for row in rows}
    titles = envelopes.titles_of(found.values()) if found else {}
    return [
        Earlier(found[pk].public_id, title, found[pk].challenge.title, found[pk].created_at)
        for pk, title in titles.items()
        if title is not None
    ]


@require_POST
def reuse(request: HttpRequest, public_id: str) -> HttpResponse:
    """Bring the texts of the proposal `source`: of one `part`, or into every section that is still empty."""
    own = Proposal.objects.of_member(request.user)
    proposal = proposal_or_404(request, own, public_id)
    part = request.POST.get("part", "")
    source = own.filter(public_id=request.POST.get("source", "")[:12]).select_related("challenge").first()
    if source is None or part not in {"", *parts.PARTS}:
        raise Http404
    keys = parts.PARTS[part][1] if part else None
    try:
        brought = actions.reuse(proposal, source, keys=keys, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext(
            "%(n)d text brought. Read it again: it was written for another call.",
            "%(n)d texts brought. Read them again: they were written for another call.",
            len(brought),
        )
        messages.success(request, text % {"n": len(brought)})
    return redirect(parts.url_of(proposal, part or "solution"))
