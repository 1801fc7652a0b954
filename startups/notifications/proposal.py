"""What members are told about their organisation's proposal. Nobody else is told anything before the opening."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from govtech.accounts.models import User
from govtech.notifications import kinds
from govtech.notifications.actions import notify
from startups.models import Proposal, Receipt
from startups.notifications import people
from startups.notifications.receipt import check_url, instant

kinds.register(
    "proposal.submitted",
    subject=_("We have received your proposal for «{challenge}»"),
    text=_(
        "Register entry {number}, {received_at}. "
        "Until the deadline ({closes_at}) you can replace or withdraw it. Nobody can read it before the opening.\n\n"
        "Hash of everything you handed in (SHA-256): {hash}\n"
        "Check code: {code}\n"
        "Anybody with the code can check it here: {check}"
    ),
    action=_("See the receipt"),
)
kinds.register(
    "proposal.replaced",
    subject=_("We have received the new version of your proposal for «{challenge}»"),
    text=_(
        "Register entry {number}, {received_at}. It replaces what you had handed in before. "
        "Until the deadline ({closes_at}) you can replace it again or withdraw it.\n\n"
        "Hash of everything you handed in (SHA-256): {hash}\n"
        "Check code: {code}\n"
        "Anybody with the code can check it here: {check}"
    ),
    action=_("See the receipt"),
)
kinds.register(
    "proposal.withdrawn",
    subject=_("Your proposal for «{challenge}» is withdrawn"),
    text=_("It was withdrawn on {withdrawn_at} and won't be opened. Until the deadline you can begin another."),
    action=_("See the challenge"),
)


def members_of(proposal: Proposal) -> list[User]:
    """Return who belongs to the proposal's organisation and its partners today."""
    return list(people.members_of(proposal))


def submitted(proposal: Proposal, receipt: Receipt, *, replaced: bool, at: datetime) -> None:
    """Tell all members that the proposal is registered."""
    notify(
        members_of(proposal),
        "proposal.replaced" if replaced else "proposal.submitted",
        params={
            "challenge": proposal.challenge.title,
            "number": receipt.register_number,
            "received_at": lazy(instant, str)(receipt),
            "closes_at": proposal.challenge.closes_at,
            "hash": receipt.manifest_hash,
            "code": receipt.code,
            "check": lazy(check_url, str)(receipt),
        },
        address=reverse(
            "startups:receipt", kwargs={"public_id": proposal.public_id, "number": receipt.register_number}
        ),
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
