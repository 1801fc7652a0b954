"""Organisations that left without having handed anything in: nothing of them is needed, and a year later it goes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from govtech.accounts import rights
from govtech.files import actions as files
from startups.models import (
    DossierPaper,
    EmergingCompany,
    Invitation,
    JoinRequest,
    Organisation,
    Partner,
    PartnerStatus,
    PastWork,
    RelatedCompany,
    Submission,
    Verification,
    VerificationRequest,
)

TERM = timedelta(days=365)
WIPED = "-"  # a tax number that begins so is nobody's
TEXTS = ("address", "website", "description", "capabilities", "size", "earlier_size", "verified_note")
NUMBERS = ("founded_on", "staff", "turnover", "balance", "in_group", "is_public_body", "trl")
EARLIER = ("earlier_staff", "earlier_turnover", "earlier_balance", "group_changed", "verified_until")


def without_files() -> QuerySet[Organisation]:
    """Return organisations that handed nothing in and are in nobody's consortium: no file of a contract names them."""
    handed_in = Submission.objects.filter(proposal__organisation=OuterRef("pk"))
    partner = Partner.objects.filter(organisation=OuterRef("pk"), status=PartnerStatus.CONFIRMED)
    return Organisation.objects.filter(~Exists(handed_in), ~Exists(partner))


def left_long_ago(until: datetime, target: str = "") -> Iterator[rights.Due]:
    """Yield those that left a year before then and aren't wiped."""
    rows = without_files().filter(withdrawn_at__lte=until - TERM).exclude(tax_id__startswith=WIPED)
    if target:
        rows = rows.filter(pk=int(target))
    for key, left_at in rows.order_by("withdrawn_at", "pk").values_list("pk", "withdrawn_at"):
        if left_at is not None:
            yield rights.Due(
                str(key), gettext("An organisation that left in %(day)s") % {"day": f"{left_at:%m/%Y}"}, left_at + TERM
            )


def wipe(target: str, at: datetime) -> str:
    """Wipe all that says which organisation it was. Papers of its dossier end, and go at their own term."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=int(target))
    with translation.override("es"):
        organisation.name = gettext("Organisation that left")
    organisation.tax_id = f"{WIPED}{organisation.pk}"
    organisation.is_listed = False
    for field in TEXTS:
        setattr(organisation, field, "")
    for field in (*NUMBERS, *EARLIER):
        setattr(organisation, field, None)
    logo, organisation.logo = organisation.logo, None
    organisation.save()
    organisation.policy_areas.clear()
    for model in (RelatedCompany, PastWork, EmergingCompany, Invitation, JoinRequest):
        model.objects.filter(organisation=organisation).delete()  # type: ignore[attr-defined]
    VerificationRequest.objects.filter(organisation=organisation).update(note="")
    held = DossierPaper.objects.current().filter(organisation=organisation)
    held.update(ended_at=at, ended_by=organisation.withdrawn_by)
    if logo is not None:
        files.discard(logo)
    return gettext("Wiped. Verifications, without a name: %(n)d") % {
        "n": Verification.objects.filter(organisation=organisation).count()
    }


def forget_address(organisation: Organisation) -> None:
    """Take from a person that leaves as an organisation, without files, what says where they live and what they do."""
    if organisation.is_person and without_files().filter(pk=organisation.pk).exists():
        organisation.address = organisation.website = organisation.description = ""
