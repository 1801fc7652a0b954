"""What pilots hold of people: downloaded, kept by law without a name, and what of a dossier an award still needs."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govtech.accounts import rights
from govtech.accounts.models import User
from govtech.files import actions as files
from govtech.files.models import StoredFile
from pilots.models import Award, AwardPaper, Deliverable
from startups.models import Membership, VerificationCheck

PIECE = 64 * 1024


def register() -> None:
    """Fill the registries."""
    rights.export.register(rights.Part("pilots", _("Papers and deliverables of awards and pilots"), rows, uploads))
    rights.erasure.register(rights.Erasing("pilots", 15, plan, lambda _user, _at: None))
    rights.register_use("startups.dossierpaper", held_by_awards)
    rights.schedule.register(
        rights.Rule(
            "pilots.files",
            _("Awards, contracts, deliverables, invoices and the ledger"),
            term=_("By the city's archive policy: six years after the file is closed, at least"),
            law=_("Law 39/2015 art. 17; RDL 2/2004 art. 200; LO 3/2018 art. 32; the archive's tables of valuation"),
            then=_("It is kept: the archive decides what stays for ever."),
        )
    )


def held_by_awards(keys: Iterable[int]) -> set[int]:
    """Return which papers of dossiers were handed in for an award, or prove a verification that one rests on."""
    keys = list(keys)
    held = AwardPaper.objects.filter(dossier_paper__in=keys).values_list("dossier_paper", flat=True)
    awards = Award.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=OuterRef("verification__checked_at")),
        Q(approved_at=None) | Q(approved_at__gte=OuterRef("verification__checked_at")),
        proposal__organisation=OuterRef("verification__organisation"),
    )
    in_force = Q(verification__ended_at=None) & Exists(awards)
    was_in_force = Exists(awards.filter(proposed_at__lte=OuterRef("verification__ended_at")))
    proofs = VerificationCheck.objects.filter(in_force | was_in_force, paper__in=keys).values_list("paper", flat=True)
    return {key for key in [*held, *proofs] if key is not None}


def _papers(user: User) -> Any:
    own = Membership.objects.current().filter(user=user).values("organisation")
    rows = AwardPaper.objects.filter(added_by=user, award__proposal__organisation__in=own)
    return rows.select_related("file", "award__resolution__challenge").order_by("pk")


def _deliverables(user: User) -> Any:
    own = Membership.objects.current().filter(user=user).values("organisation")
    rows = Deliverable.objects.filter(added_by=user, milestone__pilot__organisation__in=own)
    return rows.select_related("file", "milestone__pilot").order_by("pk")


def rows(user: User) -> Iterator[dict[str, Any]]:
    """Yield awards that the person answered, papers and deliverables."""
    answered = Award.objects.filter(answered_by=user).select_related("resolution__challenge")
    for award in answered.order_by("pk").iterator():
        yield {
            "what": "answer to an award",
            "call": award.resolution.challenge.reference,
            "at": award.answered_at,
            "note": award.answer_note,
        }
    for paper in _papers(user).iterator():
        yield {"what": "paper", "of": paper.award.resolution.challenge.reference, "title": paper.title}
    for row in _deliverables(user).iterator():
        yield {"what": "deliverable", "of": row.milestone.pilot.reference, "milestone": row.milestone.title}


def uploads(user: User) -> Iterator[rights.ExportFile]:
    """Yield the files of papers and deliverables that the person may still read."""
    for row in _papers(user).filter(file__isnull=False, dossier_paper=None).iterator():
        yield _file(row.award.resolution.challenge.reference, row)
    for row in _deliverables(user).iterator():
        yield _file(row.milestone.pilot.reference, row)


def _file(folder: str, row: Any) -> rights.ExportFile:
    return rights.ExportFile(f"{folder}/{row.public_id}-{row.file.name}", lambda: _pieces(row.file))


def _pieces(stored: StoredFile) -> Iterable[bytes]:
    with files.open_stored(stored) as source:
        while piece := source.read(PIECE):
            yield piece


def plan(user: User, at: datetime) -> list[rights.Said]:  # noqa: ARG001 - the shape of the registry
    """Say what stays."""
    number = (
        Award.objects.filter(answered_by=user).count()
        + AwardPaper.objects.filter(added_by=user).count()
        + Deliverable.objects.filter(added_by=user).count()
    )
    return [
        rights.Said(
            gettext("Answers to awards, papers and deliverables, without your name"),
            number,
            gettext(
                "They are part of a contract and its accounts: the city keeps them as its archive says (RDL 2/2004)."
            ),
        )
    ]
