"""Who is told what about an award."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register as kind
from pilots.models import Award, Pilot, Resolution, ResolutionKind
from pilots.notifications.pilot import members
from startups.notifications.people import without_interest


def register() -> None:
    """Declare the words of these notices."""
    kind(
        "award.proposed",
        subject=_("You are the proposed winner of {challenge}"),
        text=_(
            "{organisation} is the proposed winner, for {amount}, VAT included. Accept or decline and hand in the "
            "papers until {due_on}. The award isn't final until a director approves it."
        ),
        action=_("Answer"),
    )
    kind(
        "award.accepted",
        subject=_("{organisation} accepts the award of {challenge}"),
        text=_("Check its papers, verify the organisation and prepare the approval. Note: {note}"),
        action=_("Prepare the approval"),
    )
    kind(
        "award.declined",
        subject=_("{organisation} declines the award of {challenge}"),
        text=_("The next in the ranking can be proposed. Reason given: {note}"),
        action=_("Propose the next"),
    )
    kind(
        "award.withdrawn",
        subject=_("The proposed award of {challenge} is withdrawn"),
        text=_("{organisation} is no longer the proposed winner. Reason: {reason}"),
        action=_("See the award"),
    )
    kind(
        "award.prepared",
        subject=_("Waiting for your approval: {what} of {challenge}"),
        text=_("{officer} has prepared it. You can approve it or return it with a comment, on one page."),
        action=_("See and decide"),
    )
    kind(
        "award.returned",
        subject=_("Returned: {what} of {challenge}"),
        text=_("The director returned it. Comment: {comment}"),
        action=_("See the award"),
    )
    kind(
        "award.approved",
        subject=_("Awarded: {challenge}"),
        text=_("{organisation} is awarded, for {amount}, VAT included. The pilot is {reference}."),
        action=_("See the pilot"),
        shown_to_office=True,
    )
    kind(
        "award.refused",
        subject=_("{organisation} gives up the award of {challenge}"),
        text=_("The money committed is free again and the pilot {reference} ends. Reason: {reason}"),
        action=_("See the award"),
        shown_to_office=True,
    )
    kind(
        "award.annulment_prepared",
        subject=_("Waiting for your approval: annul the award of {challenge}"),
        text=_("{officer} has prepared it. You can approve it or return it with a comment, on one page."),
        action=_("See and decide"),
    )
    kind(
        "award.annulment_returned",
        subject=_("Returned: annul the award of {challenge}"),
        text=_("The director returned it. Comment: {comment}"),
        action=_("See the award"),
    )
    kind(
        "award.annulled",
        subject=_("The award of {challenge} to {organisation} is annulled"),
        text=_("The pilot {reference} ends and the next in the ranking can be proposed. Reason: {reason}"),
        action=_("See the resolution"),
        shown_to_office=True,
    )
    kind(
        "award.ended",
        subject=_("{challenge} ends without award"),
        text=_("It is {outcome}. Reasons: {reason}"),
        action=_("See the resolution"),
        shown_to_office=True,
    )


def _page(award: Award) -> str:
    return reverse("pilots:award", kwargs={"slug": award.resolution.challenge.slug})


def _tell(award: Award, what: str, people: Iterable[User], *, at: datetime, address: str = "", **params: Any) -> None:
    known = {"challenge": award.resolution.challenge.title, "organisation": award.proposal.organisation.name}
    notify(people, what, params={**known, **params}, address=address or _page(award), key=award.public_id, at=at)


def proposed(award: Award, *, at: datetime) -> None:
    """Ask the proposed winner."""
    address = reverse("pilots:my_award", kwargs={"public_id": award.public_id})
    people = members(award.proposal.organisation_id)
    _tell(
        award, "award.proposed", people, at=at, address=address, amount=award.amount_gross, due_on=award.answer_due_on
    )


def answered(award: Award, *, at: datetime) -> None:
    """Tell the Office what the proposed winner answered; but for officers with an interest, for it names the winner."""
    people = without_interest(roles.officers(), award.resolution.challenge)
    _tell(award, f"award.{award.status}", people, at=at, note=award.answer_note)


def withdrawn(award: Award, *, reason: str, at: datetime) -> None:
    """Tell the organisation that it is no longer the proposed winner."""
    address = reverse("pilots:my_award", kwargs={"public_id": award.public_id})
    _tell(award, "award.withdrawn", members(award.proposal.organisation_id), at=at, address=address, reason=reason)


def prepared(resolution: Resolution, *, url: str, by: User, at: datetime) -> None:
    """Ask the directors, but for the one who prepared it."""
    notify(
        [person for person in roles.directors() if person != by],
        "award.prepared",
        params={
            "challenge": resolution.challenge.title,
            "what": ResolutionKind(resolution.kind).label,
            "officer": by.full_name,
            "person_id": by.pk,
        },
        address=url,
        key=f"{resolution.pk}:{at.isoformat()}",
        at=at,
    )


def returned(resolution: Resolution, *, comment: str, to: User, at: datetime) -> None:
    """Tell the officer who prepared it."""
    notify(
        [to],
        "award.returned",
        params={
            "challenge": resolution.challenge.title,
            "what": ResolutionKind(resolution.kind).label,
            "comment": comment,
        },
        address=reverse("pilots:award", kwargs={"slug": resolution.challenge.slug}),
        key=f"{resolution.pk}:{at.isoformat()}",
        at=at,
    )


def approved(award: Award, pilot: Pilot, *, at: datetime) -> None:
    """Tell winner, department and Office."""
    challenge = award.resolution.challenge
    people = [
        *members(award.proposal.organisation_id),
        *roles.delegates_of(challenge.department_id),
        *roles.officers(),
    ]
    address = reverse("pilots:work", kwargs={"slug": pilot.slug})
    _tell(award, "award.approved", people, at=at, address=address, amount=award.amount_gross, reference=pilot.reference)


def annulment_prepared(award: Award, *, by: User, at: datetime) -> None:
    """Ask the directors, but for the one who prepared it."""
    notify(
        [person for person in roles.directors() if person != by],
        "award.annulment_prepared",
        params={"challenge": award.resolution.challenge.title, "officer": by.full_name, "person_id": by.pk},
        address=reverse("pilots:approve_annulment", kwargs={"public_id": award.public_id}),
        key=f"{award.public_id}:{at.isoformat()}",
        at=at,
    )


def annulment_returned(award: Award, *, comment: str, to: User, at: datetime) -> None:
    """Tell the officer who prepared it."""
    notify(
        [to],
        "award.annulment_returned",
        params={"challenge": award.resolution.challenge.title, "comment": comment},
        address=_page(award),
        key=f"{award.public_id}:{at.isoformat()}",
        at=at,
    )


def annulled(award: Award, *, reason: str, reference: str, by: User, at: datetime) -> None:
    """Tell directors, Office and department. Who took part reads it in its letter."""
    challenge = award.resolution.challenge
    people = [*roles.officers(), *roles.directors(), *roles.delegates_of(challenge.department_id)]
    address = reverse("pilots:resolution", kwargs={"slug": challenge.slug})
    people = [person for person in people if person != by]
    _tell(award, "award.annulled", people, at=at, address=address, reason=reason, reference=reference)


def refused(award: Award, *, reason: str, reference: str, by: User, at: datetime) -> None:
    """Tell directors, Office, department and the organisation that gave it up."""
    people = [
        *roles.officers(),
        *roles.directors(),
        *roles.delegates_of(award.resolution.challenge.department_id),
        *members(award.proposal.organisation_id),
    ]
    address = reverse("pilots:resolution", kwargs={"slug": award.resolution.challenge.slug})
    people = [person for person in people if person != by]
    _tell(award, "award.refused", people, at=at, address=address, reason=reason, reference=reference)


def ended(resolution: Resolution, *, by: User, at: datetime) -> None:
    """Tell department and Office that the call ends without award. Who took part reads it in its letter."""
    people = [*roles.delegates_of(resolution.challenge.department_id), *roles.officers()]
    notify(
        [person for person in people if person != by],
        "award.ended",
        params={
            "challenge": resolution.challenge.title,
            "outcome": ResolutionKind(resolution.kind).label,
            "reason": resolution.reason,
        },
        address=reverse("pilots:resolution", kwargs={"slug": resolution.challenge.slug}),
        key=str(resolution.pk),
        at=at,
    )
