"""Sessions of a panel, and what they agree on. The members' own scores are never touched."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from challenges.models import Challenge, Criterion
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from startups.actions import confirmation
from startups.models import AgreedScore, Attendance, PanelMember, PanelRole, PanelSession, Proposal, SessionMode
from startups.models.consensus import scores_of
from startups.policies import consensus as policies
from startups.policies.progress import work

LONGEST_REASON = 4_000  # characters
MOST_POINTS = 5


@transaction.atomic
def record_session(
    challenge: Challenge,
    *,
    held_at: datetime,
    mode: SessionMode | str,
    place: str = "",
    agenda: str,
    notes: str = "",
    present: Collection[PanelMember],
    by: User,
    at: datetime,
) -> PanelSession:
    """Put a session on record, with who of the panel came. It is written once.

    Raises PermissionDenied, TransitionError, DomainError (fields `held_at`, `agenda`, `present`).
    """
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
    policies.check_can_record(challenge, by=by, at=at)
    policies.check_session(challenge, held_at=held_at, agenda=agenda, at=at)
    came = {member.pk for member in present}
    members = {
        member: member.pk in came
        for member in PanelMember.objects.current().filter(challenge=challenge).order_by("named_at", "pk")
    }
    policies.check_quorum(members)
    last = PanelSession.objects.filter(challenge=challenge).aggregate(last=Max("number"))["last"] or 0
    session = PanelSession.objects.create(
        challenge=challenge,
        number=last + 1,
        held_at=held_at,
        mode=SessionMode(mode),
        place=place.strip(),
        agenda=agenda.strip(),
        notes=notes.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    Attendance.objects.bulk_create(
        Attendance(session=session, member=member, role=member.role, is_present=is_present)
        for member, is_present in members.items()
    )
    audit.record("panel.session_recorded", target=session, by=by, at=at, new=str(session.number))
    return session


@transaction.atomic
def agree(
    proposal: Proposal,
    criterion: Criterion,
    *,
    session: PanelSession,
    points: int | None,
    reason: str,
    by: User,
    at: datetime,
) -> AgreedScore:
    """Put on record what a session made of scores far apart; None: the members kept theirs and the mean counts.

    Said again, the last one counts and the first stays on record. It counts while the scores it was made of do
    (`AgreedScore.objects.counting`). A confirmation given before no longer holds.
    Raises PermissionDenied, TransitionError, DomainError (fields `session`, `points`, `reason`).
    """
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=proposal.challenge_id)
    proposal.challenge = challenge
    found = work(challenge, at=at)
    policies.check_can_agree(proposal, criterion, session, found, by=by, at=at)
    called = found.hearing if criterion in found.pitch else found.called
    _check_heard(proposal, session, called[proposal.pk])
    if points is not None and not 0 <= points <= MOST_POINTS:
        raise DomainError(_("Points go from 0 to 5."), field="points")
    if not found.shortest_reason <= len(reason.strip()) <= LONGEST_REASON:
        raise DomainError(
            _("Write between %(least)s and %(most)s characters: the report carries it.")
            % {"least": found.shortest_reason, "most": LONGEST_REASON},
            field="reason",
        )
    made = AgreedScore.objects.create(
        proposal=proposal,
        criterion=criterion,
        session=session,
        points=points,
        reason=reason.strip(),
        basis=scores_of([proposal.pk])[proposal.pk, criterion.pk],
        made_at=at,
        made_by=by,
    )
    audit.record("panel.score_agreed", target=made, by=by, at=at)
    confirmation.withdraw(challenge, by=by, at=at)
    return made


def _check_heard(proposal: Proposal, session: PanelSession, called: Collection[int]) -> None:
    """Half of those who scored this proposal were there, and two at least: who is recused doesn't count."""
    heard = session.attendance.filter(
        is_present=True, member__in=called, role__in=[PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SUBSTITUTE]
    ).count()
    if heard < min(2, len(called)) or 2 * heard < len(called):
        raise DomainError(
            _("Too few of those who scored this proposal were in that session: %(came)s of %(all)s.")
            % {"came": heard, "all": len(called)},
            field="session",
        )
