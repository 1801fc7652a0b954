"""A panel as large as they come: 30 proposals, 7 members who vote, 6 criteria they judge, and the price.

Plain rows, made in bulk with the database's triggers off: a tenth of a second where the real actions would take a
minute. What the real actions write is theirs to test; here are the amounts of it. Points are a fixed pattern.

    panel = big_panel()              every sheet handed in, every reason written, nothing locked
    panel = big_panel(handed_in=0)   every sheet saved with its points, none handed in
    panel = big_panel(locked=True)   locked, prices open, ranked by the function that the lock calls
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from challenges.models import Challenge, Criterion, CriterionKind, Status
from govtech import clock
from govtech.accounts.models import User
from startups.actions import ranking
from startups.calculations.scoring import seed_of
from startups.models import (
    ConflictDeclaration,
    CriterionReason,
    Evaluation,
    Membership,
    Opening,
    Organisation,
    OrganisationKind,
    OrganisationRole,
    PanelMember,
    PanelRole,
    Participation,
    Proposal,
    ProposalResult,
    ProposalStatus,
    Receipt,
    Score,
    ScoreSheet,
    SheetStatus,
    Submission,
)
from tests import people
from tests.challenges.factories import draft_challenge
from tests.copies import unchecked
from tests.startups.factories import TEXTS, company_nif

PROPOSALS, VOTING, JUDGED = 30, 7, 6
WEIGHTS = (25, 20, 15, 10, 10, 10)  # of what is judged; the price weighs what is left to 100
REASON = "Mide el ahorro con datos del propio servicio y propone un grupo de control."
NAMES = (
    "Ajuste al reto", "Impacto en el servicio", "Grado de innovación", "Viabilidad del plan", "Equipo",
    "Escalabilidad a otros distritos",
)  # fmt: skip


@dataclass
class BigPanel:
    """What was made. `voting` are the chair and the members; `proposals` in the order they came in."""

    challenge: Challenge
    criteria: list[Criterion]  # those judged
    price: Criterion
    proposals: list[Proposal]
    chair: PanelMember
    voting: list[PanelMember]
    secretary: PanelMember
    evaluation: Evaluation


def pattern(proposal: int, member: int, criterion: int) -> int:
    """Return the points of a member, 0 to 5: better and worse proposals, members who differ by a point or two."""
    level = (proposal * 7) % 11 / 2.2
    return max(0, min(5, round(level + ((proposal + 3 * member + 2 * criterion) % 5 - 2) / 2)))


def big_panel(
    *,
    proposals: int = PROPOSALS,
    voting: int = VOTING,
    points: Callable[[int, int, int], int] = pattern,
    prices: Callable[[int], str] = lambda n: f"{9000 + 173 * n}.50",
    handed_in: int | None = None,
    locked: bool = False,
    presents: int | None = None,
    chair: User | None = None,
    **terms: Any,
) -> BigPanel:
    """Make it. `handed_in`: how many of the voting members have handed in (None: all); the others have drafts.

    With `presents` the last criterion is a presentation, of so many proposals, and nobody is shortlisted yet. `terms`
    are columns of the call: `abnormal_rule="mean", abnormal_percent=25`.
    """
    at = clock.now()
    made, criteria, price = _challenge(at, presents=presents is not None)
    with unchecked():
        terms["shortlist_size"] = presents
        Challenge.objects.filter(pk=made.pk).update(**_launched(made, at, proposals), **terms)
    made.refresh_from_db()
    users = [people.person(f"Vocal {n}") for n in range(voting)]
    users[0] = chair or users[0]
    officer = people.officer("Secretario Grande")
    with unchecked():
        members = _members(made, users, officer, at)
        rows = _proposals(made, proposals, officer, at, prices, is_open=locked)
        everybody = [*members]
        ConflictDeclaration.objects.bulk_create(
            ConflictDeclaration(member=member, proposal=row, declared_at=at, has_conflict=False)
            for member in everybody
            for row in rows
        )
        in_order = len(users) if handed_in is None else handed_in
        _sheets(rows, members[:voting], criteria, points, in_order, at)
        if in_order == len(users):
            CriterionReason.objects.bulk_create(
                CriterionReason(proposal=row, criterion=criterion, text=REASON, edited_at=at, edited_by=officer)
                for row in rows
                for criterion in criteria
            )
        Opening.objects.create(
            challenge=made,
            opened_at=at,
            opened_by=officer,
            witnessed_at=at,
            witnessed_by=users[0],
            reason="El plazo ha terminado.",
            record=[],
        )
        evaluation = Evaluation.objects.create(challenge=made)
        if locked:
            _lock(evaluation, made, rows, members[0], members[voting], at)
    return BigPanel(made, criteria, price, rows, members[0], members[:voting], members[voting], evaluation)


def _challenge(at: datetime, *, presents: bool) -> tuple[Challenge, list[Criterion], Criterion]:
    challenge = draft_challenge()
    challenge.criteria.all().delete()
    rows = [(name, weight, CriterionKind.JUDGEMENT) for name, weight in zip(NAMES, WEIGHTS, strict=True)]
    if presents:
        rows[-1] = ("Presentación", WEIGHTS[-1], CriterionKind.PITCH)
    rows.append(("Precio", 100 - sum(WEIGHTS), CriterionKind.FORMULA))
    made = Criterion.objects.bulk_create(
        Criterion(
            challenge=challenge,
            position=position,
            kind=kind,
            name=name,
            guidance="Qué se mira.",
            weight_percent=weight,
            threshold_points=Decimal(weight) / 2 if position <= 2 else Decimal(0),
        )
        for position, (name, weight, kind) in enumerate(rows, start=1)
    )
    return challenge, [row for row in made if row.kind == CriterionKind.JUDGEMENT], made[-1]


def _launched(challenge: Challenge, at: datetime, proposals: int) -> dict[str, Any]:
    return {
        "status": Status.EVALUATING,
        "reference": f"RETO-{at.year}-9{challenge.pk % 100:02d}",
        "slug": f"panel-grande-{challenge.pk}",
        "publish_at": at - timedelta(days=40),
        "opens_at": at - timedelta(days=40),
        "questions_close_at": at - timedelta(days=20),
        "answers_due_at": at - timedelta(days=15),
        "closes_at": at - timedelta(days=8),
        "evaluation_until": clock.local_date(at) + timedelta(days=20),
        "approved_at": at - timedelta(days=41),
        "submitted_at": at - timedelta(days=50),
        "proposal_count": proposals,
    }


def _members(challenge: Challenge, users: list[User], officer: User, at: datetime) -> list[PanelMember]:
    parts = [PanelRole.CHAIR, *[PanelRole.MEMBER] * (len(users) - 1), PanelRole.SECRETARY]
    return PanelMember.objects.bulk_create(
        PanelMember(
            challenge=challenge,
            user=user,
            role=role,
            named_at=at,
            named_by=officer,
            declared_at=at,
            has_conflict=False,
        )
        for user, role in zip([*users, officer], parts, strict=True)
    )


def _proposals(
    challenge: Challenge, number: int, officer: User, at: datetime, prices: Callable[[int], str], *, is_open: bool
) -> list[Proposal]:
    before = challenge.closes_at - timedelta(hours=2)
    owner = people.person("Persona Proponente")
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Empresa Grande {n} SL",
            kind=OrganisationKind.SME,
            tax_id=company_nif(8_000_000 + 100 * (challenge.pk % 1000) + n),
            created_at=before,
            created_by=owner,
        )
        for n in range(number)
    )
    Membership.objects.bulk_create(
        Membership(organisation=each, user=owner, role=OrganisationRole.OWNER, joined_at=before, joined_by=owner)
        for each in organisations
    )
    proposals = Proposal.objects.bulk_create(
        Proposal(
            challenge=challenge,
            organisation=each,
            status=ProposalStatus.ADMITTED,
            created_at=before,
            created_by=owner,
            submitted_at=before,
            opened_at=challenge.closes_at + timedelta(days=1),
            decided_at=at,
            decided_by=officer,
        )
        for each in organisations
    )
    Participation.objects.bulk_create(
        Participation(challenge=challenge, organisation=each.organisation, proposal=each, role="lead")
        for each in proposals
    )
    submissions = Submission.objects.bulk_create(
        Submission(
            proposal=each,
            number=1,
            technical_blob=b"",
            economic_blob=b"",
            manifest={},
            manifest_hash=f"{n:064x}",
            signatory_name=b"",
            submitted_at=before,
            submitted_by=owner,
            technical={
                "sections": {**TEXTS, "title": f"Propuesta grande número {n + 1}"},
                "files": [],
                "signatory": {"name": "Ana Prueba", "post": "Administradora única"},
            },
            economic=economic(prices(n)) if is_open else None,
        )
        for n, each in enumerate(proposals)
    )
    Receipt.objects.bulk_create(
        Receipt(
            submission=each,
            register_number=f"GVT-{challenge.pk}-{n:04d}",
            code=f"BIG{challenge.pk:06d}{n:06d}",
            code_hash=f"{n:064x}",
            received_at=before,
            manifest_hash=each.manifest_hash,
        )
        for n, each in enumerate(submissions)
    )
    return proposals


def economic(price: str) -> dict[str, Any]:
    """Return what an opened economic envelope says, in one milestone."""
    milestone = {"title": "Todo", "deliverables": "Todo.", "acceptance_criteria": "Se comprueba.", "month": 3}
    return {
        "amount_net": price,
        "vat_regime": "general",
        "breakdown": "Equipos y trabajo.",
        "milestones": [{**milestone, "amount_net": price}],
        "files": [],
    }


def _sheets(
    proposals: list[Proposal],
    voting: list[PanelMember],
    criteria: list[Criterion],
    points: Callable[[int, int, int], int],
    handed_in: int,
    at: datetime,
) -> None:
    places = [(p, m) for p in range(len(proposals)) for m in range(len(voting))]
    sheets = ScoreSheet.objects.bulk_create(
        ScoreSheet(
            member=voting[m],
            proposal=proposals[p],
            status=SheetStatus.HANDED_IN if m < handed_in else SheetStatus.DRAFT,
            handed_in_at=at if m < handed_in else None,
        )
        for p, m in places
    )
    Score.objects.bulk_create(
        Score(sheet=sheet, criterion=criterion, points=points(p, m, c), reason=REASON, saved_at=at)
        for sheet, (p, m) in zip(sheets, places, strict=True)
        for c, criterion in enumerate(criteria)
    )


def _lock(
    evaluation: Evaluation,
    challenge: Challenge,
    proposals: list[Proposal],
    chair: PanelMember,
    secretary: PanelMember,
    at: datetime,
) -> None:
    evaluation.locked_by_chair, evaluation.chair_locked_at = chair.user, at
    evaluation.locked_by_secretary, evaluation.secretary_locked_at = secretary.user, at
    evaluation.locked_at = evaluation.economic_opened_at = at
    evaluation.draw_seed = seed_of(ranking.receipts_of(challenge).values_list("manifest_hash", flat=True))
    evaluation.save()
    ProposalResult.objects.bulk_create(
        ProposalResult(proposal=each, points={}, judgement_points=Decimal(0)) for each in proposals
    )
    ranking.rank(challenge, proposals, evaluation, by=secretary.user, at=at)
