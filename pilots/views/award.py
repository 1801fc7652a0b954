"""How an award is prepared, answered and approved."""

from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenges.models import Challenge
from govtech import clock
from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.shell.words import euros, formatted, number
from pilots.actions import award as actions
from pilots.actions import paper as papers
from pilots.actions import resolution as resolutions
from pilots.forms.award import AcceptForm, DeclineForm, EndForm, PaperForm, PrepareForm, ProposeForm
from pilots.forms.pilot import ReasonForm, SendBackForm
from pilots.models import Award, AwardPaper, AwardStatus, Expenditure, Resolution, ResolutionKind
from pilots.policies import award as policies
from pilots.policies.supplier import warnings_of
from pilots.views.step import Step, changed_meanwhile, given, press, take
from startups.models import OrganisationRole, PanelMember, Proposal, ProposalStatus
from startups.models.panel import ConflictDeclaration
from startups.policies.dossier import missing_for_award
from startups.policies.verification import is_verified


def load(request: HttpRequest, slug: str) -> Challenge:
    """Return the challenge. PermissionDenied for who isn't of the Office."""
    rows = Challenge.objects.visible_to(request.user).select_related("department")
    challenge = get_object_or_404(rows, slug=slug)
    policies.check_can_see(challenge, by=request.user, at=clock.now())
    return challenge


def address(challenge: Challenge) -> str:
    """Return the address of the page of the award."""
    return reverse("pilots:award", kwargs={"slug": challenge.slug})


def awards_of(challenge: Challenge) -> list[Award]:
    """Return all awards of a challenge, the oldest first."""
    rows = Award.objects.filter(resolution__challenge=challenge)
    rows = rows.select_related("resolution__challenge", "proposal__organisation", "proposal__result", "pilot")
    return list(rows.prefetch_related("papers__file", "papers__dossier_paper").order_by("pk"))


def ranking_of(challenge: Challenge) -> list[Proposal]:
    """Return what was evaluated, best first."""
    rows = Proposal.objects.filter(challenge=challenge, result__isnull=False)
    return list(rows.select_related("organisation", "result").order_by("result__rank", "-result__total_points", "pk"))


def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the award of a challenge stands, and the next step."""
    challenge, at = load(request, slug), clock.now()
    resolution = Resolution.objects.filter(challenge=challenge).first()
    awards = awards_of(challenge)
    warnings = warnings_of(awards, at=at)
    candidates = policies.candidates(challenge)
    is_officer = roles.is_officer(request.user)
    waiting = waiting_of(resolution)
    context = {
        "challenge": challenge,
        "resolution": resolution,
        "ranking": ranking_of(challenge),
        "excluded": Proposal.objects.filter(challenge=challenge, status=ProposalStatus.EXCLUDED).count(),
        "awards": [_award_row(award, request.user, warnings[award.pk], at) for award in awards],
        "next": candidates[0] if candidates else None,
        "can_propose": bool(candidates)
        and allows(policies.check_can_propose, challenge, candidates[0], by=request.user, at=at),
        "can_prepare": is_officer and not waiting and any(award.status == AwardStatus.ACCEPTED for award in awards),
        "can_end": is_officer and not waiting and _can_end(challenge, request.user, at),
        "can_release": is_officer and _rest(challenge) > 0 and actions.is_settled(challenge) and bool(awards),
        "rest": _rest(challenge),
        "waiting": waiting,
        "is_void": bool(waiting) and waiting.kind == DecisionKind.VOID,
    }
    return render(request, "pilots/award.html", context)


def _award_row(award: Award, user: Any, warning: str, at: datetime) -> dict[str, Any]:
    return {
        "award": award,
        "status": AwardStatus(award.status),
        "tone": TONES[AwardStatus(award.status)],
        "verified": is_verified(award.proposal.organisation, on=clock.local_date(at)),
        "late": award.status == AwardStatus.PROPOSED and award.answer_due_on < clock.local_date(at),
        "warning": warning,
        "can_withdraw": roles.is_officer(user) and award.status in (AwardStatus.PROPOSED, AwardStatus.ACCEPTED),
        "can_refuse": roles.is_officer(user)
        and award.status == AwardStatus.APPROVED
        and award.pilot.status == "preparing",
    }


TONES = {
    AwardStatus.PROPOSED: "soon",
    AwardStatus.ACCEPTED: "open",
    AwardStatus.DECLINED: "plain",
    AwardStatus.APPROVED: "pilot",
    AwardStatus.REFUSED: "danger",
    AwardStatus.WITHDRAWN: "plain",
}


def waiting_of(resolution: Resolution | None) -> PreparedDecision | None:
    """Return the decision on a resolution that waits for a director."""
    if resolution is None:
        return None
    return PreparedDecision.objects.of(resolution).waiting().select_related("prepared_by").first()


def _can_end(challenge: Challenge, user: Any, at: datetime) -> bool:
    kinds = (ResolutionKind.VOID, ResolutionKind.WAIVED)
    return any(allows(policies.check_can_end_without_award, challenge, kind=kind, by=user, at=at) for kind in kinds)


def _rest(challenge: Challenge) -> Any:
    expenditure = Expenditure.objects.filter(challenge=challenge).first()
    return sum((row.a - row.d for row in expenditure.lines.all()), 0) if expenditure else 0


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


def approve(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide on the prepared awards: one page that fits a phone."""
    return _decide(request, slug, kind=DecisionKind.AWARD)


def approve_void(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide on the end without award."""
    return _decide(request, slug, kind=DecisionKind.VOID)


def _decide(request: HttpRequest, slug: str, *, kind: str) -> HttpResponse:
    challenge, at, user = load(request, slug), clock.now(), request.user
    is_award = kind == DecisionKind.AWARD
    resolution = Resolution.objects.filter(challenge=challenge).first()
    waiting = decisions.open_for(kind, resolution) if resolution else None
    form = SendBackForm(request.POST if request.POST.get("answer") == "return" else None)
    if request.method == "POST":
        back, room = address(challenge), actions if is_award else resolutions
        if changed_meanwhile(request, waiting):
            return redirect(request.path)
        if request.POST.get("answer") == "approve":
            do = partial(room.approve if is_award else room.approve_void, challenge, by=user, at=at)
            return press(request, do, done=_("Approved and published. Everybody has been told."), back=back)
        policies.check_is_director(user)
        if not form.is_bound:
            return redirect(back)
        if form.is_valid():
            send_back = room.send_back if is_award else room.send_back_void
            do = partial(send_back, challenge, by=user, at=at, **form.cleaned_data)
            return press(request, do, done=_("Returned to the officer who prepared it."), back=back)
    context = {
        "challenge": challenge,
        "resolution": resolution,
        "decision": waiting,
        "form": form,
        "can_approve": allows(policies.check_can_approve, resolution, by=user, at=at, kind=kind),
        **(_figures(challenge, resolution, waiting, user, at) if waiting else {}),
    }
    template = "pilots/approve_award.html" if is_award else "pilots/approve_void.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _figures(
    challenge: Challenge, resolution: Resolution, waiting: PreparedDecision, user: Any, at: datetime
) -> dict[str, Any]:
    """Return what a director looks at: amounts, ranking, recusals, and what is in order."""
    named = set(waiting.payload.get("awards", []))
    awards = [award for award in awards_of(challenge) if award.public_id in named]
    recused = ConflictDeclaration.objects.filter(member__challenge=challenge, has_conflict=True)
    off = PanelMember.objects.filter(challenge=challenge, has_conflict=True).select_related("user")
    warnings = warnings_of(awards, at=at)
    return {
        "awards": awards,
        "ranking": ranking_of(challenge),
        "recused": list(recused.select_related("member__user", "proposal__organisation").order_by("pk")),
        "off": list(off.order_by("pk")),
        "checks": [check for award in awards for check in _checks(award, warnings[award.pk], clock.local_date(at))],
        "is_own": not allows(policies.check_another_person, resolution, awards, by=user),
    }


def _checks(award: Award, warning: str, today: date) -> list[tuple[str, str]]:
    organisation = award.proposal.organisation
    verified = is_verified(organisation, on=today)
    expired = [row for row in award.papers.all() if row.dossier_paper and row.dossier_paper.is_over(today)]
    rows = [
        (
            "ok" if verified else "stop",
            _("%(name)s verified by the Office on %(day)s")
            % {"name": organisation.name, "day": formatted(organisation.verified_at, "day")}
            if verified
            else _("%(name)s isn't verified by the Office") % {"name": organisation.name},
        ),
        ("ok" if award.status == AwardStatus.ACCEPTED else "stop", _("The winner has accepted")),
        ("ok" if award.papers.all() else "advice", _("Papers handed in: %(n)d") % {"n": len(award.papers.all())}),
    ]
    rows += [("advice", _("A paper doesn't hold any more: %(paper)s") % {"paper": row.title}) for row in expired]
    return [*rows, ("advice", warning)] if warning else rows


def end(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare the end of a call without award."""
    challenge, at = load(request, slug), clock.now()

    def check() -> None:
        policies.check_is_officer(request.user)
        if not _can_end(challenge, request.user, at):
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
    return press(request, do, done=_("The money that no award needs is available again."), back=address(challenge))


def load_award(request: HttpRequest, public_id: str) -> Award:
    """Return an award of the Office's or of the person's organisation, else 404."""
    rows = Award.objects.visible_to(request.user).select_related(
        "resolution__challenge__department", "proposal__organisation", "proposal__result", "pilot"
    )
    if not roles.is_staff_role(request.user):
        own = Q(proposal__organisation__memberships__user=request.user)
        rows = rows.filter(own, proposal__organisation__memberships__left_at__isnull=True)
    return get_object_or_404(rows, public_id=public_id)


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


def mine(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proposed winner's page: accept or decline, hand in papers."""
    award, at, user = load_award(request, public_id), clock.now(), request.user
    answer = request.POST.get("answer", "")
    accept = AcceptForm(request.POST if answer == "accept" else None, prefix="accept")
    decline = DeclineForm(request.POST if answer == "decline" else None, prefix="decline")
    paper = PaperForm(*((request.POST, request.FILES) if answer == "paper" else ()), prefix="paper")
    if request.method == "POST":
        response = _answer(request, award, {"accept": accept, "decline": decline, "paper": paper}, answer, at)
        if response is not None:
            return response
    context = {
        "award": award,
        "challenge": award.resolution.challenge,
        "status": AwardStatus(award.status),
        "tone": TONES[AwardStatus(award.status)],
        "papers": list(award.papers.select_related("file", "dossier_paper").order_by("added_at", "pk")),
        "accept": accept,
        "decline": decline,
        "paper": paper,
        "in_dossier": papers.in_dossier(award, at=at),
        "keeps_dossier": policies.membership_of(user, award.proposal.organisation_id) == OrganisationRole.OWNER,
        "missing": missing_for_award(award.proposal.organisation, on=clock.local_date(at)),
        "can_answer": allows(policies.check_can_answer, award, by=user, at=at),
        "can_add": allows(policies.check_can_add_paper, award, by=user, at=at),
        "today": clock.local_date(at),
    }
    bound = any(form.is_bound for form in (accept, decline, paper))
    return render(request, "pilots/my_award.html", context, status=422 if bound else 200)


def _answer(
    request: HttpRequest, award: Award, forms: dict[str, Any], answer: str, at: datetime
) -> HttpResponse | None:
    form, back = forms.get(answer), reverse("pilots:my_award", kwargs={"public_id": award.public_id})
    if answer == "dossier":
        do = partial(papers.add_from_dossier, award, by=request.user, at=at)
        return press(request, do, done=_("Handed in."), back=back)
    check = policies.check_can_add_paper if answer == "paper" else policies.check_can_answer
    try:
        check(award, by=request.user, at=at)
    except DomainError as refusal:
        return press(request, partial(_raise, refusal), done="", back=back)
    if form is None:
        return redirect(back)
    if not form.is_valid():
        return None
    data, who = form.cleaned_data, {"by": request.user, "at": at}
    if answer == "paper":
        do = partial(actions.add_paper, award, title=data["title"], upload=data["file"], **who)
        done = _("Paper handed in.")
    else:
        do = partial(getattr(actions, answer), award, note=data["note"], **who)
        done = _("You have accepted. The Office prepares the award.") if answer == "accept" else _("You have declined.")
    try:
        do()
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    return press(request, lambda: None, done=done, back=back)


def _raise(error: Exception) -> None:
    raise error


def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """Download a paper of the proposed winner: for its organisation and the Office."""
    found = get_object_or_404(AwardPaper.objects.select_related("file", "award__proposal"), public_id=public_id)
    user = request.user
    if not (roles.is_staff_role(user) or policies.membership_of(user, found.award.proposal.organisation_id)):
        raise PermissionDenied(_("Only the organisation and the Office read the papers of an award."))
    if found.file is None:
        raise Http404
    return send_file(found.file)
