"""What members are told about their organisation's proposal. Nobody else is told anything before the opening."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from challenges.models import Status
from govtech.accounts.models import User
from govtech.notifications import kinds, reminders
from govtech.notifications.actions import notify
from startups.models import Membership, Proposal, ProposalStatus, Receipt

REMINDER = timedelta(hours=72)

kinds.register(
    "proposal.submitted",
    subject=_("We have received your proposal for «{challenge}»"),
    text=_(
        "Register entry {number}, {received_at}. Your receipt has the hash of everything you handed in. "
        "Until the deadline ({closes_at}) you can replace or withdraw it. Nobody can read it before the opening."
    ),
    action=_("See the receipt"),
)
kinds.register(
    "proposal.replaced",
    subject=_("We have received the new version of your proposal for «{challenge}»"),
    text=_(
        "Register entry {number}, {received_at}. It replaces what you had handed in before. "
        "Until the deadline ({closes_at}) you can replace it again or withdraw it."
    ),
    action=_("See the receipt"),
)
kinds.register(
    "proposal.withdrawn",
    subject=_("Your proposal for «{challenge}» is withdrawn"),
    text=_("It was withdrawn on {withdrawn_at} and won't be opened. Until the deadline you can begin another."),
    action=_("See the challenge"),
)
kinds.register(
    "proposal.draft_due",
    subject=_("Your proposal for «{challenge}» isn't handed in yet"),
    text=_("The deadline is {closes_at}, to the second. What you have written is kept; hand it in before then."),
    action=_("Continue"),
)


def members_of(proposal: Proposal) -> list[User]:
    """Return who belongs to the proposal's organisation today."""
    rows = Membership.objects.current().filter(organisation=proposal.organisation_id).select_related("user")
    return [row.user for row in rows]


def submitted(proposal: Proposal, receipt: Receipt, *, replaced: bool, at: datetime) -> None:
    """Tell all members that the proposal is registered."""
    notify(
        members_of(proposal),
        "proposal.replaced" if replaced else "proposal.submitted",
        params={
            "challenge": proposal.challenge.title,
            "number": receipt.register_number,
            "received_at": receipt.received_at,
            "closes_at": proposal.challenge.closes_at,
        },
        address=proposal.get_absolute_url(),
        key=receipt.register_number,
        at=at,
    )


def withdrawn(proposal: Proposal, *, at: datetime) -> None:
    """Tell all members that the proposal is withdrawn."""
    notify(
        members_of(proposal),
        "proposal.withdrawn",
        params={"challenge": proposal.challenge.title, "withdrawn_at": at},
        address=proposal.challenge.get_absolute_url(),
        key=proposal.public_id,
        at=at,
    )


def remind_of_drafts(*, at: datetime) -> None:
    """Hourly: tell whoever has a draft that closes within 72 hours. Once for each deadline; safe to repeat."""
    due = Proposal.objects.filter(
        status=ProposalStatus.DRAFT,
        challenge__status=Status.PUBLISHED,
        challenge__opens_at__lte=at,
        challenge__closes_at__gt=at,
        challenge__closes_at__lte=at + REMINDER,
        organisation__withdrawn_at=None,
    )
    for proposal in due.select_related("challenge").order_by("pk"):
        draft_due(proposal, at=at)


reminders.register(remind_of_drafts)


def draft_due(proposal: Proposal, *, at: datetime) -> None:
    """Tell all members, once for each deadline, that a draft isn't handed in."""
    closes_at = proposal.challenge.closes_at
    notify(
        members_of(proposal),
        "proposal.draft_due",
        params={"challenge": proposal.challenge.title, "closes_at": closes_at},
        address=proposal.get_absolute_url(),
        key=f"{proposal.public_id}:{closes_at.isoformat()}",
        at=at,
    )
