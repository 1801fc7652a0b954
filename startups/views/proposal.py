"""Proposing: may we, with which organisation; our proposals; one proposal."""

import logging
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.models import Challenge, Status
from govtech import clock
from govtech.errors import DomainError, LostError
from govtech.policies import allows
from govtech.shell import words
from startups.actions import envelope as envelopes
from startups.actions import proposal as actions
from startups.actions.receipt import without_the_erased
from startups.actions.terms import invitations_of
from startups.calculations.form import words_allowed
from startups.forms import refusal as refusals
from startups.forms.proposal import OrganisationChoiceForm
from startups.models import (
    Envelope,
    Membership,
    Organisation,
    OrganisationRole,
    Participation,
    Partner,
    PartnerStatus,
    Proposal,
    ProposalStatus,
    Submission,
)
from startups.models.listed import OwnProposals
from startups.policies import proposal as policies
from startups.policies.acting import acting_for
from startups.views.parts import answers, milestones_of, shown_consortium, shown_dossier, shown_price
from startups.views.sealed import proposal_or_404

logger = logging.getLogger(__name__)
PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Say whether this person may propose, before a word is written; begin the draft."""
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user), slug=slug)
    at = clock.now()
    own = Organisation.objects.of_member(request.user).order_by("name", "pk")
    organisations_of = list(own)
    obstacles = policies.obstacles_of(challenge, organisations_of, by=request.user, at=at)
    begun = _own_proposals(challenge, [each for each in organisations_of if obstacles[each.pk]], request.user)
    rows = [
        {"organisation": each, "obstacles": obstacles[each.pk], "proposal": begun.get(each.pk)}
        for each in organisations_of
    ]
    able = own.filter(pk__in=[row["organisation"].pk for row in rows if not row["obstacles"]])
    form = OrganisationChoiceForm(
        request.POST if request.method == "POST" else None,
        organisations=able,
        minimum_trl=challenge.minimum_trl,
        initial=_first(able, request.user),
    )
    if request.method == "POST" and form.is_valid():
        try:
            proposal = actions.start(challenge, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            return redirect("startups:section", public_id=proposal.public_id, part="solution")
    context = {
        "challenge": challenge,
        "closed": policies.challenge_obstacle(challenge, at),
        "rows": [row for row in rows if row["obstacles"]],
        "able": list(able),
        "belongs": bool(rows),
        "form": form,
        "words_most": words_allowed(challenge.form_sections),
        "at": at,
    }
    return render(request, "startups/propose.html", context, status=422 if form.errors else 200)


def _first(able: Any, user: Any) -> dict[str, Any]:
    """Return what is chosen beforehand: the only one that may, else the one the person acts for, else none."""
    rows = list(able)
    acting = rows[0] if len(rows) == 1 else acting_for(user)
    return {"organisation": acting.public_id} if acting in rows else {}


def _own_proposals(challenge: Challenge, rows: list[Organisation], user: Any) -> dict[int, Proposal]:
    """Return the live proposals in which organisations take part in a challenge, by organisation."""
    places = Participation.objects.filter(challenge=challenge, organisation__in=rows, is_live=True)
    places = places.filter(proposal__in=Proposal.objects.of_member(user))
    return {place.organisation_id: place.proposal for place in places.select_related("proposal")}


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Proposals of the person's organisations, the newest first."""
    page = Paginator(OwnProposals(request.user), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    titles = envelopes.titles_of(page.object_list)
    at = clock.now()
    context = {
        "page": page,
        "rows": [(row, titles[row.pk], _deadline(row.challenge__closes_at, at)) for row in page.object_list],
        "invitations": invitations_of(request.user, at=at),
        "belongs": bool(page.object_list) or Organisation.objects.of_member(request.user).exists(),
    }
    return render(request, "startups/proposals.html", context)


def _deadline(closes_at: datetime, at: datetime) -> str:
    return words.formatted(closes_at, "short_day_year") if at >= closes_at else words.duration_until(closes_at, at)


@require_safe
def proposal(request: HttpRequest, public_id: str) -> HttpResponse:
    """One proposal: for its members where it stands and what was handed in; for others, once opened, what it says."""
    found = proposal_or_404(request, Proposal.objects.visible_to(request.user), public_id)
    role = policies.role_on(found, request.user)
    return _own_page(request, found, role) if role else _opened_page(request, found)


def _own_page(request: HttpRequest, found: Proposal, role: str) -> HttpResponse:
    at = clock.now()
    by = request.user
    submissions = list(found.submissions.select_related("receipt", "submitted_by").order_by("-number"))
    last = submissions[0] if submissions else None
    context = {
        "proposal": found,
        "challenge": found.challenge,
        "at": at,
        "role": role,
        "last": last,
        "submissions": submissions,
        "former": submissions[1:],
        "can_withdraw": allows(policies.check_can_withdraw, found, by=by, at=at),
        "is_owner": role == OrganisationRole.OWNER,
        "is_over": at >= found.challenge.closes_at,
        "is_called_off": found.challenge.status == Status.CANCELLED,
        "is_draft": found.status == ProposalStatus.DRAFT,
        "is_withdrawn": found.status == ProposalStatus.WITHDRAWN,
        "is_submitted": found.status == ProposalStatus.SUBMITTED,
    }
    try:
        context |= _own_words(found, last, by=by, at=at)
    except LostError as error:  # what proves that it was handed in needs no key
        logger.error("Proposal #%s can't be read: %s", found.pk, type(error).__name__)  # noqa: TRY400 - no content
        context["is_lost"] = True
    return render(request, "startups/proposal.html", context)


def _own_words(found: Proposal, last: Submission | None, *, by: Any, at: datetime) -> dict[str, Any]:
    """Return what its own organisation reads through the seal. Raises `LostError` where it can't be opened."""
    copy = envelopes.working_copy(found)
    technical = envelopes.read_envelope(last, Envelope.TECHNICAL) if last else None
    economic = envelopes.read_envelope(last, Envelope.ECONOMIC) if last else None
    return {
        "title": technical["sections"]["title"] if technical else copy.title,
        "copy": copy,
        "answers": answers(technical["sections"] if technical else copy.sections),
        "technical_files": technical["files"]
        if technical
        else [e.as_data() for e in copy.files_in(Envelope.TECHNICAL)],
        "economic_files": economic["files"] if economic else [e.as_data() for e in copy.files_in(Envelope.ECONOMIC)],
        "economic": shown_price(economic or copy.price, at),
        "milestones": milestones_of(economic or copy.price),
        "dossier": shown_dossier(without_the_erased(technical, last) if technical and last else None),
        "consortium": shown_consortium(technical.get("consortium", []) if technical else copy.consortium),
        "has_changes": _has_changes(copy, technical, economic),
        "can_edit": allows(policies.check_can_edit, found, by=by, at=at),
        "can_submit": allows(policies.check_can_submit, found, by=by, at=at),
    }


def _has_changes(copy: envelopes.WorkingCopy, technical: Any, economic: Any) -> bool:
    """Say whether the working copy differs from what was handed in."""
    if technical is None or economic is None:
        return False
    written = envelopes.technical_of(copy, technical["signatory"])
    same = written == {key: technical.get(key) for key in written}  # what the portal added isn't in the working copy
    return not (same and envelopes.economic_of(copy) == envelopes.unsalted(economic))


def _opened_page(request: HttpRequest, found: Proposal) -> HttpResponse:
    last = get_object_or_404(
        Submission.objects.select_related("receipt", "submitted_by"),
        proposal=found,
        superseded_by=None,
        technical__isnull=False,
    )
    technical = without_the_erased(last.technical, last)
    context = {
        "proposal": found,
        "challenge": found.challenge,
        "last": last,
        "title": last.technical["sections"]["title"],
        "answers": answers(last.technical["sections"]),
        "technical_files": last.technical["files"],
        "dossier": shown_dossier(technical),
        "signatory": technical["signatory"],
        "consortium": shown_consortium(last.technical.get("consortium", []), left_of(found)),
        "economic": shown_price(last.economic, clock.now()),
        "economic_files": last.economic["files"] if last.economic else [],
        "milestones": milestones_of(last.economic),
    }
    return render(request, "startups/opened_proposal.html", context)


def left_of(proposal: Proposal) -> set[str]:
    """Return the organisations that left the consortium and didn't come back."""
    rows = Partner.objects.filter(proposal=proposal, organisation__isnull=False)
    now = {row.organisation_id for row in rows if row.status == PartnerStatus.CONFIRMED}
    return {row.organisation.public_id for row in rows.select_related("organisation") if row.organisation_id not in now}


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the proposal back."""
    found = proposal_or_404(request, Proposal.objects.of_member(request.user), public_id)
    try:
        actions.withdraw(found, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proposal is withdrawn. Its place is free: you can begin another."))
    return redirect("startups:proposal", public_id=public_id)


def owners_of(organisation: Organisation) -> list[str]:
    """Return the names of its owners, for whoever has to ask one."""
    rows = Membership.objects.current().filter(organisation=organisation, role=OrganisationRole.OWNER)
    return [row.user.full_name for row in rows.select_related("user").order_by("pk")]
