"""The two documents of an evaluation: record of the opening, evaluation report. In Spanish, as the city signs."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from challenges.models import Challenge, Criterion
from govtech.accounts.models import User
from govtech.files import pdf
from govtech.files.actions import store_bytes
from govtech.files.models import StoredFile
from govtech.shell.words import euros, formatted, number
from startups.calculations.scoring import spread
from startups.models import (
    AbnormalOffer,
    AgreedScore,
    ConflictDeclaration,
    CriterionReason,
    Evaluation,
    Opening,
    PanelMember,
    PitchScore,
    ProposalResult,
    ProposalStatus,
    Recusation,
    Score,
    Submission,
)
from startups.policies import conflict as conflicts

LANGUAGE = "es"


def opening_record(opening: Opening, challenge: Challenge, *, by: User, at: datetime) -> StoredFile:
    """Make and keep the record of the opening: who, when, which receipts and hashes, and whether they match."""
    with translation.override(LANGUAGE):
        title = _("Record of the opening of proposals")
        blocks = [
            pdf.facts(
                [
                    (_("Challenge"), challenge.title),
                    (_("Deadline"), formatted(challenge.closes_at, "when")),
                    (_("Opened"), formatted(opening.opened_at, "when")),
                    (_("Prepared by"), opening.witnessed_by.full_name),
                    (_("Opened by"), opening.opened_by.full_name),
                    (_("Reason"), opening.reason),
                    (_("Proposals"), len(opening.record)),
                ]
            ),
            *_entries(opening.record),
        ]
        return _keep(title, challenge, blocks, name=f"apertura-{challenge.reference}.pdf", by=by, at=at)


def _entries(record: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not record:
        return [pdf.paragraph(_("No proposal was received."))]
    blocks: list[dict[str, Any]] = []
    for entry in record:
        blocks += [
            pdf.heading(entry["register_number"]),
            pdf.facts(
                [
                    (_("Received"), formatted(parse_datetime(entry["received_at"]), "when")),
                    (_("Files"), len(entry["files"])),
                    (
                        _("Check"),
                        _("It is what was handed in.")
                        if entry["matches"]
                        else _("It is NOT what was handed in: it was not opened."),
                    ),
                ]
            ),
            pdf.paragraph(_("SHA-256 of the receipt, and computed at the opening:")),
            pdf.code(f"{entry['manifest_hash']}\n{entry['computed_hash'] or '—'}"),
        ]
    return blocks


def evaluation_report(evaluation: Evaluation, challenge: Challenge, *, by: User, at: datetime) -> StoredFile:
    """Make and keep the evaluation report: panel, declarations, points, reasons, prices, ranking and draw."""
    criteria = list(challenge.criteria.order_by("position"))
    results = list(
        ProposalResult.objects.filter(proposal__challenge=challenge)
        .select_related("proposal__organisation")
        .order_by("rank", "-total_points", "pk")
    )
    with translation.override(LANGUAGE):
        title = _("Evaluation report")
        blocks = [
            pdf.facts(
                [
                    (_("Challenge"), challenge.title),
                    (_("Scores locked"), formatted(evaluation.locked_at, "when")),
                    (_("Prices opened"), formatted(evaluation.economic_opened_at, "when")),
                    (_("Minimum total"), number(challenge.pass_mark)),
                    (_("Seed of the draw"), evaluation.draw_seed),
                ]
            ),
            pdf.heading(_("Panel")),
            pdf.table([_("Person"), pgettext("panel", "Part"), _("Declaration")], _panel(challenge)),
            *_independence(challenge),
            pdf.heading(_("Ranking")),
            _ranking(criteria, results),
            *_low_offers(challenge),
            *_reasons(challenge, criteria, results),
        ]
        return _keep(title, challenge, blocks, name=f"valoracion-{challenge.reference}.pdf", by=by, at=at)


def _panel(challenge: Challenge) -> list[list[str]]:
    recused = dict.fromkeys(
        ConflictDeclaration.objects.filter(member__challenge=challenge, has_conflict=True).values_list(
            "member_id", flat=True
        ),
        True,
    )
    rows = []
    for member in PanelMember.objects.filter(challenge=challenge).select_related("user").order_by("named_at", "pk"):
        if member.has_conflict:
            said = _("conflict: left the panel")
        elif member.left_at:
            said = _("left the panel")
        elif member.pk in recused:
            said = _("conflict on one or more organisations, whose proposals they did not score")
        else:
            said = _("no conflict")
        rows.append([member.user.full_name, member.get_role_display(), said])
    return rows


def _independence(challenge: Challenge) -> list[dict[str, Any]]:
    """List who was recused from what, matches that were no conflict, and members that were challenged."""
    rows = ConflictDeclaration.objects.filter(member__challenge=challenge).exclude(has_conflict=False, matches=[])
    declared = [
        [
            row.member.user.full_name,
            row.proposal.organisation.name,
            _("recused") if row.has_conflict else _dismissed(row.matches),
        ]
        for row in rows.select_related("member__user", "proposal__organisation").order_by("declared_at", "pk")
    ]
    challenged = [
        [
            row.member.user.full_name,
            row.organisation.name,
            f"{_('upheld') if row.is_upheld else _('turned down')}: {row.decision}",
        ]
        for row in Recusation.objects.filter(member__challenge=challenge, decided_at__isnull=False)
        .select_related("member__user", "organisation")
        .order_by("asked_at", "pk")
    ]
    blocks: list[dict[str, Any]] = []
    if declared:
        head = [_("Person"), _("Organisation"), _("Declaration")]
        blocks += [pdf.heading(_("Recusals, by proposal")), pdf.table(head, declared)]
    if challenged:
        head = [_("Person"), _("Challenged by"), pgettext("of a challenge of a member", "Decision")]
        blocks += [pdf.heading(_("Members challenged")), pdf.table(head, challenged)]
    return blocks


def _dismissed(matches: list[str]) -> str:
    """Say what the portal had found, and that it is no conflict. Why not was said in confidence."""
    found = ", ".join(str(conflicts.TOLD.get(kind, kind)) for kind in matches)
    return _("no conflict, having explained a match: %(found)s") % {"found": found}


def _ranking(criteria: list[Criterion], results: list[ProposalResult]) -> dict[str, Any]:
    head = [
        _("Place"),
        _("Organisation"),
        *(f"{c.name} ({c.weight_percent})" for c in criteria),
        _("Price, net"),
        _("Total"),
    ]
    rows = [
        [
            result.rank or _standing(result),
            result.proposal.organisation.name,
            *(number(_points(result, criterion), places=2) for criterion in criteria),
            euros(result.price_net),
            number(result.total_points or 0, places=2),
        ]
        for result in results
    ]
    return pdf.table(head, rows, numeric=range(2, len(head)))


def _standing(result: ProposalResult) -> str:
    if result.proposal.status == ProposalStatus.EXCLUDED:
        return _("left out for its price")
    return _("below a threshold")


def _low_offers(challenge: Challenge) -> list[dict[str, Any]]:
    """Say which offers were presumed abnormally low, how they were heard and what was decided."""
    rows = list(
        AbnormalOffer.objects.filter(proposal__challenge=challenge)
        .select_related("proposal__organisation", "decided_by")
        .order_by("pk")
    )
    if not rows:
        return []
    blocks: list[dict[str, Any]] = [pdf.heading(_("Abnormally low offers"))]
    for row in rows:
        said = [
            (_("Offer, net"), euros(row.offer_net)),
            (_("Limit of the call"), euros(row.limit_net)),
            (pgettext("offer", "Asked on"), formatted(row.asked_at, "when") if row.asked_at else _("not asked yet")),
            (_("Justification"), formatted(row.answered_at, "when") if row.answered_at else _("none came")),
        ]
        if row.decided_at:
            said.append((_("Decision"), _("it stays") if row.is_accepted else _("left out for its price")))
            said.append((_("Decided"), f"{formatted(row.decided_at, 'when')}, {row.decided_by.full_name}"))
        blocks += [pdf.heading(row.proposal.organisation.name, level=2), pdf.facts(said)]
        if row.reason:
            blocks.append(pdf.paragraph(row.reason))
    return blocks


def _points(result: ProposalResult, criterion: Criterion) -> Decimal:
    return Decimal(result.points.get(str(criterion.pk), "0"))


def _reasons(challenge: Challenge, criteria: list[Criterion], results: list[ProposalResult]) -> list[dict[str, Any]]:
    reasons = {
        (row.proposal_id, row.criterion_id): row.text
        for row in CriterionReason.objects.filter(proposal__challenge=challenge)
    }
    given: dict[tuple[int, int], list[int]] = {}
    agreed = AgreedScore.objects.counting([challenge])
    for proposal_id, criterion_id, mark in (
        Score.objects.counting()
        .filter(sheet__proposal__challenge=challenge)
        .order_by("pk")
        .values_list("sheet__proposal_id", "criterion_id", "points")
    ):
        given.setdefault((proposal_id, criterion_id), []).append(mark)
    pitched = PitchScore.objects.counting().filter(proposal__challenge=challenge).order_by("pk")
    for proposal_id, criterion_id, mark in pitched.values_list("proposal_id", "criterion_id", "points"):
        given.setdefault((proposal_id, criterion_id), []).append(mark)
    titles = {
        submission.proposal_id: submission.technical["sections"]["title"]
        for submission in Submission.objects.filter(proposal__challenge=challenge, superseded_by=None)
        if submission.technical
    }
    blocks: list[dict[str, Any]] = []
    for result in results:
        proposal = result.proposal
        blocks.append(pdf.heading(f"{proposal.organisation.name} · {titles.get(proposal.pk, '')}"))
        for criterion in criteria:
            points = given.get((proposal.pk, criterion.pk), [])
            if not points:
                continue
            blocks += [
                pdf.heading(criterion.name, level=2),
                pdf.facts(
                    [
                        (_("Points"), f"{number(_points(result, criterion), places=2)} / {criterion.weight_percent}"),
                        (_("Given by the members, 0 to 5"), ", ".join(map(str, sorted(points)))),
                        (_("Range"), spread(points)),
                        *_agreed(agreed.get((proposal.pk, criterion.pk))),
                    ]
                ),
                pdf.paragraph(reasons.get((proposal.pk, criterion.pk), "")),
            ]
    return blocks


def _agreed(found: AgreedScore | None) -> list[tuple[str, Any]]:
    """Return what a session made of scores far apart: the points that count, when, and why."""
    if found is None:
        return []
    kept = _("each kept their own: the mean counts")
    session = _("Session %(number)s, %(when)s") % {
        "number": found.session.number,
        "when": formatted(found.session.held_at, "when"),
    }
    return [
        (_("Agreed by the panel, 0 to 5"), kept if found.points is None else found.points),
        (_("Agreed in"), session),
        (_("Why it was agreed"), found.reason),
    ]


def _keep(title: str, challenge: Challenge, blocks: list[Any], *, name: str, by: User, at: datetime) -> StoredFile:
    data = pdf.render(
        "document", {"title": title, "reference": challenge.reference, "lang": LANGUAGE, "blocks": blocks}, at=at
    )
    return store_bytes(data, name=name, content_type=pdf.CONTENT_TYPE, by=by, at=at)
