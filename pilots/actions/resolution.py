"""The resolution: its document, its publication, and how a call ends without award (LCSP arts. 150.3, 151, 152)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from challenges.actions import lifecycle
from challenges.models import Challenge, Route, Status
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.files import pdf
from govtech.files.actions import store_bytes
from govtech.shell.words import euros, formatted, number
from pilots.actions import credit, letter
from pilots.actions.challenge import locked as locked_challenge
from pilots.models import Award, AwardStatus, Expenditure, Resolution, ResolutionKind
from pilots.notifications import award as notifications
from pilots.policies import award as policies
from pilots.policies import term
from startups.actions import evaluation
from startups.actions.terms import partners_of
from startups.models import Proposal, ProposalStatus

ENDS = {
    ResolutionKind.VOID: Status.VOID,
    ResolutionKind.WAIVED: Status.WAIVED,
    ResolutionKind.DESISTED: Status.DESISTED,
}
APPEAL = gettext_lazy(
    "This resolution ends the administrative procedure. Against it you may ask the same body to reconsider within one "
    "month, or appeal to the administrative courts within two months, from the day after you are notified."
)
SPECIAL_APPEAL = gettext_lazy(
    "Against this resolution the special appeal in matters of contracts may be lodged before the administrative "
    "tribunal within fifteen working days (LCSP arts. 44 and 50), or an appeal to the administrative courts within two "
    "months, from the day after you are notified. Asking the same body to reconsider isn't possible. Nothing is signed "
    "while the fifteen days run."
)


def appeal_of(challenge: Challenge) -> str:
    """Return how its resolution can be contested, in words."""
    return str(SPECIAL_APPEAL if term.has_special_appeal(challenge) else APPEAL)


@transaction.atomic
def prepare_void(challenge: Challenge, *, kind: str, reason: str, by: User, at: datetime) -> PreparedDecision:
    """Put the end without award before a director: void, waived or desisted, with reasons.

    Void is refused while an admissible proposal is over the thresholds.
    """
    challenge = locked_challenge(challenge)
    policies.check_is_officer(by)
    policies.check_can_end_without_award(challenge, kind=kind, by=by, at=at)
    if not reason.strip():
        raise DomainError(_("Write the reasons: they are published."), field="reason")
    resolution = Resolution.objects.filter(challenge=challenge).first()
    if resolution is None:
        resolution = Resolution(challenge=challenge)
    elif decisions.open_for(DecisionKind.AWARD, resolution):
        raise DomainError(_("An award is waiting for the director. Ask for it to be sent back first."))
    resolution.kind, resolution.reason, resolution.prepared_at, resolution.prepared_by = kind, reason, at, by
    resolution.save()
    decision = decisions.prepare(DecisionKind.VOID, resolution, by=by, at=at, payload={"kind": kind, "reason": reason})
    url = reverse("pilots:approve_void", kwargs={"slug": challenge.slug})
    notifications.prepared(resolution, url=url, by=by, at=at)
    return decision


@transaction.atomic
def send_back_void(challenge: Challenge, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return it to the officer with a comment; awards can be proposed again."""
    challenge = locked_challenge(challenge)
    resolution = Resolution.objects.filter(challenge=challenge).first()
    policies.check_can_approve(resolution, by=by, at=at, kind=DecisionKind.VOID)
    waiting = decisions.open_for(DecisionKind.VOID, resolution)
    decision = decisions.send_back(waiting, by=by, at=at, comment=comment)
    notifications.returned(resolution, comment=comment, to=decision.prepared_by, at=at)
    resolution.kind, resolution.reason = ResolutionKind.AWARD, ""
    resolution.save(update_fields=["kind", "reason"])
    return decision


@transaction.atomic
def approve_void(challenge: Challenge, *, by: User, at: datetime) -> Resolution:
    """End a call without award: money back, resolution published, everybody told, in one transaction.

    Raises `DomainError` when `by` prepared it, or when meanwhile somebody can be awarded.
    """
    challenge = locked_challenge(challenge)
    resolution = Resolution.objects.select_for_update(of=("self",), no_key=True).filter(challenge=challenge).first()
    policies.check_can_approve(resolution, by=by, at=at, kind=DecisionKind.VOID)
    policies.check_can_end_without_award(challenge, kind=resolution.kind, by=by, at=at)
    decision = decisions.open_for(DecisionKind.VOID, resolution)
    policies.check_another_person(decision, [], by=by)
    drafts = letter.drafts_of_end(resolution)
    letter.check_complete(drafts)
    decisions.approve(decision, by=by, at=at)
    _withdraw_awards(resolution, by=by, at=at)
    credit.release(Expenditure.objects.get(challenge=challenge), reason=resolution.reason, by=by, at=at)
    for draft in drafts:
        if draft.status != draft.proposal.status:
            evaluation.set_outcome(draft.proposal, status=draft.status, by=by, at=at)
    lifecycle.end(challenge, status=ENDS[ResolutionKind(resolution.kind)], reason=resolution.reason, by=by, at=at)
    publish(resolution, by=by, at=at)
    letter.release(resolution, drafts, by=by, at=at)
    notifications.ended(resolution, by=by, at=at)
    return resolution


def _withdraw_awards(resolution: Resolution, *, by: User, at: datetime) -> None:
    for award in resolution.awards.live().select_related("proposal__organisation", "resolution__challenge"):
        old, award.status = award.status, AwardStatus.WITHDRAWN
        award.ended_at, award.ended_reason = at, resolution.reason
        award.save(update_fields=["status", "ended_at", "ended_reason"])
        audit.record("award.withdrawn", target=award, by=by, at=at, old=old, new=award.status)
        notifications.withdrawn(award, reason=resolution.reason, at=at)


def publish(resolution: Resolution, *, by: User, at: datetime) -> None:
    """Publish a resolution with its document; a later award of the same call renews the document."""
    data = document(resolution, at=at)
    name = f"resolucion-{resolution.challenge.reference.lower()}.pdf"
    resolution.document = store_bytes(data, name=name, content_type="application/pdf", by=by, at=at)
    if resolution.published_at is None:
        resolution.published_at, resolution.published_by = at, by
    resolution.save(update_fields=["document", "published_at", "published_by"])
    audit.record("resolution.published", target=resolution, by=by, at=at, new=resolution.kind)


def shows_identities(challenge: Challenge) -> bool:
    """Say whether the call publishes who took part: always but on the minor route, where it says so beforehand."""
    return challenge.route != Route.MINOR or challenge.publishes_identities


def ranking_of(challenge: Challenge) -> list[dict[str, Any]]:
    """Return the published ranking: place, name where the call allows it, points, outcome in words.

    Winners are always named. Who was left out after the lock, for an abnormally low offer, stands last without points.
    """
    approved = Award.objects.filter(status=AwardStatus.APPROVED)
    proposals = (
        Proposal.objects.filter(challenge=challenge, result__total_points__isnull=False)
        .select_related("organisation", "result")
        .prefetch_related(Prefetch("awards", queryset=approved, to_attr="won"))
        .order_by("-result__passes", "result__rank", "-result__total_points", "pk")
    )
    named = shows_identities(challenge)
    partners = partners_of([proposal.pk for proposal in proposals])
    return [
        {
            "place": proposal.result.rank if proposal.result.passes else None,
            "name": " · ".join([proposal.organisation.name, *partners.get(proposal.pk, [])])
            if named or proposal.won
            else "",
            "points": None if _is_left_out(proposal) else proposal.result.total_points,
            "outcome": _outcome(proposal),
        }
        for proposal in sorted(proposals, key=_is_left_out)
    ]


def _is_left_out(proposal: Proposal) -> bool:
    return proposal.status == ProposalStatus.EXCLUDED


def _outcome(proposal: Proposal) -> str:
    if _is_left_out(proposal):
        return _("left out: abnormally low offer")
    return str(ProposalStatus(proposal.status).label) if proposal.result.passes else _("under the minimum")


def document(resolution: Resolution, *, at: datetime) -> bytes:
    """Return the resolution as PDF, in the language in which the city signs."""
    with translation.override(settings.LANGUAGE_CODE):
        challenge = resolution.challenge
        is_award = resolution.kind == ResolutionKind.AWARD
        blocks = [
            pdf.facts([
                (_("Challenge"), f"{challenge.reference} · {challenge.title}"),
                (_("Case file"), challenge.case_file),
                (_("Procurement route"), challenge.get_route_display()),
                (_("Proposals received"), challenge.proposal_count or 0),
                (_("Date"), formatted(at, "day")),
            ]),
        ]  # fmt: skip
        blocks += _awards(resolution) if is_award else _end(resolution)
        if resolution.reason.strip():
            blocks += [pdf.heading(_("Reasons")), pdf.paragraph(resolution.reason)]
        blocks += _ranking(challenge)
        blocks += [pdf.heading(_("Appeals")), pdf.paragraph(appeal_of(challenge))]
        title = _("Resolution of award") if is_award else _("Resolution without award")
        return pdf.render("document", {"title": title, "reference": challenge.reference, "blocks": blocks}, at=at)


def _end(resolution: Resolution) -> list[dict[str, Any]]:
    words = str(ResolutionKind(resolution.kind).label)
    return [pdf.heading(_("Decision")), pdf.note(words[:1].upper() + words[1:])]


def _awards(resolution: Resolution) -> list[dict[str, Any]]:
    blocks = [pdf.heading(_("Awards"))]
    rows = resolution.awards.filter(status=AwardStatus.APPROVED).select_related("proposal__organisation", "pilot")
    partners = partners_of([award.proposal_id for award in rows])
    for award in rows.order_by("pk"):
        organisation = award.proposal.organisation
        blocks += [
            pdf.heading(organisation.name, level=2),
            pdf.facts([
                (_("Pilot"), f"{award.pilot.reference} · {award.pilot.title}"),
                (_("Tax number"), published_tax_id(organisation.tax_id)),
                (_("With"), ", ".join(partners.get(award.proposal_id, []))),
                (_("Amount without VAT"), euros(award.amount_net)),
                (_("VAT"), f"{euros(award.amount_gross - award.amount_net)} ({number(award.vat_rate)} %)"),
                (_("Amount with VAT"), euros(award.amount_gross)),
            ]),
            pdf.paragraph(award.reason),
        ]  # fmt: skip
    return blocks


def published_tax_id(code: str) -> str:
    """Return the tax number of a legal entity; of a person only four digits are published (LOPDGDD DA 7)."""
    return code if code[:1].isalpha() and code[:1] not in "XYZKLM" else f"***{code[3:7]}**"


def _ranking(challenge: Challenge) -> list[dict[str, Any]]:
    rows = ranking_of(challenge)
    if not rows:
        return []
    table = [
        (
            row["place"] or "—",
            row["name"] or _("Participant not named"),
            "—" if row["points"] is None else number(row["points"], places=2),
            row["outcome"],
        )
        for row in rows
    ]
    head = (pgettext("ranking", "Place"), _("Proposal"), _("Points"), _("Outcome"))
    return [pdf.heading(_("Ranking")), pdf.table(head, table, numeric=(0, 2))]
