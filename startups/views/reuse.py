"""Bringing the texts of an earlier proposal into the one being written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import ngettext

from govtech import clock
from govtech.errors import DomainError
from startups.actions import envelope as envelopes
from startups.actions import reuse as actions
from startups.models import Proposal
from startups.views import parts

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


def bring(request: HttpRequest, proposal: Proposal, *, source: str, part: str) -> None:
    """Bring the texts of the proposal `source`: of one `part`, or into every section that is still empty; say so."""
    own = Proposal.objects.of_member(request.user).select_related("challenge")
    found = get_object_or_404(own, public_id=source)
    keys = parts.PARTS[part][1] if part else None
    try:
        brought = actions.reuse(proposal, found, keys=keys, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return
    text = ngettext(
        "%(n)d text brought. Read it again: it was written for another call.",
        "%(n)d texts brought. Read them again: they were written for another call.",
        len(brought),
    )
    messages.success(request, text % {"n": len(brought)})
