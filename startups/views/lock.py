"""The final reasons of the secretary, and the lock of chair and secretary."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import evaluation as actions
from startups.calculations.panel import draft_reason
from startups.calculations.scoring import criterion_points, spread
from startups.forms.evaluation import ReasonsForm
from startups.models import AgreedScore, CriterionReason, Evaluation, PanelRole, Proposal, Score, ScoreSheet
from startups.policies import evaluation as policies
from startups.policies import pitch as presentations
from startups.views.evaluated import (
    challenge_or_404,
    files_of,
    pages,
    refused,
    sections_of,
    submissions_of,
    title_of,
)
from startups.views.sealed import proposal_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest, slug: str) -> HttpResponse:
    """Where every proposal stands, what is lacking, and the confirmation."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    member = policies.check_can_see_lock(challenge, by=request.user, at=at)
    if request.method == "POST":
        try:
            evaluation = actions.lock(challenge, by=request.user, at=at)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("startups:lock", slug=slug)
        if evaluation.locked_at:
            messages.success(request, _("The scores are locked, the prices are open and the ranking is made."))
            return redirect("startups:ranking", slug=slug)
        messages.success(request, _("Confirmed. The other of the two has been told."))
        return redirect("startups:lock", slug=slug)
    evaluation = (
        Evaluation.objects.filter(challenge=challenge).select_related("locked_by_chair", "locked_by_secretary").first()
    )
    work = policies.work(challenge, at=at)
    lines = [*policies.lines_of(work), *presentations.lines(challenge, at=at)]
    confirmed = evaluation and (
        evaluation.locked_by_chair_id if member.role == PanelRole.CHAIR else evaluation.locked_by_secretary_id
    )
    context = {
        "challenge": challenge,
        "member": member,
        "is_secretary": member.role == PanelRole.SECRETARY,
        "at": at,
        "pages": pages(challenge, request.user, "lock", at=at),
        "evaluation": evaluation,
        "checks": [(line.level, line.text) for line in lines],
        "has_confirmed": bool(confirmed),
        "can_lock": not confirmed
        and all(line.level != "stop" for line in lines)
        and allows(policies.check_can_lock, challenge, work, by=request.user, at=at),
        "rows": progress(challenge, request.user, work),
    }
    return render(request, "startups/lock.html", context)


def progress(challenge: Challenge, user: Any, work: policies.Work) -> list[dict[str, Any]]:
    """Return for each proposal: sheets in and due, reasons written, spread where the person may see the scores."""
    visible = Proposal.objects.judged_by(user).filter(challenge=challenge).select_related("organisation")
    shown = list(visible.order_by("pk"))
    submissions = submissions_of(shown)
    written: dict[int, int] = {}
    for proposal in CriterionReason.objects.filter(proposal__in=shown).values_list("proposal_id", flat=True):
        written[proposal] = written.get(proposal, 0) + 1
    given = given_points(challenge, user)
    names = {member.pk: member.user.short_name for member in work.members}
    rows, to_agree = [], work.to_agree
    for proposal in shown:
        owed = work.owed.get(proposal.pk, [])
        spreads = [spread(points) for (pk, _criterion), points in given.items() if pk == proposal.pk]
        rows.append(
            {
                "proposal": proposal,
                "title": title_of(submissions.get(proposal.pk)),
                "sheets": len(work.sheets(proposal)),
                "called": len(work.called[proposal.pk]),
                "waiting": ", ".join(names[pk] for pk in owed),
                "reasons": written.get(proposal.pk, 0),
                "criteria": len(work.criteria),
                "is_all_in": not owed and bool(work.called[proposal.pk]),
                "wide": not owed and any(value >= work.consensus_range for value in spreads),
                "to_agree": not owed and any(key[0] == proposal.pk for key in to_agree),
            }
        )
    return rows


def given_points(challenge: Challenge, user: Any) -> dict[tuple[int, int], list[int]]:
    """Return the points given by (proposal, criterion), of the sheets that count and that this person may see."""
    sheets = ScoreSheet.objects.visible_to(user).filter(proposal__challenge=challenge)
    rows = Score.objects.counting().filter(sheet__in=sheets)
    found: dict[tuple[int, int], list[int]] = {}
    for proposal, criterion, points in rows.order_by("sheet_id").values_list(
        "sheet__proposal_id", "criterion_id", "points"
    ):
        found.setdefault((proposal, criterion), []).append(points)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: HttpRequest, public_id: str) -> HttpResponse:
    """The sheets side by side, and the final reason for each criterion: the secretary writes, the chair reads."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.judged_by(request.user), public_id)
    challenge = proposal.challenge
    policies.check_can_see_lock(challenge, by=request.user, at=at)
    criteria = policies.judged(challenge)
    sheets = list(
        ScoreSheet.objects.visible_to(request.user)
        .counting()
        .filter(proposal=proposal)
        .select_related("member__user")
        .prefetch_related("scores")
        .order_by("member__named_at", "pk")
    )
    given = {
        criterion.pk: [
            (sheet.member, score)
            for sheet in sheets
            for score in sheet.scores.all()
            if score.criterion_id == criterion.pk
        ]
        for criterion in criteria
    }
    written = {row.criterion_id: row for row in CriterionReason.objects.filter(proposal=proposal)}
    agreed = AgreedScore.objects.counting([challenge])
    drafts = {
        pk: draft_reason(
            [agreed[proposal.pk, pk].reason]
            if (proposal.pk, pk) in agreed
            else [score.reason for _member, score in rows if not score.is_unable]
        )
        for pk, rows in given.items()
    }
    work = policies.work(challenge, at=at)
    form = ReasonsForm(
        request.POST or None, criteria=criteria, written=written, drafts=drafts, shortest=work.shortest_reason
    )
    if request.method == "POST" and form.is_valid() and _write(request, proposal, form, criteria, at=at):
        return redirect("startups:lock", slug=challenge.slug)
    submission = submissions_of([proposal]).get(proposal.pk)
    context = {
        "proposal": proposal,
        "challenge": challenge,
        "at": at,
        "title": title_of(submission),
        "sections": sections_of(submission),
        "files": files_of(proposal, submission),
        "form": form,
        "can_write": allows(policies.check_can_write_reasons, proposal, by=request.user, at=at),
        "rows": [
            _row(
                criterion,
                given[criterion.pk],
                form,
                written,
                work.consensus_range,
                agreed.get((proposal.pk, criterion.pk)),
            )
            for criterion in criteria
        ],
    }
    return render(request, "startups/reasons.html", context)


def _row(
    criterion: Any,
    given: list[Any],
    form: ReasonsForm,
    written: dict[int, Any],
    consensus: int,
    agreed: AgreedScore | None,
) -> dict[str, Any]:
    """Return what the page shows of a criterion: the points that count are the agreed ones, where a session did."""
    points = [score.points for _member, score in given if score.points is not None]
    counted = points if agreed is None or agreed.points is None else [agreed.points]
    return {
        "criterion": criterion,
        "given": given,
        "result": criterion_points(criterion.weight_percent, counted) if counted else None,
        "agreed": agreed,
        "range": spread(points),
        "is_wide": spread(points) >= consensus,
        "field": form[f"reason-{criterion.pk}"],
        "written": written.get(criterion.pk),
    }


def _write(request: HttpRequest, proposal: Proposal, form: ReasonsForm, criteria: list[Any], *, at: datetime) -> bool:
    """Write the reasons; False to show the page again with what is wrong."""
    texts = {criterion.pk: form.cleaned_data[f"reason-{criterion.pk}"] for criterion in criteria}
    try:
        actions.save_reasons(proposal, texts=texts, by=request.user, at=at)
    except DomainError as refusal:
        refused(form, refusal)
        return False
    messages.success(request, _("Reasons saved."))
    return True
