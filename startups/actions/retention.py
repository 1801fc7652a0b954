"""How long startups keep each thing, and what is done then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govtech.accounts import rights
from govtech.files import actions as files
from startups.actions import empty_organisation as empty
from startups.models import (
    Attachment,
    DossierPaper,
    Invitation,
    JoinRequest,
    Organisation,
    PaperKind,
    Partner,
    Proposal,
    ProposalComment,
    ProposalSection,
    ProposalStatus,
    Submission,
    SubmissionFile,
    VerificationCheck,
)

DRAFTS = timedelta(days=365)
PAPERS = timedelta(days=365)
INVITATIONS = timedelta(days=180)
PAPER = "startups.dossierpaper"


def register() -> None:
    """Fill the schedule."""
    rights.schedule.register(
        rights.Rule(
            "startups.drafts",
            _("Drafts of proposals that were never handed in"),
            term=_("A year after the deadline"),
            law=_("GDPR art. 5.1.e"),
            then=_("Texts and files are deleted. That there was a draft stays, without a word of it."),
            find=old_drafts,
            lock=lambda target: Proposal.objects.select_for_update(no_key=True).get(pk=int(target)),
            carry_out=empty_draft,
        )
    )
    rights.schedule.register(
        rights.Rule(
            "startups.papers",
            _("Papers of dossiers that went with no proposal and no award"),
            term=_("A year after they are over or replaced"),
            law=_("GDPR art. 5.1.e; Law 39/2015 art. 28"),
            then=_("The paper and its file are deleted."),
            find=old_papers,
            lock=lambda target: DossierPaper.objects.select_for_update().get(pk=int(target)),
            carry_out=delete_paper,
        )
    )
    rights.schedule.register(
        rights.Rule(
            "startups.comments",
            _("Comments that members made among themselves on a proposal"),
            term=_("A year after the deadline"),
            law=_("GDPR art. 5.1.e"),
            then=_("They are deleted."),
            **rights.deleting(old_comments),
        )
    )
    rights.schedule.register(
        rights.Rule(
            "startups.invitations",
            _("Invitations, with their addresses"),
            term=_("Six months after they were accepted, revoked or expired"),
            law=_("GDPR art. 5.1.c"),
            then=_("They are deleted."),
            **rights.deleting(old_invitations),
        )
    )
    rights.schedule.register(
        rights.Rule(
            "startups.requests",
            _("Requests to join an organisation, with their words"),
            term=_("Six months after they were answered, taken back or lapsed"),
            law=_("GDPR art. 5.1.c"),
            then=_("They are deleted."),
            **rights.deleting(old_requests),
        )
    )
    rights.schedule.register(
        rights.Rule(
            "startups.organisations",
            _("Organisations that left the programme and never handed anything in"),
            term=_("A year after they left"),
            law=_("GDPR art. 5.1.e"),
            then=_("Name, tax number, profile and logo are wiped. Its number stays, without a word of it."),
            find=empty.left_long_ago,
            lock=lambda target: Organisation.objects.select_for_update(no_key=True).get(pk=int(target)),
            carry_out=empty.wipe,
        )
    )
    rights.schedule.register(
        rights.Rule(
            "startups.files",
            _("Proposals handed in, receipts, evaluations, and the papers sent with them"),
            term=_("By the city's archive policy: six years after the file is closed, at least"),
            law=_("Law 39/2015 art. 17; LO 3/2018 art. 32; the archive's tables of valuation"),
            then=_("It is kept: the archive decides what stays for ever."),
        )
    )


def old_drafts(until: datetime, target: str = "") -> Iterator[rights.Due]:
    """Yield drafts whose call closed a year before then and that still hold something."""
    handed_in = Submission.objects.filter(proposal=OuterRef("pk"))
    texts = ProposalSection.objects.filter(proposal=OuterRef("pk"))
    attached = Attachment.objects.filter(proposal=OuterRef("pk"))
    rows = Proposal.objects.filter(
        ~Exists(handed_in),
        Exists(texts) | Exists(attached),
        status__in=[ProposalStatus.DRAFT, ProposalStatus.WITHDRAWN],
        challenge__closes_at__lte=until - DRAFTS,
    )
    if target:
        rows = rows.filter(pk=int(target))
    for row in rows.select_related("challenge").order_by("challenge__closes_at", "pk").iterator():
        words = gettext("A draft for %(reference)s") % {"reference": row.challenge.reference}
        closes_at: Any = row.challenge.closes_at
        yield rights.Due(str(row.pk), words, closes_at + DRAFTS)


def empty_draft(target: str, at: datetime) -> str:  # noqa: ARG001 - the shape of the registry
    """Delete its texts and files; return how many."""
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=int(target))
    texts, _rows = ProposalSection.objects.filter(proposal=proposal).delete()
    ProposalComment.objects.filter(proposal=proposal).delete()
    Partner.objects.filter(proposal=proposal).delete()
    number = 0
    kept = SubmissionFile.objects.values("file")
    for row in Attachment.objects.filter(proposal=proposal).exclude(file__in=kept).select_related("file"):
        stored = row.file
        row.delete()
        files.discard(stored)
        number += 1
    return gettext("Texts: %(texts)d. Files: %(files)d.") % {"texts": texts, "files": number}


def _papers(until: datetime) -> QuerySet[DossierPaper]:
    """Return papers over or replaced a year before then that can stand in no snapshot of a proposal."""
    sent = Submission.objects.filter(
        Q(submitted_at__lte=OuterRef("ended_at")) | Q(submitted_at__date__lte=OuterRef("valid_until")),
        proposal__organisation=OuterRef("organisation"),
        submitted_at__gte=OuterRef("added_at"),
    )
    before = until - PAPERS
    over = Q(ended_at__lte=before) | Q(valid_until__lte=before.date())
    return DossierPaper.objects.filter(over, ~Exists(sent))


def old_papers(until: datetime, target: str = "") -> Iterator[rights.Due]:
    """Yield them, without those that an award holds."""
    papers = _papers(until).filter(pk=int(target)) if target else _papers(until)
    rows = list(papers.order_by("pk").values_list("pk", "kind", "ended_at", "valid_until"))
    needed = rights.needed(PAPER, [row[0] for row in rows])
    for key, kind, ended_at, valid_until in rows:
        if key in needed:
            continue
        ends = [ended_at] if ended_at else []
        if valid_until:
            ends.append(until.replace(year=valid_until.year, month=valid_until.month, day=valid_until.day))
        words = gettext("A paper of a dossier: %(kind)s") % {"kind": PaperKind(kind).label}
        yield rights.Due(str(key), words, min(ends) + PAPERS)


def delete_paper(target: str, at: datetime) -> str:  # noqa: ARG001 - the shape of the registry
    """Delete the paper and its file. What was checked with it stays on record, in words and with its SHA-256."""
    paper = DossierPaper.objects.select_related("file").get(pk=int(target))
    VerificationCheck.objects.filter(paper=paper).update(paper=None)
    stored = paper.file
    paper.delete()
    if stored is not None:
        files.discard(stored)
    return gettext("Deleted.")


def old_comments(at: datetime) -> QuerySet[ProposalComment]:
    """Return comments on proposals whose call closed a year ago. They are no part of what was handed in."""
    return ProposalComment.objects.filter(proposal__challenge__closes_at__lte=at - DRAFTS)


def old_invitations(at: datetime) -> QuerySet[Invitation]:
    """Return invitations that ended half a year ago."""
    before = at - INVITATIONS
    return Invitation.objects.filter(
        Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(accepted_at=None, expires_at__lt=before)
    )


def old_requests(at: datetime) -> QuerySet[JoinRequest]:
    """Return requests to join that ended half a year ago."""
    before = at - INVITATIONS
    return JoinRequest.objects.filter(
        Q(answered_at__lt=before) | Q(withdrawn_at__lt=before) | Q(answered_at=None, expires_at__lt=before)
    )
