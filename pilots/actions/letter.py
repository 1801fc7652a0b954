"""The individual notices of a resolution: what each participant reads, before the release and after (LCSP art. 151.2).

Before the release a letter is a `Draft`, made from the record each time it is looked at; the release keeps the same
content, for good, and writes the notice and the mail in the transaction of the resolution.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils import translation
from django.utils.translation import gettext as _

from challenges.models import Challenge, Criterion, CriterionKind
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from pilots.actions.challenge import locked as locked_challenge
from pilots.calculations.letter import LANGUAGE, text_of
from pilots.models import Award, AwardStatus, FormalPublication, Letter, LetterOutcome, Resolution, ResolutionKind
from pilots.notifications import letter as notifications
from pilots.policies import award as awards_policies
from pilots.policies import letter as policies
from startups.models import (
    AgreedScore,
    CriterionReason,
    ExclusionRule,
    PitchScore,
    Proposal,
    ProposalStatus,
    Score,
    ScoreSheet,
)

ENDED = {
    AwardStatus.DECLINED: LetterOutcome.DECLINED,
    AwardStatus.REFUSED: LetterOutcome.DECLINED,
    AwardStatus.WITHDRAWN: LetterOutcome.WITHDRAWN,
    AwardStatus.ANNULLED: LetterOutcome.ANNULLED,
}
OUTCOMES = {
    LetterOutcome.AWARDED: ProposalStatus.AWARDED,
    LetterOutcome.RESERVE: ProposalStatus.RESERVE,
    LetterOutcome.EXCLUDED: ProposalStatus.EXCLUDED,
}


@dataclass
class Draft:
    """A letter as it would be released now. `missing` says in words what keeps it from that."""

    proposal: Proposal
    outcome: LetterOutcome
    content: dict[str, Any]
    missing: list[str] = field(default_factory=list)

    @property
    def status(self) -> ProposalStatus:
        """What the proposal becomes with it."""
        return OUTCOMES.get(self.outcome, ProposalStatus.NOT_SELECTED)


def drafts(challenge: Challenge, awards: Iterable[Award]) -> list[Draft]:
    """Return the letters that approving these awards releases: to everybody whom their last one doesn't tell all of it.

    So a later award is told to each who took part, with its reasons (LCSP art. 151.2). The same number of queries for
    any number of proposals.
    """
    awards = list(awards)
    approving = {award.proposal_id for award in awards}
    live = dict(Award.objects.live().filter(resolution__challenge=challenge).values_list("proposal_id", "status"))
    live |= dict.fromkeys(approving, AwardStatus.APPROVED)
    reserves = max(challenge.awards_planned - len(live), 0) + challenge.reserve_list_length
    reserve = {proposal.pk for proposal in awards_policies.candidates(challenge)[:reserves]}
    before = Award.objects.filter(resolution__challenge=challenge, status=AwardStatus.APPROVED)
    won = [*before.select_related("proposal__organisation").order_by("pk"), *awards]
    ended = _ended(challenge)
    told = _told(challenge)
    named = _names([_winner_of(award) for award in won])
    outcomes = {}
    for proposal in _proposals(challenge):
        outcome = _outcome(proposal, live, reserve, ended)
        if told.get(proposal.pk) != (outcome, named):
            outcomes[proposal] = outcome
    return _written(challenge, outcomes, winners=won, ended=ended)


def _told(challenge: Challenge) -> dict[int, tuple[str, set[tuple[str, str]]]]:
    """Return what the last letter of each proposal says: its outcome, and who was awarded for how much."""
    rows = Letter.objects.filter(resolution__challenge=challenge).order_by("released_at", "pk")
    found = rows.values_list("proposal_id", "outcome", "content__winners")
    return {proposal: (outcome, _names(winners)) for proposal, outcome, winners in found}


def _names(winners: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(winner["organisation"], winner["amount_net"]) for winner in winners}


def _ended(challenge: Challenge) -> dict[int, Award]:
    """Return the awards that came to nothing, by proposal, but of those that have another one now."""
    live = Award.objects.live().filter(resolution__challenge=challenge).values("proposal")
    rows = Award.objects.filter(resolution__challenge=challenge, status__in=ENDED).exclude(proposal__in=live)
    return {award.proposal_id: award for award in rows.order_by("pk")}


def _outcome(proposal: Proposal, live: dict[int, str], reserve: set[int], ended: dict[int, Award]) -> LetterOutcome:
    if proposal.status == ProposalStatus.EXCLUDED:
        return LetterOutcome.EXCLUDED
    if live.get(proposal.pk) == AwardStatus.APPROVED:
        return LetterOutcome.AWARDED
    if proposal.pk in ended:
        return ENDED[AwardStatus(ended[proposal.pk].status)]
    return LetterOutcome.RESERVE if proposal.pk in live or proposal.pk in reserve else LetterOutcome.NOT_SELECTED


def drafts_of_end(resolution: Resolution) -> list[Draft]:
    """Return the letters that approving the end without award releases: to everybody whose proposal was opened."""
    ended = _ended(resolution.challenge)
    outcomes = {each: _outcome(each, {}, set(), ended) for each in _proposals(resolution.challenge)}
    return _written(resolution.challenge, outcomes, winners=[], end=resolution, ended=ended)


def drafts_of_lapse(challenge: Challenge) -> list[Draft]:
    """Return the letters to those whose place on the reserve list is over."""
    waiting = [each for each in _proposals(challenge) if each.status == ProposalStatus.RESERVE]
    before = Award.objects.filter(resolution__challenge=challenge, status=AwardStatus.APPROVED)
    winners = list(before.select_related("proposal__organisation").order_by("pk"))
    return _written(challenge, dict.fromkeys(waiting, LetterOutcome.LAPSED), winners=winners)


def _proposals(challenge: Challenge) -> list[Proposal]:
    rows = Proposal.objects.filter(challenge=challenge, opened_at__isnull=False)
    return list(rows.select_related("organisation", "result").order_by("pk"))


def _written(
    challenge: Challenge,
    outcomes: dict[Proposal, LetterOutcome],
    *,
    winners: list[Award],
    end: Resolution | None = None,
    ended: dict[int, Award] | None = None,
) -> list[Draft]:
    criteria = list(Criterion.objects.filter(challenge=challenge).order_by("position"))
    judged = [criterion for criterion in criteria if criterion.kind != CriterionKind.FORMULA]
    reasons = {
        (row.proposal_id, row.criterion_id): row.text.strip()
        for row in CriterionReason.objects.filter(proposal__in=outcomes)
    }
    sheets = ScoreSheet.objects.counting().filter(proposal__in=outcomes)
    ranges = {
        (row["sheet__proposal"], row["criterion"]): (row["lowest"], row["highest"])
        for row in Score.objects.filter(sheet__in=sheets, points__isnull=False)
        .values("sheet__proposal", "criterion")
        .annotate(lowest=Min("points"), highest=Max("points"))
    } | {
        (row["proposal"], row["criterion"]): (row["lowest"], row["highest"])
        for row in PitchScore.objects.counting()
        .filter(proposal__in=outcomes)
        .values("proposal", "criterion")
        .annotate(lowest=Min("points"), highest=Max("points"))
    }
    agreed = AgreedScore.objects.counting([challenge])
    won = [_winner_of(award) for award in winners]
    made = []
    with translation.override(LANGUAGE):
        for proposal, outcome in outcomes.items():
            content = {
                "challenge": {"reference": challenge.reference, "title": challenge.title},
                "case_file": challenge.case_file,
                "organisation": proposal.organisation.name,
                "outcome": outcome.value,
                "winners": won,
                **_end_of(end),
                **_exclusion(proposal),
                **_offer(outcome, (ended or {}).get(proposal.pk)),
                **_points(proposal, criteria, reasons, ranges, agreed, challenge),
            }
            draft = Draft(proposal, outcome, content)
            due = [each for each in judged if each.kind == CriterionKind.JUDGEMENT or (proposal.pk, each.pk) in ranges]
            draft.missing = _missing(draft, due, reasons)
            made.append(draft)
    return made


def _winner_of(award: Award) -> dict[str, str]:
    return {
        "organisation": award.proposal.organisation.name,
        "amount_net": str(award.amount_net),
        "amount_gross": str(award.amount_gross),
        "reason": award.reason.strip(),
    }


def _offer(outcome: LetterOutcome, award: Award | None) -> dict[str, Any]:
    """Return what came of the award that this proposal was offered, which is the reason it reads by right."""
    if award is None or outcome not in ENDED.values():
        return {}
    return {"offer": {"reason": (award.ended_reason or award.answer_note).strip()}}


def _end_of(end: Resolution | None) -> dict[str, Any]:
    if end is None:
        return {}
    return {"end": {"kind": end.kind, "words": str(ResolutionKind(end.kind).label), "reason": end.reason.strip()}}


def _exclusion(proposal: Proposal) -> dict[str, Any]:
    if proposal.status != ProposalStatus.EXCLUDED:
        return {}
    rule = ExclusionRule(proposal.exclusion_rule).label if proposal.exclusion_rule in ExclusionRule.values else ""
    return {"exclusion": {"rule": str(rule), "reason": proposal.decision_reason.strip()}}


def _points(
    proposal: Proposal,
    criteria: list[Criterion],
    reasons: dict[tuple[int, int], str],
    ranges: dict[tuple[int, int], tuple[int, int]],
    agreed: dict[tuple[int, int], AgreedScore],
    challenge: Challenge,
) -> dict[str, Any]:
    result = getattr(proposal, "result", None)
    if result is None:
        return {}
    rows = []
    for criterion in criteria:
        row: dict[str, Any] = {
            "criterion": criterion.name,
            "weight": criterion.weight_percent,
            "points": result.points.get(str(criterion.pk), "0"),
            "least": str(criterion.threshold_points or 0),
        }
        key = (proposal.pk, criterion.pk)
        if criterion.kind != CriterionKind.FORMULA:
            lowest, highest = ranges.get(key, (None, None))
            row |= {"lowest": lowest, "highest": highest, "reason": reasons.get(key, "")}
            if key in agreed and agreed[key].points is not None:
                row["agreed"] = agreed[key].points
        elif result.price_net is not None:
            row |= {"offer_net": str(result.price_net)}
        rows.append(row)
    total = {"points": str(result.total_points or 0), "least": str(challenge.pass_mark), "place": result.rank}
    return {"rows": rows, "total": total}


def _missing(draft: Draft, judged: list[Criterion], reasons: dict[tuple[int, int], str]) -> list[str]:
    name, found = draft.proposal.organisation.name, []
    if "exclusion" in draft.content and not draft.content["exclusion"]["reason"]:
        found.append(_("Why %(name)s was excluded.") % {"name": name})
    if "rows" in draft.content:
        found += [
            _("The reason of «%(criterion)s» for %(name)s.") % {"criterion": criterion.name, "name": name}
            for criterion in judged
            if not reasons.get((draft.proposal.pk, criterion.pk))
        ]
    found += [
        _("Why %(name)s is awarded.") % {"name": winner["organisation"]}
        for winner in draft.content["winners"]
        if not winner["reason"]
    ]
    return found


def missing_of(drafts: Iterable[Draft]) -> list[str]:
    """Return, once each, what keeps these letters from being released."""
    return list(dict.fromkeys(words for draft in drafts for words in draft.missing))


def check_complete(drafts: Iterable[Draft]) -> None:
    """Raise `DomainError` while any reason that a participant reads by right is missing."""
    missing = missing_of(drafts)
    if missing:
        raise DomainError(
            _("Nothing is released while a reason is missing: %(reasons)s") % {"reasons": " ".join(missing[:5])}
        )


def release(resolution: Resolution, drafts: Iterable[Draft], *, by: User, at: datetime) -> list[Letter]:
    """Keep the letters for good and tell every participant, in the caller's transaction."""
    letters = []
    for draft in drafts:
        letter = Letter.objects.create(
            resolution=resolution,
            proposal=draft.proposal,
            outcome=draft.outcome,
            content=draft.content,
            released_at=at,
            released_by=by,
        )
        notifications.released(letter, text=text_of(letter.content), at=at)
        letters.append(letter)
    audit.record("letters.released", target=resolution, by=by, at=at, new=str(len(letters)))
    return letters


@transaction.atomic
def record_service(letter: Letter, *, served_on: date, served_reference: str, by: User, at: datetime) -> Letter:
    """Write once when a letter was formally notified, and under which number: its terms run from that day."""
    letter = Letter.objects.select_for_update(of=("self",), no_key=True).select_related("resolution").get(pk=letter.pk)
    policies.check_can_record_service(letter, by=by, at=at)
    policies.check_day(served_on, since=letter.released_at, at=at, field="served_on")
    letter.served_on, letter.served_reference = served_on, served_reference.strip()
    letter.recorded_at, letter.recorded_by = at, by
    letter.save(update_fields=["served_on", "served_reference", "recorded_at", "recorded_by"])
    audit.record("letter.served", target=letter, by=by, at=at, new=served_on.isoformat())
    return letter


@transaction.atomic
def record_publication(
    resolution: Resolution, *, reference: str, url: str, published_on: date, by: User, at: datetime
) -> FormalPublication:
    """Write where the resolution was formally published: reference, address and day in the buyer profile.

    Nothing written is taken back: the same reference again, with another address or day, corrects it on the pages.
    """
    locked_challenge(resolution.challenge)
    policies.check_can_record(resolution, by=by, at=at)
    policies.check_day(published_on, since=resolution.published_at, at=at, field="published_on")
    known = FormalPublication.objects.shown().filter(resolution=resolution, reference=reference.strip())
    if known.filter(url=url, published_on=published_on).exists():
        raise DomainError(_("This publication is written down already."), field="reference")
    made = FormalPublication.objects.create(
        resolution=resolution,
        reference=reference.strip(),
        url=url,
        published_on=published_on,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("resolution.formally_published", target=resolution, by=by, at=at, new=published_on.isoformat())
    return made
