"""What every page of an evaluation shares: finding the challenge, and the links between its pages."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.errors import DomainError
from startups.actions import reading
from startups.calculations.amounts import amounts_in
from startups.calculations.form import sections_in
from startups.models import Evaluation, LateOpening, Opening, PanelMember, PanelRole, Proposal, Submission
from startups.models.panel import SCORING


def challenge_or_404(request: HttpRequest, slug: str) -> Challenge:
    """Return the published challenge of that address, if the person may see it."""
    return get_object_or_404(Challenge.objects.visible_to(request.user).select_related("department"), slug=slug)


def refused(form: Any, refusal: DomainError) -> None:
    """Put a refusal beside its field, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def pages(challenge: Challenge, user: Any, current: str, *, at: datetime) -> list[dict[str, Any]]:
    """Return the links between the pages of an evaluation that this person may open: label, url, current."""
    member = PanelMember.objects.current().filter(challenge=challenge, user=user).first()
    evaluation = Evaluation.objects.filter(challenge=challenge).first()
    staff = roles.is_staff_role(user)
    was_opened, sits = evaluation is not None, member is not None
    scores = member is not None and member.role in SCORING and challenge.status == Status.EVALUATING
    locks = member is not None and member.role in {PanelRole.CHAIR, PanelRole.SECRETARY} and was_opened
    talks = member is not None and member.role != PanelRole.ADVISER and member.has_conflict is False
    talked = was_opened and (talks or (staff and evaluation.locked_at is not None))
    shown = [
        ("opening", _("Opening"), staff),
        ("admission", _("Admission"), staff and was_opened),
        ("panel", _("Panel"), staff or member is not None),
        ("declare", _("Declaration"), member is not None),
        ("scores", _("Score"), scores),
        ("progress", _("Progress"), was_opened and (roles.is_officer(user) or locks)),
        ("panel_questions", pgettext("of the panel", "Questions"), locks and member.role == PanelRole.SECRETARY),
        ("consensus", _("Consensus"), talked),
        ("sessions", pgettext("of the panel", "Sessions"), talked),
        ("lock", _("Lock"), locks),
        ("pitch", _("Presentations"), was_opened and challenge.shortlist_size is not None and (staff or sits)),
        ("ranking", _("Ranking"), was_opened and evaluation.locked_at is not None and (staff or member is not None)),
    ]
    return [
        {
            "label": label,
            "url": reverse(f"startups:{name}", kwargs={"slug": challenge.slug}),
            "current": name == current,
        }
        for name, label, may in shown
        if may
    ]


def submissions_of(proposals: list[Proposal]) -> dict[int, Submission]:
    """Return the last submission of each proposal by the proposal's key, sealed blobs left in the database.

    Of rows that are read without names (`judged_by`), what the secretary has let out and nothing else.
    """
    masked = [proposal for proposal in proposals if getattr(proposal, "is_masked", False)]
    copies = reading.copies_of(masked) if masked else {}
    rows = Submission.objects.filter(proposal__in=proposals, superseded_by=None).select_related("receipt")
    found: dict[int, Submission] = {}
    hide = {proposal.pk for proposal in masked}
    for row in rows.defer("technical_blob", "economic_blob", "signatory_name"):
        found[row.proposal_id] = Submission(proposal_id=row.proposal_id) if row.proposal_id in hide else row
        if row.proposal_id in copies:
            found[row.proposal_id].copy = copies[row.proposal_id]  # type: ignore[attr-defined]
    return found


def title_of(submission: Submission | None) -> str:
    """Return the title a proposal was handed in with."""
    if hasattr(submission, "copy"):
        return str(submission.copy["title"])
    if submission is None or submission.technical is None:
        return _("Proposal that can't be read")
    return submission.technical["sections"].get("title") or _("Proposal without a title")


def amounts_of(submission: Submission | None) -> list[str]:
    """Return the amounts of money that stand in the technical part."""
    if submission is None or submission.technical is None:
        return []
    return amounts_in("\n".join(str(text) for text in submission.technical["sections"].values()))


def record_of(challenge: Challenge) -> dict[str, dict[str, Any]]:
    """Return what the record says of each proposal, by its public id: of the opening, or of a later one of its own."""
    opening = Opening.objects.filter(challenge=challenge).first()
    late = LateOpening.objects.filter(proposal__challenge=challenge).order_by("pk")
    entries = [*(opening.record if opening else []), *(each.entry for each in late)]
    return {entry["proposal"]: entry for entry in entries}


def sections_of(submission: Any) -> list[tuple[Any, str]]:
    """Return the written parts of a proposal, its title apart: (label, text)."""
    if hasattr(submission, "copy"):
        return list(submission.copy["sections"])
    if submission is None or submission.technical is None:
        return []
    texts = submission.technical["sections"]
    form = sections_in(texts)
    return [(label, texts.get(key, "")) for key, (label, _most) in form.items() if key != "title" and texts.get(key)]


def files_of(proposal: Proposal, submission: Any, *, economic: bool = False) -> list[dict[str, Any]]:
    """Return the files of an opened envelope: name, size, address of the download."""
    if hasattr(submission, "copy"):
        return [
            {
                **entry,
                "url": reverse(
                    "startups:judged_file",
                    kwargs={"public_id": proposal.public_id, "attachment": entry["attachment"]},
                ),
            }
            for entry in submission.copy["files"]
        ]
    content = None if submission is None else (submission.economic if economic else submission.technical)
    return [
        {
            **entry,
            "url": reverse(
                "startups:file",
                kwargs={"public_id": proposal.public_id, "attachment": entry["attachment"]},
            ),
        }
        for entry in (content or {}).get("files", [])
    ]
