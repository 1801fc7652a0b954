"""How far everybody on a panel is; reminding them, and giving proposals or a seat to somebody else."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import assignment as actions
from startups.forms import refusal as refusals
from startups.forms.consensus import ReassignForm, ReplaceForm
from startups.models import PanelMember, PanelRole, Proposal, Reassignment, Replacement, ScoreSheet, SheetStatus
from startups.models.panel import SCORING
from startups.policies import assignment as policies
from startups.policies import evaluation as evaluations
from startups.views.evaluated import challenge_or_404, pages, submissions_of, title_of


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Each member's sheets in and due, when they last wrote, and what may be done about those missing."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(challenge, by=request.user, at=at)
    work = evaluations.work(challenge, at=at)
    titles = _titles(challenge, request.user, work)
    wanted = request.POST.get("wanted", "") if request.method == "POST" else ""
    reassign = ReassignForm(request.POST if wanted == "reassign" else None, missing=_missing(work, titles))
    seats = PanelMember.objects.current().filter(challenge=challenge).select_related("user").order_by("named_at", "pk")
    replace = ReplaceForm(request.POST if wanted == "replace" else None, members=seats, auto_id="replace_%s")
    form: Any = {"reassign": reassign, "replace": replace}.get(wanted)
    if request.method == "POST" and (form is None or form.is_valid()):
        if _carry_out(request, challenge, wanted, form, at=at):
            return redirect("startups:progress", slug=slug)
    elif request.method == "POST":
        policies.check_can_reassign(challenge, by=request.user, at=at)
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "progress", at=at),
        "rows": _rows(challenge, work),
        "owed": sum(len(members) for members in work.owed.values()),
        "reassign": reassign,
        "replace": replace,
        "can_change": allows(policies.check_can_reassign, challenge, by=request.user, at=at),
        "can_remind": allows(policies.check_can_remind, challenge, by=request.user, at=at),
        "has_substitute": any(member.role == PanelRole.SUBSTITUTE for member in work.members),
        "reassigned": _reassigned(challenge, titles),
        "replaced": Replacement.objects.filter(first__challenge=challenge)
        .select_related("first__user", "second__user")
        .annotate(sheets=Count("first__sheets", filter=Q(first__sheets__status=SheetStatus.HANDED_IN)))
        .order_by("made_at", "pk"),
    }
    return render(request, "startups/progress.html", context, status=422 if form is not None else 200)


def _titles(challenge: Challenge, user: Any, work: evaluations.Work) -> dict[int, str]:
    """Return the titles of the proposals that this person may see."""
    visible = set(Proposal.objects.visible_to(user).filter(challenge=challenge).values_list("pk", flat=True))
    shown = [proposal for proposal in work.proposals if proposal.pk in visible]
    submissions = submissions_of(shown)
    return {proposal.pk: title_of(submissions.get(proposal.pk)) for proposal in shown}


def _missing(work: evaluations.Work, titles: dict[int, str]) -> list[tuple[PanelMember, Proposal, str]]:
    """Return the sheets that could be given to the substitute: member, proposal, its title."""
    seats = {member.pk: member for member in work.members if member.role != PanelRole.SUBSTITUTE}
    owed = work.owed
    return [
        (seats[pk], proposal, titles[proposal.pk])
        for proposal in work.proposals
        if proposal.pk in titles
        for pk in owed.get(proposal.pk, ())
        if pk in seats
    ]


def _rows(challenge: Challenge, work: evaluations.Work) -> list[dict[str, Any]]:
    """Return each scoring member with their sheets: counts and an instant, no points."""
    last = dict(
        ScoreSheet.objects.filter(member__challenge=challenge)
        .order_by()
        .values_list("member")
        .annotate(last=Max("saved_at"))
    )
    rows = []
    for member in work.members:
        if member.role not in SCORING:
            continue
        due = sum(member.pk in called for called in work.called.values())
        done = sum(member.pk == pk for _proposal, pk in work.handed_in)
        recused = sum(member.pk in members for members in work.recused.values())
        rows.append(
            {
                "member": member,
                "due": due,
                "done": min(done, due),
                "share": 100 * min(done, due) // due if due else 0,
                "left": sum(member.pk in owing for owing in work.owed.values()),
                "recused": recused,
                "last": last.get(member.pk),
            }
        )
    return rows


def _reassigned(challenge: Challenge, titles: dict[int, str]) -> list[dict[str, Any]]:
    rows = Reassignment.objects.filter(member__challenge=challenge, proposal__in=list(titles))
    return [
        {"row": row, "title": titles[row.proposal_id]}
        for row in rows.select_related("member__user").order_by("made_at", "pk")
    ]


def _carry_out(request: HttpRequest, challenge: Challenge, wanted: str, form: Any, *, at: datetime) -> bool:
    """Do what was asked; False to show the page with what is wrong."""
    try:
        if wanted == "reassign":
            member, proposal = form.cleaned_data["sheet"]
            actions.reassign(member, proposal, reason=form.cleaned_data["reason"], by=request.user, at=at)
            messages.success(request, _("Given to the substitute. Both have been told."))
        elif wanted == "replace":
            said = form.cleaned_data
            actions.replace(said["member"], said["email"], reason=said["reason"], by=request.user, at=at)
            messages.success(request, _("Replaced. Both have been told; the first's sheets stay on record."))
        else:
            told = actions.remind(challenge, by=request.user, at=at)
            words = ngettext("%(n)s person has been reminded.", "%(n)s people have been reminded.", told)
            if told:
                messages.success(request, words % {"n": told})
            else:
                messages.info(request, _("Nobody is left to remind today."))
    except DomainError as refusal:
        if form is None:
            messages.error(request, str(refusal))
            return True
        refusals.put(form, refusal)
        return False
    return True
