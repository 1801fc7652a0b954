"""The second round, where the call has one: the shortlist, and the points of each presentation."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.reference.models import Rules
from startups.actions import confirmation, ranking
from startups.calculations import scoring
from startups.models import CriterionReason, Evaluation, PanelMember, PitchScore, Proposal, Shortlist
from startups.models.proposal import ON_PANEL
from startups.notifications import panel as panels
from startups.notifications import pitch as notifications
from startups.policies import pitch as policies
from startups.policies.progress import work

LONGEST_REASON = 4_000  # characters


@transaction.atomic
def make_shortlist(challenge: Challenge, *, presents_at: datetime, place: str, by: User, at: datetime) -> Shortlist:
    """Put on record who presents, when and where, by the points of every sheet; tell everybody.

    Once there is one, another is made only of those who weren't heard and would present now, and only they are told.
    Raises PermissionDenied, TransitionError, DomainError (fields `presents_at`, `place`).
    """
    challenge = _locked(challenge)
    policies.check_can_shortlist(challenge, by=by, at=at)
    policies.check_appointment(presents_at, place, at=at)
    proposals = list(Proposal.objects.filter(challenge=challenge, status="admitted").order_by("pk"))
    is_first = not Shortlist.objects.filter(challenge=challenge).exists()
    record = record_of(challenge, proposals) if is_first else to_hear(challenge)
    if not is_first and not record:
        raise TransitionError(_("The shortlist is made already."))
    told = {row["proposal"]: bool(row["presents"]) for row in record}
    made = Shortlist.objects.create(
        challenge=challenge, record=record, presents_at=presents_at, place=place.strip(), made_at=at, made_by=by
    )
    audit.record("shortlist.made", target=challenge, by=by, at=at, new=str(len(made.presenting)))
    for proposal in proposals:
        if proposal.public_id in told:
            notifications.told(made, proposal, presents=told[proposal.public_id], at=at)
    notifications.panel_told(made, at=at)
    return made


@transaction.atomic
def move(challenge: Challenge, *, presents_at: datetime, place: str, reason: str, by: User, at: datetime) -> Shortlist:
    """Give another day or place to those who present and have no points yet; tell them and the panel why.

    What was said before stays on record. Raises as `make_shortlist`, also field `reason`.
    """
    challenge = _locked(challenge)
    found = policies.round_of(challenge, at=at)
    policies.check_can_move(found, by=by, at=at)
    policies.check_appointment(presents_at, place, at=at)
    policies.check_why_moved(reason)
    keys = {proposal.public_id for proposal in found.to_move}
    made = Shortlist.objects.create(
        challenge=challenge,
        record=[row for row in found.record if row["proposal"] in keys],
        presents_at=presents_at,
        place=place.strip(),
        reason=reason.strip(),
        made_at=at,
        made_by=by,
    )
    audit.record("shortlist.moved", target=challenge, by=by, at=at, new=str(len(keys)), reason=made.reason)
    for proposal in found.to_move:
        notifications.moved(made, proposal, at=at)
    notifications.panel_told(made, at=at)
    return made


def record_of(challenge: Challenge, proposals: list[Proposal]) -> list[dict[str, object]]:
    """Compute the shortlist: what `make_shortlist` stores, and the lock compares with what was stored."""
    rules = ranking.rules(list(challenge.criteria.order_by("position")))
    judged = [rule for rule in rules if rule.is_judged]
    entries = [
        entry for entry in ranking.entries(challenge, proposals) if all(entry.points.get(rule.key) for rule in judged)
    ]
    chosen = scoring.shortlist(
        rules, entries, size=challenge.shortlist_size or 0, mark_percent=challenge.shortlist_mark_percent
    )
    points = {
        entry.key: sum(scoring.criterion_points(rule.weight, entry.points[rule.key]) for rule in judged)
        for entry in entries
    }
    order = sorted(points, key=lambda key: (-points[key], key))
    return [{"proposal": key, "points": str(points[key]), "presents": key in chosen} for key in order]


@transaction.atomic
def give(
    member: PanelMember,
    proposal: Proposal,
    *,
    entries: Mapping[int, tuple[int | None, str]],
    unable: Collection[int] = (),
    by: User,
    at: datetime,
) -> None:
    """Give points and a reason on every criterion of a presentation, at once: they no longer change.

    `entries` by criterion id; `unable`: those that the member can't judge, which calls the substitute. A confirmation
    given before no longer holds. Raises PermissionDenied, TransitionError, DomainError (`points-<id>`, `reason-<id>`).
    """
    challenge = _locked(proposal.challenge)
    proposal = Proposal.objects.select_related("challenge").get(pk=proposal.pk)
    member = PanelMember.objects.get(pk=member.pk)
    policies.check_can_score(member, proposal, by=by, at=at)
    before = work(challenge, at=at).hearing[proposal.pk]
    shortest = Rules.objects.in_force(local_date(at)).shortest_reason
    for criterion in policies.criteria_of(challenge):
        points, reason = entries.get(criterion.pk, (None, ""))
        is_unable = criterion.pk in unable
        if not is_unable and (points is None or not 0 <= points <= scoring.TOP):
            raise DomainError(
                _("Give points to «%(criterion)s», or say that you can't judge it.") % {"criterion": criterion.name},
                field=f"points-{criterion.pk}",
            )
        if not shortest <= len(reason.strip()) <= LONGEST_REASON:
            raise DomainError(
                _("Write a reason of at least %(n)s characters for «%(criterion)s».")
                % {"n": shortest, "criterion": criterion.name},
                field=f"reason-{criterion.pk}",
            )
        PitchScore.objects.create(
            member=member,
            proposal=proposal,
            criterion=criterion,
            points=None if is_unable else points,
            is_unable=is_unable,
            reason=reason.strip(),
            given_at=at,
        )
    audit.record("presentation.scored", target=proposal, by=by, at=at)
    if unable:
        _call_substitute(proposal, already=before, at=at)
    confirmation.withdraw(challenge, by=by, at=at)


def _call_substitute(proposal: Proposal, *, already: Collection[int], at: datetime) -> None:
    """Tell whoever gives points on the presentation since somebody can't judge it."""
    found = work(proposal.challenge, at=at)
    for member in found.members:
        if member.pk in found.hearing[proposal.pk] and member.pk not in already:
            panels.called(member, proposal, at=at, page="pitch")


@transaction.atomic
def save_reasons(proposal: Proposal, *, texts: Mapping[int, str], by: User, at: datetime) -> None:
    """Write the final reasons of a presentation, by criterion id, as the organisation will read them.

    Raises PermissionDenied, TransitionError, DomainError (field `reason-<id>`).
    """
    challenge = _locked(proposal.challenge)
    found = policies.round_of(challenge, at=at)
    policies.check_can_write_reasons(found, proposal, by=by, at=at)
    shortest = found.work.shortest_reason
    known = {row.criterion_id: row for row in CriterionReason.objects.filter(proposal=proposal)}
    for criterion in found.criteria:
        text = texts.get(criterion.pk, "").strip()
        if not shortest <= len(text) <= LONGEST_REASON:
            raise DomainError(
                _("Write between %(least)s and %(most)s characters: the organisation will read it.")
                % {"least": shortest, "most": LONGEST_REASON},
                field=f"reason-{criterion.pk}",
            )
        row = known.get(criterion.pk) or CriterionReason(proposal=proposal, criterion=criterion)
        if row.text != text:
            row.text, row.edited_at, row.edited_by = text, at, by
            row.save()
            confirmation.withdraw(challenge, by=by, at=at)
    audit.record("proposal.reasons_written", target=proposal, by=by, at=at)


def check_still_holds(challenge: Challenge) -> None:
    """Raise DomainError where the points on record no longer give the shortlist that was made."""
    if to_hear(challenge):
        raise DomainError(
            _(
                "Points have changed since the shortlist was made: a proposal that wasn't heard would present now. The "
                "secretary calls it from the page of the presentations."
            )
        )


def to_hear(challenge: Challenge) -> list[dict[str, object]]:
    """Return, as a shortlist's record, who wasn't called and would present now; empty while there is no shortlist.

    Counted over the proposals of the first round: leaving one of them out afterwards promotes nobody.
    """
    made = list(Shortlist.objects.filter(challenge=challenge))
    if not made:
        return []
    compared = {row["proposal"] for each in made for row in each.record}
    presenting = {key for each in made for key in each.presenting}
    still_in = Q(status__in=ON_PANEL)
    rows = Proposal.objects.filter(still_in | Q(public_id__in=compared), challenge=challenge).order_by("pk")
    inside = {each.public_id for each in rows if each.status in ON_PANEL}
    return [
        row
        for row in record_of(challenge, list(rows))
        if row["presents"] and row["proposal"] in inside and row["proposal"] not in presenting
    ]


def _locked(challenge: Challenge) -> Challenge:
    """Lock challenge and evaluation: shortlist, points and lock don't cross."""
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
    Evaluation.objects.select_for_update(no_key=True).filter(challenge=challenge).first()
    return challenge
