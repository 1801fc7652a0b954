"""What owners are told of their papers and their verification: nothing in it says whether they propose."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from govtech import clock
from govtech.notifications import kinds
from govtech.notifications.actions import notify
from startups.calculations.dossier import SOON, reminder
from startups.models import (
    DossierPaper,
    Organisation,
    OrganisationRole,
    PaperKind,
    Verification,
    VerificationRequest,
)
from startups.notifications.organisation import people_of

kinds.register(
    "organisation.verified",
    subject=_("{organisation} is verified"),
    text=_("The Office has checked who your organisation is. It holds until {until}. You don't have to do anything."),
    action=_("See it"),
)
kinds.register(
    "organisation.not_verified",
    subject=_("{organisation} couldn't be verified"),
    text=_("The Office checked your organisation and something doesn't hold: {reason}"),
    action=_("See what it was"),
)
kinds.register(
    "organisation.verification_ended",
    subject=_("The verification of {organisation} is over"),
    text=_("{reason} You can go on writing and handing in proposals: it is needed only before an award."),
    action=_("See your papers"),
)
kinds.register(
    "organisation.papers_asked",
    subject=_("The Office asks {organisation} for papers"),
    text=_(
        "To verify organisations, the Office asks for these: {papers}. It asks any organisation, whether or not it "
        "proposes anything. {note}"
    ),
    action=_("Hand them in"),
)
kinds.register(
    "organisation.paper_ends",
    subject=_("A paper of {organisation} ends on {until}"),
    text=_("{paper}: it holds until {until}. Hand in the new one and nobody will ask you for it again."),
    action=_("Renew it"),
)
kinds.register(
    "organisation.paper_ended",
    subject=_("A paper of {organisation} doesn't hold any more"),
    text=_("{paper}: it held until {until}. It isn't sent with your proposals any more. Hand in the new one."),
    action=_("Renew it"),
)
kinds.register(
    "organisation.verification_ends",
    subject=_("The verification of {organisation} ends on {until}"),
    text=_("Bring your papers up to date and the Office will look at them again. It is needed only before an award."),
    action=_("See your papers"),
)


def dossier_of(organisation: Organisation) -> str:
    """Return the address of its papers."""
    return reverse("startups:dossier", kwargs={"public_id": organisation.public_id})


def _tell(organisation: Organisation, kind: str, key: str, *, at: datetime, **params: Any) -> None:
    notify(
        people_of(organisation, OrganisationRole.OWNER),
        kind,
        params={"organisation": organisation.name, **params},
        address=dossier_of(organisation),
        key=key,
        at=at,
    )


def checked(verification: Verification, *, at: datetime) -> None:
    """Tell the owners what the Office found."""
    organisation = verification.organisation
    if verification.passed:
        _tell(organisation, "organisation.verified", verification.public_id, at=at, until=verification.valid_until)
    else:
        _tell(organisation, "organisation.not_verified", verification.public_id, at=at, reason=verification.note)


def ended(verification: Verification, *, reason: Any, at: datetime) -> None:
    """Tell the owners that it doesn't hold any more, and why."""
    _tell(
        verification.organisation,
        "organisation.verification_ended",
        verification.public_id,
        at=at,
        reason=reason,
    )


def asked(request: VerificationRequest, *, at: datetime) -> None:
    """Tell the owners which papers the Office asks for."""
    papers = lazy(lambda: ", ".join(str(PaperKind(kind).label) for kind in request.kinds), str)()
    _tell(
        request.organisation,
        "organisation.papers_asked",
        f"{request.organisation.public_id}:{request.pk}",
        at=at,
        papers=papers,
        note=request.note,
    )


def remind(*, at: datetime) -> None:
    """Tell owners of papers and verifications that end: 30 and 7 days before, and when they have. Safe to repeat."""
    today = clock.local_date(at)
    span = {"valid_until__range": (today - timedelta(days=SOON // 4), today + timedelta(days=SOON))}
    papers = DossierPaper.objects.current().filter(organisation__withdrawn_at=None, **span)
    for paper in papers.select_related("organisation").order_by("pk").iterator():
        step = reminder(paper.valid_until, today) if paper.valid_until else None
        if step is None:
            continue
        kind = "organisation.paper_ended" if step == 0 else "organisation.paper_ends"
        _tell(
            paper.organisation,
            kind,
            f"{paper.public_id}:{step}",
            at=at,
            paper=paper.title or PaperKind(paper.kind).label,
            until=paper.valid_until,
        )
    looks = Verification.objects.filter(passed=True, ended_at=None, organisation__withdrawn_at=None, **span)
    for look in looks.select_related("organisation").order_by("pk").iterator():
        step = reminder(look.valid_until, today) if look.valid_until else None
        if step:
            _tell(
                look.organisation,
                "organisation.verification_ends",
                f"{look.public_id}:{step}",
                at=at,
                until=look.valid_until,
            )
