"""Documents of the case file, from structured data: call, admission, proposals, awards, reviews, index.

All in the language in which the city signs, tagged, with title and text; the same record makes the same bytes.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from challenges.models import Challenge, Correction, Question
from govtech.files import pdf
from govtech.files.archive import Written
from govtech.shell.words import euros, file_size, formatted, number
from pilots.calculations.letter import LANGUAGE
from pilots.models import Award, ReviewRequest
from startups.calculations.form import sections_in
from startups.models import ExclusionRule, PanelMember, Proposal, Submission
from startups.models.panel import ConflictDeclaration

TEXTS = ("problem", "affected", "tried", "outcome", "baseline", "target", "place", "systems", "data_available",
         "legal_limits", "contribution", "adoption", "ip_clause", "data_clause", "subcontracting_clause")  # fmt: skip


def _made(title: str, challenge: Challenge, blocks: list[Any], at: datetime) -> bytes:
    data = {"title": title, "reference": challenge.reference, "lang": LANGUAGE, "blocks": blocks}
    return pdf.render("document", data, at=at)


def call(challenge: Challenge, *, at: datetime) -> bytes:
    """Return the call as it was published, with its corrections and the questions that were answered."""
    with translation.override(LANGUAGE):
        blocks = [
            pdf.facts([
                (_("Challenge"), challenge.title),
                (_("Department"), challenge.department),
                (_("Case file"), challenge.case_file),
                (_("Procurement route"), challenge.get_route_display()),
                (_("Maximum of each award"), f"{euros(challenge.max_amount_net)} {_('without VAT')}"),
                (_("Number of awards"), challenge.awards_planned),
                (_("Length in months"), challenge.duration_months),
                (_("Opens"), formatted(challenge.opens_at, "when")),
                (_("Closes"), formatted(challenge.closes_at, "when")),
                (_("Minimum total"), number(challenge.pass_mark)),
            ]),
        ]  # fmt: skip
        for name in TEXTS:
            text = str(getattr(challenge, name)).strip()
            if text:
                label = str(Challenge._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                blocks += [pdf.heading(label[:1].upper() + label[1:]), pdf.paragraph(text)]
        head = (_("Criterion"), _("Weight"), _("Minimum points"))
        rows = [
            (each.name, number(each.weight_percent), number(each.threshold_points))
            for each in challenge.criteria.order_by("position")
        ]
        blocks += [pdf.heading(_("Criteria")), pdf.table(head, rows, numeric=(1, 2)), *_changes(challenge)]
        return _made(_("Call"), challenge, blocks, at)


def _changes(challenge: Challenge) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for row in Correction.objects.filter(challenge=challenge).order_by("number"):
        title = _("Correction %(n)d, %(day)s") % {"n": row.number, "day": formatted(row.published_at, "day")}
        blocks += [
            pdf.heading(title),
            pdf.facts([(_("Before"), row.old_text), (_("Now"), row.new_text), (_("Reason"), row.reason)]),
        ]
    answered = Question.objects.filter(challenge=challenge, answered_at__isnull=False, moved_out_at__isnull=True)
    for question in answered.order_by("answered_at", "pk"):
        blocks += [
            pdf.heading(_("Question answered on %(day)s") % {"day": formatted(question.answered_at, "day")}),
            pdf.paragraph(question.text),
            pdf.note(question.answer),
        ]
    return blocks


def admission(challenge: Challenge, proposals: Iterable[Proposal], *, at: datetime) -> bytes:
    """Return who was admitted, corrected or excluded, by whom, when and why."""
    with translation.override(LANGUAGE):
        blocks = []
        for proposal in proposals:
            rule = proposal.exclusion_rule
            blocks += [
                pdf.heading(proposal.organisation.name),
                pdf.facts([
                    (_("State"), proposal.get_status_display()),
                    (_("Decided"), formatted(proposal.decided_at, "when")),
                    (_("Decided by"), proposal.decided_by or ""),
                    (_("Rule"), ExclusionRule(rule).label if rule in ExclusionRule.values else ""),
                    (_("Reason"), proposal.decision_reason),
                    (_("Correction asked"), proposal.correction_request),
                    (_("Corrected"), formatted(proposal.corrected_at, "when")),
                    (_("What it answered"), proposal.correction_text),
                ]),
            ]  # fmt: skip
        blocks = blocks or [pdf.paragraph(_("No proposal was received."))]
        return _made(_("Admission of proposals"), challenge, blocks, at)


def panel(challenge: Challenge, *, at: datetime) -> bytes:
    """Return the panel with posts, when each was named, and what was declared."""
    with translation.override(LANGUAGE):
        members = list(
            PanelMember.objects.filter(challenge=challenge).select_related("user").order_by("named_at", "pk")
        )
        head = (_("Person"), _("Post"), pgettext("panel", "Part"), _("Named"), _("Declared"))
        rows = [
            (
                member.user.full_name,
                member.user.post,
                member.get_role_display(),
                formatted(member.named_at, "short_day_year"),
                _declared(member),
            )
            for member in members
        ]
        blocks = [pdf.table(head, rows)] if rows else [pdf.paragraph(_("No panel was named."))]
        recused = ConflictDeclaration.objects.filter(member__challenge=challenge, has_conflict=True)
        recused = recused.select_related("member__user", "proposal__organisation").order_by("pk")
        words = _("%(name)s did not judge %(organisation)s.")
        lines = [
            words % {"name": row.member.user.full_name, "organisation": row.proposal.organisation.name}
            for row in recused
        ]
        if lines:
            blocks += [pdf.heading(_("Recusals")), pdf.items(lines)]
        return _made(_("Panel and declarations"), challenge, blocks, at)


def _declared(member: PanelMember) -> str:
    if member.declared_at is None:
        return _("not declared")
    words = _("conflict: left the panel") if member.has_conflict else _("no conflict")
    return f"{words}, {formatted(member.declared_at, 'short_day_year')}"


def proposal(submission: Submission, challenge: Challenge, *, at: datetime) -> bytes:
    """Return what was handed in, as far as it was opened: texts, price and plan, with the receipt's hash."""
    technical, economic = submission.technical or {}, submission.economic or {}
    with translation.override(LANGUAGE):
        signatory = technical.get("signatory", {})
        blocks = [
            pdf.facts([
                (_("Organisation"), submission.proposal.organisation.name),
                (_("Tax number"), submission.proposal.organisation.tax_id),
                (_("Register number"), submission.receipt.register_number),
                (_("Received"), formatted(submission.receipt.received_at, "when")),
                (_("Signed by"), ", ".join(filter(None, [signatory.get("name"), signatory.get("post")]))),
            ]),
            pdf.paragraph(_("SHA-256 of the receipt:")),
            pdf.code(submission.manifest_hash),
        ]  # fmt: skip
        texts = technical.get("sections", {})
        for key, (label, _most) in sections_in(texts).items():
            if texts.get(key):
                blocks += [pdf.heading(label), pdf.paragraph(texts[key])]
        if economic:
            blocks += _price(economic)
        return _made(_("Proposal"), challenge, blocks, at)


def _price(economic: dict[str, Any]) -> list[dict[str, Any]]:
    head = (_("Milestone"), _("Month"), _("Amount without VAT"))
    rows = [(part["title"], part["month"], euros(Decimal(part["amount_net"]))) for part in economic["milestones"]]
    facts = [(_("Price without VAT"), euros(Decimal(economic["amount_net"]))), (_("Breakdown"), economic["breakdown"])]
    return [pdf.heading(_("Price and plan")), pdf.facts(facts), pdf.table(head, rows, numeric=(1, 2))]


def awards(challenge: Challenge, rows: Iterable[Award], *, at: datetime) -> bytes:
    """Return what was proposed to whom, what each answered, and how it ended."""
    with translation.override(LANGUAGE):
        blocks = []
        for award in rows:
            blocks += [
                pdf.heading(award.proposal.organisation.name),
                pdf.facts([
                    (_("State"), award.get_status_display()),
                    (_("Amount without VAT"), euros(award.amount_net)),
                    (_("Amount with VAT"), euros(award.amount_gross)),
                    (_("Proposed"), f"{formatted(award.proposed_at, 'when')}, {award.proposed_by}"),
                    (_("Answer until"), formatted(award.answer_due_on, "day")),
                    (_("Answered"), formatted(award.answered_at, "when")),
                    (_("What it said"), award.answer_note),
                    (_("Approved"), formatted(award.approved_at, "when")),
                    (_("Approved by"), award.approved_by or ""),
                    (_("Ended"), formatted(award.ended_at, "when")),
                    (_("Reason"), award.ended_reason),
                    (_("Papers"), "; ".join(paper.title for paper in award.papers.all())),
                ]),
                pdf.paragraph(award.reason),
            ]  # fmt: skip
        return _made(_("Proposed awards and answers"), challenge, blocks, at)


def review(request: ReviewRequest, challenge: Challenge, *, at: datetime) -> bytes:
    """Return a request to review and its answer."""
    with translation.override(LANGUAGE):
        blocks = [
            pdf.facts([
                (_("Organisation"), request.letter.proposal.organisation.name),
                (pgettext("review", "Lodged"), formatted(request.lodged_at, "when")),
                (_("In time"), _("no") if request.is_late else _("yes")),
                (_("To answer until"), formatted(request.due_on, "day")),
            ]),
            pdf.heading(_("What is asked, and why")),
            pdf.paragraph(request.text),
        ]  # fmt: skip
        if request.answered_at:
            facts = [
                (_("How it ends"), request.get_outcome_display()),
                (_("Answered"), formatted(request.answered_at, "when")),
                (_("Answered by"), request.answered_by),
            ]
            blocks += [pdf.heading(pgettext("noun", "Answer")), pdf.facts(facts), pdf.paragraph(request.answer)]
        return _made(_("Request to review"), challenge, blocks, at)


def index(challenge: Challenge, files: Iterable[Written], *, at: datetime) -> bytes:
    """Return the index of the case file: every document with its size and its SHA-256."""
    with translation.override(LANGUAGE):
        blocks = [
            pdf.facts([
                (_("Challenge"), challenge.title),
                (_("Case file"), challenge.case_file),
                (_("Put together"), formatted(at, "when")),
            ]),
            pdf.paragraph(_("The file SHA256SUMS holds the same hashes, to be checked by any program.")),
        ]  # fmt: skip
        for each in files:
            blocks += [
                pdf.heading(each.title),
                pdf.facts([(_("File"), each.path), (_("Size"), file_size(each.size))]),
                pdf.code(each.sha256),
            ]
        return _made(_("Index of the case file"), challenge, blocks, at)
