"""What partners and leads are told. Whoever isn't in the proposal yet reads no name and no title."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.notifications import kinds
from govtech.notifications.actions import notify
from startups.models import Organisation, OrganisationRole, Partner, Proposal
from startups.notifications.organisation import people_of

kinds.register(
    "partner.invited",
    subject=_("{organisation} is invited to a consortium"),
    text=_(
        "Another organisation would like {organisation} as a partner in a proposal. Which one, for which challenge, "
        "with which role and share: it is on the page, for owners only."
    ),
    action=_("Read the invitation"),
)
kinds.register(
    "partner.changed",
    subject=_("The terms of your part in a consortium have changed"),
    text=_("The lead has changed the role or share of {organisation}. It counts once you confirm it."),
    action=_("Read and confirm"),
)
kinds.register(
    "partner.removed",
    subject=_("{organisation} is no longer in a consortium"),
    text=_("The lead has taken {organisation} out of the consortium of its proposal."),
    action=_("See my proposals"),
)
kinds.register(
    "partner.answered",
    subject=_("A partner of your proposal for «{challenge}» has answered"),
    text=_("Whether it confirms, declines or leaves: it is on the page of your consortium."),
    action=_("See the consortium"),
)
kinds.register(
    "partner.left",
    subject=_("Hand in again: a partner has left your proposal for «{challenge}»"),
    text=_(
        "What you handed in names an organisation that has left. Set the shares anew and hand in again before "
        "{closes_at}; otherwise it is opened as it is, marked as left."
    ),
    action=_("See the consortium"),
)


def invited(partner: Partner, organisation: Organisation, *, at: datetime) -> None:
    """Tell the owners of the invited organisation."""
    _tell(partner, organisation, "partner.invited", at=at)


def changed(partner: Partner, organisation: Organisation, *, at: datetime) -> None:
    """Ask the owners of a partner to confirm anew."""
    _tell(partner, organisation, "partner.changed", at=at)


def removed(partner: Partner, organisation: Organisation, *, at: datetime) -> None:
    """Tell the owners of a partner that was taken out."""
    _tell(partner, organisation, "partner.removed", at=at, address=reverse("startups:proposals"))


def answered(partner: Partner, proposal: Proposal, *, at: datetime) -> None:
    """Tell the lead."""
    notify(
        people_of(proposal.organisation),
        "partner.answered",
        params={"challenge": proposal.challenge.title},
        address=reverse("startups:consortium", kwargs={"public_id": proposal.public_id}),
        key=f"{partner.public_id}:{partner.status}:{partner.version}",
        at=at,
    )


def left(partner: Partner, proposal: Proposal, *, at: datetime) -> None:
    """Ask the lead to hand in again: what it handed in names one that has left."""
    notify(
        people_of(proposal.organisation),
        "partner.left",
        params={"challenge": proposal.challenge.title, "closes_at": proposal.challenge.closes_at},
        address=reverse("startups:consortium", kwargs={"public_id": proposal.public_id}),
        key=partner.public_id,
        at=at,
    )


def _tell(partner: Partner, organisation: Organisation, kind: str, *, at: datetime, address: str = "") -> None:
    notify(
        people_of(organisation, OrganisationRole.OWNER),
        kind,
        params={"organisation": organisation.name},
        address=address or reverse("startups:partner_invitation", kwargs={"partner": partner.public_id}),
        key=f"{partner.public_id}:{partner.version}",
        at=at,
    )
