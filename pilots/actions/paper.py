"""Papers of an award that the winner's dossier holds already: they are handed in by themselves, never asked again."""

from datetime import datetime

from django.db import transaction

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from pilots.actions.challenge import locked as locked_challenge
from pilots.actions.offer import last_submission
from pilots.models import Award, AwardPaper
from pilots.policies import award as policies
from startups.actions import dossier as dossiers
from startups.models import DossierPaper, PaperKind


def in_dossier(award: Award, *, at: datetime) -> list[DossierPaper]:
    """Return what the winner's dossier holds today and the award doesn't have yet, by kind."""
    held = DossierPaper.objects.valid(clock.local_date(at)).filter(organisation=award.proposal.organisation)
    handed_in = AwardPaper.objects.filter(award=award, dossier_paper__isnull=False).values("dossier_paper")
    wanted = held.exclude(kind=PaperKind.OTHER).exclude(pk__in=handed_in)
    return list(wanted.select_related("file", "organisation").order_by("kind", "pk"))


def declare_if_not_in_force(award: Award, *, by: User, at: datetime) -> None:
    """Sign, in the name of the owner who accepts, that nothing bars the organisation, where its last word is over."""
    organisation = award.proposal.organisation
    held = DossierPaper.objects.valid(clock.local_date(at)).filter(organisation=organisation)
    if not held.filter(kind=PaperKind.NOT_BARRED).exists():
        post = by.post or last_submission(award.proposal).technical["signatory"]["post"]
        dossiers.declare(organisation, signatory_name=by.full_name, signatory_post=post, is_true=True, by=by, at=at)


def take_from_dossier(award: Award, *, by: User, at: datetime) -> list[AwardPaper]:
    """Put what the dossier holds with the award. The caller has locked it and checked who asks."""
    found = in_dossier(award, at=at)
    made = [
        AwardPaper.objects.create(
            award=award,
            kind=paper.kind,
            dossier_paper=paper,
            file=paper.file,
            title=paper.label,
            added_at=at,
            added_by=by,
        )
        for paper in found
    ]
    if made:
        audit.record("award.paper_added", target=award, by=by, at=at, fields=[paper.kind for paper in found])
    return made


@transaction.atomic
def add_from_dossier(award: Award, *, by: User, at: datetime) -> list[AwardPaper]:
    """Hand in what the dossier holds. Raises PermissionDenied, or TransitionError once the award is decided."""
    locked_challenge(award.resolution.challenge)
    rows = Award.objects.select_for_update(of=("self",), no_key=True)
    award = rows.select_related("resolution__challenge", "proposal__organisation").get(pk=award.pk)
    policies.check_can_add_paper(award, by=by, at=at)
    return take_from_dossier(award, by=by, at=at)
