"""The dossier: papers handed in once, declarations signed on screen, and what of them goes with a proposal."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files import actions as files
from startups.calculations import dossier as rules
from startups.calculations.counting import has_words
from startups.models import DossierPaper, Organisation, PaperKind, VerificationRequest
from startups.policies import dossier as policies
from startups.policies import organisation as organisations


def _locked(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


@transaction.atomic
def add_paper(
    organisation: Organisation,
    upload: UploadedFile,
    *,
    kind: str = PaperKind.OTHER,
    title: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
    by: User,
    at: datetime,
) -> DossierPaper:
    """Keep a paper; it ends the former one of its kind. Without `valid_until` the law's term counts from its date.

    Raises PermissionDenied, or DomainError beside `kind`, `title`, `issued_on`, `valid_until` or `file`.
    """
    organisation = _locked(organisation)
    policies.check_can_add(organisation, by=by, at=at)
    kind = PaperKind(kind)
    if kind.rule.is_declaration:
        raise DomainError(_("This is a declaration: an owner signs it on this page, without a file."), field="kind")
    if kind == PaperKind.OTHER and not has_words(title):
        raise DomainError(_("Say what the document is, for instance «Company register, extract»."), field="title")
    today = clock.local_date(at)
    if issued_on is not None and issued_on > today:
        raise DomainError(_("A paper can't be issued in the future."), field="issued_on")
    valid_until = _last_day(kind, issued_on, valid_until)
    if valid_until is not None and valid_until < today:
        raise DomainError(_("This paper doesn't hold any more. Hand in one in force."), field="valid_until")
    stored = files.store(upload, by=by, at=at)
    paper = _keep(
        organisation,
        kind,
        title=" ".join(title.split())[:140] if kind == PaperKind.OTHER else "",
        file=stored,
        issued_on=issued_on,
        valid_until=valid_until,
        by=by,
        at=at,
    )
    audit.record("organisation.paper_added", target=organisation, by=by, at=at, new=kind)
    return paper


def _last_day(kind: PaperKind, issued_on: date | None, valid_until: date | None) -> date | None:
    if kind.rule.months and issued_on is None:
        raise DomainError(_("Write the day it was issued: it counts six months from then."), field="issued_on")
    most = rules.last_day(kind, issued_on) if issued_on else None
    if most is not None:
        return min(most, valid_until) if valid_until else most
    if kind.rule.needs_expiry and valid_until is None:
        raise DomainError(_("Write the last day it holds."), field="valid_until")
    if valid_until and issued_on and valid_until < issued_on:
        raise DomainError(_("The last day must not come before the first."), field="valid_until")
    return valid_until


@transaction.atomic
def declare(
    organisation: Organisation, *, signatory_name: str, signatory_post: str, is_true: bool, by: User, at: datetime
) -> DossierPaper:
    """Sign the declaration of not being barred from contracts (LCSP arts. 71, 140): for a year, or until renewed."""
    organisation = _locked(organisation)
    policies.check_can_declare(organisation, by=by, at=at)
    name, post = " ".join(signatory_name.split()), " ".join(signatory_post.split())
    if not has_words(name):
        raise DomainError(_("Write the name and surname of who signs for the organisation."), field="signatory_name")
    if not has_words(post):
        raise DomainError(_("Write the post of who signs, for instance «sole administrator»."), field="signatory_post")
    if not is_true:
        raise DomainError(_("Confirm that it is so, or don't sign it."), field="is_true")
    today = clock.local_date(at)
    paper = _keep(
        organisation,
        PaperKind.NOT_BARRED,
        statement=statement(organisation),
        signatory_name=name[:120],
        signatory_post=post[:120],
        issued_on=today,
        valid_until=today + timedelta(days=rules.DECLARATION_DAYS),
        by=by,
        at=at,
    )
    audit.record("organisation.declared", target=organisation, by=by, at=at, new=PaperKind.NOT_BARRED)
    return paper


def statement(organisation: Organisation) -> str:
    """Return the words that are signed."""
    return _(
        "%(name)s, %(number)s, isn't in any of the situations that bar from contracts with public bodies (article 71 "
        "of Law 9/2017): no final convictions of the kinds named there, no serious sanctions, no insolvency, taxes and "
        "social security paid, and no false data given. If that changes, it tells the Office."
    ) % {"name": organisation.name, "number": organisation.tax_id}


def _keep(organisation: Organisation, kind: str, *, by: User, at: datetime, **fields: Any) -> DossierPaper:
    """End the former paper of the kind, write this one, and close a request that has all it asked for."""
    if kind != PaperKind.OTHER:
        DossierPaper.objects.current().filter(organisation=organisation, kind=kind).update(ended_at=at, ended_by=by)
    paper = DossierPaper.objects.create(organisation=organisation, kind=kind, added_at=at, added_by=by, **fields)
    waiting = VerificationRequest.objects.filter(organisation=organisation, closed_at=None).first()
    if waiting is not None:
        held = DossierPaper.objects.valid(clock.local_date(at)).filter(organisation=organisation)
        if not set(waiting.kinds) - set(held.values_list("kind", flat=True)):
            waiting.closed_at = at
            waiting.save(update_fields=["closed_at"])
    return paper


@transaction.atomic
def take_out(paper: DossierPaper, *, by: User, at: datetime) -> DossierPaper:
    """Take a paper out of the dossier. What it was sent with keeps it."""
    organisation = _locked(paper.organisation)
    organisations.check_is_owner(organisation, by=by, at=at)
    paper = DossierPaper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    if paper.ended_at:
        return paper
    paper.ended_at, paper.ended_by = at, by
    paper.save(update_fields=["ended_at", "ended_by"])
    audit.record("organisation.paper_removed", target=organisation, by=by, at=at, old=paper.kind)
    return paper


def snapshot(organisation: Organisation, *, at: datetime) -> list[dict[str, Any]]:
    """Return what of the dossier holds now, as it goes into the technical envelope of a proposal: plain values.

    Files by their hash, so that they needn't be handed in again; declarations with their words.
    """
    papers = DossierPaper.objects.valid(clock.local_date(at)).filter(organisation=organisation)
    return [_as_data(paper) for paper in papers.select_related("file").order_by("kind", "pk")]


def _as_data(paper: DossierPaper) -> dict[str, Any]:
    data: dict[str, Any] = {
        "paper": paper.public_id,
        "kind": paper.kind,
        "title": paper.title,
        "issued_on": paper.issued_on.isoformat() if paper.issued_on else "",
        "valid_until": paper.valid_until.isoformat() if paper.valid_until else "",
    }
    if paper.file is not None:
        return {**data, "sha256": paper.file.sha256, "size": paper.file.size}
    signed = {"name": paper.signatory_name, "post": paper.signatory_post}
    return {**data, "statement": paper.statement, "signatory": signed}
