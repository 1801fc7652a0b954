"""Challenges along their evaluation, made with the real actions: opened, admitted, with a panel, scored, locked.

Each helper does what comes before it where that isn't done yet, at an instant the challenge allows: an hour later for
every step. Tests that go on from there travel to `later(challenge)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from challenges.models import Challenge, Criterion, CriterionKind, Status
from govtech import clock
from govtech.accounts.models import User
from startups.actions import admission, consensus, evaluation
from startups.actions import opening as openings
from startups.actions import panel as panels
from startups.models import (
    Evaluation,
    Opening,
    PanelMember,
    PanelRole,
    PanelSession,
    Proposal,
    ProposalStatus,
    ScoreSheet,
    SessionMode,
)
from startups.models.panel import SCORING
from startups.policies import evaluation as evaluation_policies
from startups.policies.opening import opens_from
from tests import people
from tests.challenges.factories import open_challenge
from tests.snapshots import kept
from tests.startups.factories import organisation, submitted_proposal

REASON = "Mide el ahorro con datos del propio servicio y propone un grupo de control."


@dataclass
class Panel:
    """The people of a panel, by part. Everybody has declared no conflict."""

    chair: PanelMember
    members: list[PanelMember]
    secretary: PanelMember
    substitute: PanelMember
    people: list[PanelMember] = field(default_factory=list)

    @property
    def voting(self) -> list[PanelMember]:
        """Chair and members."""
        return [self.chair, *self.members]


def later(challenge: Challenge, hours: int = 0) -> datetime:
    """Return an instant at which the challenge's proposals may be opened, and `hours` after it; never the past."""
    return max(clock.now(), opens_from(challenge)) + timedelta(hours=hours)


@kept
def with_proposals(prices: Sequence[str] = ("12000.00", "14000.00"), challenge: Challenge | None = None) -> Challenge:
    """Return an open challenge with a proposal handed in at each price, by different organisations."""
    challenge = challenge or open_challenge()
    with clock.travel(max(clock.now(), challenge.opens_at + timedelta(hours=1))):
        for price in prices:
            submitted_proposal(challenge, organisation(), price=price)
    return challenge


@kept
def opened(challenge: Challenge | None = None, *, prices: Sequence[str] = ("12000.00", "14000.00")) -> Challenge:
    """Return the challenge with its proposals opened by two people."""
    challenge = challenge or with_proposals(prices)
    with clock.travel(later(challenge)):
        at = clock.now()
        openings.prepare(challenge, reason="El plazo ha terminado.", by=people.officer(), at=at)
        openings.open_proposals(challenge, by=people.officer(), at=at)
    challenge.refresh_from_db()
    return challenge


@kept
def admitted(challenge: Challenge | None = None, **kwargs: Sequence[str]) -> Challenge:
    """Return the challenge with every opened proposal admitted."""
    challenge = challenge or with_proposals(**kwargs)
    if challenge.status == Status.PUBLISHED:
        challenge = opened(challenge)
    by = people.officer()
    with clock.travel(later(challenge, 1)):
        for proposal in proposals_of(challenge).filter(status=ProposalStatus.SUBMITTED):
            admission.admit(proposal, by=by, at=clock.now())
    return challenge


def named(challenge: Challenge, *, voting: int = 3) -> Panel:
    """Name a panel that has declared nothing yet."""
    by = people.officer()
    with clock.travel(later(challenge, 1)):
        at = clock.now()

        def name(role: PanelRole, user: User) -> PanelMember:
            return panels.name_member(challenge, user, role=role, by=by, at=at)

        chair = name(PanelRole.CHAIR, people.person("Presidenta Prueba"))
        members = [name(PanelRole.MEMBER, people.person(f"Vocal {n}")) for n in range(1, voting)]
        secretary = name(PanelRole.SECRETARY, people.officer("Secretario Prueba"))
        substitute = name(PanelRole.SUBSTITUTE, people.person("Suplente Prueba"))
    return Panel(chair, members, secretary, substitute, [chair, *members, secretary, substitute])


def panel(challenge: Challenge, *, voting: int = 3) -> Panel:
    """Name a panel; everybody declares no conflict, on the challenge and on every admitted proposal."""
    found = named(challenge, voting=voting)
    with clock.travel(later(challenge, 2)):
        for member in found.people:
            clear(member)
    return found


@kept
def judged(prices: Sequence[str] = ("9000.00", "8000.00")) -> tuple[Challenge, Panel]:
    """Return a challenge with admitted proposals and a panel that has declared."""
    challenge = admitted(prices=prices)
    return challenge, panel(challenge)


def clear(member: PanelMember) -> None:
    """Declare that the person has no conflict at all."""
    at = clock.now()
    panels.declare(member, has_conflict=False, text="", by=member.user, at=at)
    for proposal in Proposal.objects.on_panel().filter(challenge=member.challenge).order_by("pk"):
        panels.declare_on(member, proposal, has_conflict=False, reason="", by=member.user, at=at)


def proposals_of(challenge: Challenge) -> "Proposal.objects":
    """Return the challenge's opened proposals, first handed in first."""
    return Proposal.objects.filter(challenge=challenge, opened_at__isnull=False).order_by("pk")


def judged_criteria(challenge: Challenge) -> list[Criterion]:
    """Return the criteria that the panel scores, in order."""
    return list(challenge.criteria.filter(kind=CriterionKind.JUDGEMENT).order_by("position"))


def sheet(
    member: PanelMember, proposal: Proposal, points: int | Mapping[int, int] = 4, *, reason: str = REASON
) -> ScoreSheet:
    """Fill and hand in one sheet: the same points everywhere, or by criterion id."""
    at = clock.now()
    entries = {
        criterion.pk: (points if isinstance(points, int) else points[criterion.pk], reason)
        for criterion in judged_criteria(proposal.challenge)
    }
    made = evaluation.save_sheet(member, proposal, entries=entries, by=member.user, at=at)
    return evaluation.hand_in(made, by=member.user, at=at)


@kept
def scored(
    challenge: Challenge | None = None, *, points: Sequence[int] = (4, 3), reasons: bool = True, **kwargs: Sequence[str]
) -> tuple[Challenge, Panel]:
    """Return a challenge whose sheets are all in, and its panel. `points` are given in turn to each proposal."""
    challenge = admitted(challenge, **kwargs)
    found = panel(challenge)
    with clock.travel(later(challenge, 3)):
        at = clock.now()
        for index, proposal in enumerate(proposals_of(challenge).filter(status=ProposalStatus.ADMITTED)):
            called = evaluation_policies.work(challenge, at=at).called[proposal.pk]
            for member in PanelMember.objects.filter(pk__in=called, role__in=SCORING).order_by("pk"):
                sheet(member, proposal, points[index % len(points)])
            if reasons:
                for criterion in judged_criteria(challenge):
                    evaluation.save_reason(proposal, criterion, text=REASON, by=found.secretary.user, at=at)
    return challenge, found


def session(challenge: Challenge, found: Panel, *, present: Sequence[PanelMember] | None = None) -> PanelSession:
    """Record a session, held now, to which everybody came."""
    at = clock.now()
    return consensus.record_session(
        challenge,
        held_at=at,
        mode=SessionMode.REMOTE,
        agenda="Puesta en común de las puntuaciones.",
        present=found.people if present is None else present,
        by=found.secretary.user,
        at=at,
    )


def settled(challenge: Challenge, found: Panel, *, points: int | None = None) -> None:
    """Deal in a session with all scores far apart: as agreed, or kept by everybody."""
    at = clock.now()
    to_agree = evaluation_policies.work(challenge, at=at).to_agree
    if not to_agree:
        return
    held = session(challenge, found)
    proposals, criteria = Proposal.objects.in_bulk(), Criterion.objects.in_bulk()
    for proposal, criterion in to_agree:
        consensus.agree(
            proposals[proposal],
            criteria[criterion],
            session=held,
            points=points,
            reason=REASON,
            by=found.secretary.user,
            at=at,
        )


@kept
def locked(challenge: Challenge | None = None, **kwargs: Sequence[int]) -> Challenge:
    """Return a challenge whose scores are locked, prices open and ranking made."""
    challenge, found = scored(challenge, **kwargs)
    with clock.travel(later(challenge, 4)):
        at = clock.now()
        settled(challenge, found)
        evaluation.lock(challenge, by=found.chair.user, at=at)
        evaluation.lock(challenge, by=found.secretary.user, at=at)
    challenge.refresh_from_db()
    return challenge


def opening_of(challenge: Challenge) -> Opening:
    """Return the record."""
    return Opening.objects.get(challenge=challenge)


def evaluation_of(challenge: Challenge) -> Evaluation:
    """Return the evaluation."""
    return Evaluation.objects.get(challenge=challenge)
