"""Where a proposal stands, and from where to where it goes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Envelope(models.TextChoices):
    """What is opened when: the technical part at the opening, the economic one after the judgement is locked."""

    TECHNICAL = "technical", _("technical")
    ECONOMIC = "economic", _("economic")


class ProposalStatus(models.TextChoices):
    """Where a proposal stands."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ADMITTED = "admitted", _("admitted")
    CORRECTION_REQUESTED = "correction_requested", _("correction requested")
    EXCLUDED = "excluded", _("excluded")
    EVALUATED = "evaluated", _("evaluated")
    AWARDED = "awarded", _("awarded")
    RESERVE = "reserve", _("reserve")
    NOT_SELECTED = "not_selected", _("not selected")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return TONES[self]


TONES: dict[ProposalStatus, str] = {
    ProposalStatus.DRAFT: "soon",
    ProposalStatus.SUBMITTED: "open",
    ProposalStatus.WITHDRAWN: "plain",
    ProposalStatus.ADMITTED: "open",
    ProposalStatus.CORRECTION_REQUESTED: "soon",
    ProposalStatus.EXCLUDED: "danger",
    ProposalStatus.EVALUATED: "open",
    ProposalStatus.AWARDED: "pilot",
    ProposalStatus.RESERVE: "plain",
    ProposalStatus.NOT_SELECTED: "plain",
}


TRANSITIONS: dict[ProposalStatus, set[ProposalStatus]] = {
    ProposalStatus.DRAFT: {ProposalStatus.SUBMITTED, ProposalStatus.WITHDRAWN},
    ProposalStatus.SUBMITTED: {
        ProposalStatus.SUBMITTED,
        ProposalStatus.WITHDRAWN,
        ProposalStatus.ADMITTED,
        ProposalStatus.CORRECTION_REQUESTED,
        ProposalStatus.EXCLUDED,
        ProposalStatus.NOT_SELECTED,  # opened, and the call ended before it was judged
    },
    ProposalStatus.WITHDRAWN: set(),
    ProposalStatus.CORRECTION_REQUESTED: {
        ProposalStatus.ADMITTED,
        ProposalStatus.EXCLUDED,
        ProposalStatus.NOT_SELECTED,
    },
    ProposalStatus.ADMITTED: {ProposalStatus.EVALUATED, ProposalStatus.EXCLUDED, ProposalStatus.NOT_SELECTED},
    ProposalStatus.EXCLUDED: set(),
    ProposalStatus.EVALUATED: {
        ProposalStatus.AWARDED,
        ProposalStatus.RESERVE,
        ProposalStatus.NOT_SELECTED,
        ProposalStatus.EXCLUDED,  # an abnormally low offer that wasn't justified
    },
    ProposalStatus.RESERVE: {ProposalStatus.AWARDED, ProposalStatus.NOT_SELECTED},
    ProposalStatus.AWARDED: {ProposalStatus.NOT_SELECTED},
    ProposalStatus.NOT_SELECTED: {ProposalStatus.RESERVE},  # the award made instead was annulled
}

# States that only an opened proposal can have.
OPENED = set(ProposalStatus) - {ProposalStatus.DRAFT, ProposalStatus.SUBMITTED, ProposalStatus.WITHDRAWN}


class VatRegime(models.TextChoices):
    """How VAT applies to the offer."""

    GENERAL = "general", _("general rate")
    EXEMPT = "exempt", _("exempt")
    REVERSE_CHARGE = "reverse_charge", _("reverse charge")


# What a panel judges or has judged.
ON_PANEL = [
    ProposalStatus.ADMITTED,
    ProposalStatus.EVALUATED,
    ProposalStatus.AWARDED,
    ProposalStatus.RESERVE,
    ProposalStatus.NOT_SELECTED,
]
