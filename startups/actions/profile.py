"""What an organisation says of itself: its size and group, whether it is an emerging company, its public profile."""

import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files import actions as files
from govtech.files import checks
from govtech.files.models import StoredFile
from govtech.reference.models import PolicyArea
from startups.calculations.counting import has_words
from startups.models import EmergingCompany, Organisation, PastWork, RelatedCompany, Relation
from startups.policies import organisation as policies
from startups.policies.size import size_of

SIZE = (
    "staff", "turnover", "balance", "in_group", "is_public_body", "earlier_staff", "earlier_turnover",
    "earlier_balance", "earlier_size", "group_changed",
)  # fmt: skip
ANSWERS = (
    "long_sector", "is_new", "keeps_profits", "is_unlisted", "is_in_spain", "staff_in_spain",
    "in_control_group", "group_meets", "is_innovative",
)  # fmt: skip
MOST_ROWS = 20
MOST_CAPABILITIES, LONGEST = 15, 40
LOGO_PIXELS = 480
LOGO_BYTES = 2_000_000
MOST_PIXELS = 16_000_000


@transaction.atomic
def save_size(
    organisation: Organisation,
    *,
    related: Iterable[Mapping[str, Any]],
    seen: str = "",
    by: User,
    at: datetime,
    **figures: Any,
) -> Organisation:
    """Keep the figures of `SIZE` and the companies that count with them; compute the size.

    `related` are {"name", "relation", "holder", "share", "staff", "turnover", "balance"}; shares in percent, amounts
    in euros; `staff` may be None where it doesn't count.
    Raises DomainError(field="related") for a share that doesn't fit its relation.
    """
    organisation = _lock(organisation, by=by, at=at)
    policies.check_is_as_seen(organisation, seen)
    rows = [_related(organisation, row) for row in related][:MOST_ROWS]
    if rows and not figures["in_group"]:
        raise DomainError(
            _("You listed companies and said that it doesn't belong to a group. Mend one of the two."), field="in_group"
        )
    changed = [name for name in SIZE if getattr(organisation, name) != figures[name]]
    for name in SIZE:
        setattr(organisation, name, figures[name])
    if _replace(organisation.related_companies, rows):
        changed.append("related_companies")
    organisation.size = size_of(organisation).name
    return _keep(organisation, [*SIZE, "size"], changed, by=by, at=at)


def _related(organisation: Organisation, row: Mapping[str, Any]) -> RelatedCompany:
    relation, share = Relation(row["relation"]), Decimal(row["share"])
    fits = Decimal(25) <= share <= Decimal(50) if relation == Relation.PARTNER else Decimal(0) <= share <= Decimal(100)
    if not fits:
        raise DomainError(
            _("A partner holds from 25 % to 50 %. With more it is linked; with less it doesn't count."), field="related"
        )
    return RelatedCompany(
        organisation=organisation,
        name=row["name"].strip()[:160],
        relation=relation,
        holder=row.get("holder", ""),
        share=share,
        staff=row["staff"],
        turnover=row["turnover"],
        balance=row["balance"],
    )


@transaction.atomic
def save_profile(
    organisation: Organisation,
    *,
    description: str,
    policy_areas: Iterable[PolicyArea],
    capabilities: str,
    trl: int | None,
    is_listed: bool,
    works: Iterable[Mapping[str, Any]],
    seen: str = "",
    by: User,
    at: datetime,
) -> Organisation:
    """Keep what the directory shows of it, where it chose to be there.

    `capabilities` are separated by commas or lines, 15 at most of 40 characters; `works` are {"title", "client",
    "year", "summary", "url"}. Raises DomainError(field="capabilities"), or "description" where a listed one has none.
    """
    organisation = _lock(organisation, by=by, at=at)
    policies.check_is_as_seen(organisation, seen)
    if is_listed and not has_words(description):
        raise DomainError(
            _("To be in the directory, say in a few lines what it does: who reads it knows nothing of you."),
            field="description",
        )
    values = {
        "description": description.strip(),
        "capabilities": _capabilities(capabilities),
        "trl": trl,
        "is_listed": is_listed,
    }
    changed = [name for name, value in values.items() if getattr(organisation, name) != value]
    for name, value in values.items():
        setattr(organisation, name, value)
    areas = list(policy_areas)
    if {area.pk for area in areas} != {area.pk for area in organisation.policy_areas.all()}:
        organisation.policy_areas.set(areas)
        changed.append("policy_areas")
    rows = [PastWork(organisation=organisation, **row) for row in works][:MOST_ROWS]
    if _replace(organisation.past_work, rows):
        changed.append("past_work")
    return _keep(organisation, list(values), changed, by=by, at=at)


def _capabilities(text: str) -> str:
    words: dict[str, str] = {}
    for part in text.replace("\n", ",").replace(";", ",").split(","):
        word = " ".join(part.split())
        if word:
            words.setdefault(word.casefold(), word)
    long = next((word for word in words.values() if len(word) > LONGEST), None)
    if long:
        raise DomainError(
            _("«%(word)s» is too long for a capability: %(most)s characters at most, separated by commas.")
            % {"word": long[:LONGEST], "most": LONGEST},
            field="capabilities",
        )
    if len(words) > MOST_CAPABILITIES:
        raise DomainError(
            _("Choose the %(most)s capabilities that say most of you.") % {"most": MOST_CAPABILITIES},
            field="capabilities",
        )
    joined = ", ".join(words.values())
    if len(joined) > Organisation._meta.get_field("capabilities").max_length:  # type: ignore[operator]
        raise DomainError(_("All capabilities together are too long. Shorten some."), field="capabilities")
    return joined


@transaction.atomic
def save_emerging(
    organisation: Organisation,
    *,
    certificate: str,
    certified_on: Any,
    seen: str = "",
    by: User,
    at: datetime,
    **answers: bool | None,
) -> EmergingCompany:
    """Keep what it answers on each condition of the law; what isn't said stays so. DomainError(field="certificate")."""
    organisation = _lock(organisation, by=by, at=at)
    policies.check_is_as_seen(organisation, seen)
    if bool(certificate.strip()) != bool(certified_on):
        raise DomainError(_("Write both the number of the certificate and its date, or neither."), field="certificate")
    values = {**{name: answers[name] for name in ANSWERS}, "certificate": certificate.strip()}
    saved, _created = EmergingCompany.objects.update_or_create(
        organisation=organisation, defaults={**values, "certified_on": certified_on, "saved_at": at, "saved_by": by}
    )
    _keep(organisation, [], ["emerging"], by=by, at=at)
    return saved


@transaction.atomic
def set_logo(organisation: Organisation, upload: UploadedFile, *, by: User, at: datetime) -> Organisation:
    """Show this image with the profile: drawn anew, small, without what a camera or program wrote into it.

    Raises DomainError(field="file") for what isn't a PNG or JPEG, or is too large.
    """
    organisation = _lock(organisation, by=by, at=at)
    if (upload.size or 0) > LOGO_BYTES:
        raise DomainError(_("The logo can have 2 MB at most. Make it smaller."), field="file")
    extension = checks.check_upload(checks.clean_name(upload.name or ""), upload.size or 0)
    if extension not in ("png", "jpg", "jpeg"):
        raise DomainError(_("Choose an image: PNG or JPG."), field="file")
    upload.seek(0)
    data = upload.read()
    checks.check_content(data, extension)
    stored = files.store_bytes(_drawn(data), name="logo.png", content_type="image/png", by=by, at=at)
    return _put_logo(organisation, stored, by=by, at=at)


def _drawn(data: bytes) -> bytes:
    """Return the image small and the right way up, without what else the file says. DomainError where it is cut off."""
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise DomainError(_("This image is larger than a logo needs. Make it smaller."), field="file")
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LOGO_PIXELS, LOGO_PIXELS))
            clean = upright.convert("RGBA")
            clean.info.clear()
            clean.save(out, "PNG", optimize=True)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DomainError(_("This image is damaged. Save it again and choose it once more."), field="file") from error
    return out.getvalue()


@transaction.atomic
def remove_logo(organisation: Organisation, *, by: User, at: datetime) -> Organisation:
    """Show no logo."""
    return _put_logo(_lock(organisation, by=by, at=at), None, by=by, at=at)


def _put_logo(organisation: Organisation, stored: StoredFile | None, *, by: User, at: datetime) -> Organisation:
    old, organisation.logo = organisation.logo, stored
    _keep(organisation, ["logo"], ["logo"], by=by, at=at)
    if old:
        files.discard(old)
    return organisation


def _lock(organisation: Organisation, *, by: User, at: datetime) -> Organisation:
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    policies.check_can_edit(organisation, by=by, at=at)
    return organisation


def _replace(kept: Any, rows: list[Any]) -> bool:
    """Put these rows in place of those kept; say whether anything is different."""
    names = [field.attname for field in kept.model._meta.concrete_fields if field.name not in ("id", "organisation")]

    def content(row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in names)

    if [content(row) for row in kept.order_by("pk")] == [content(row) for row in rows]:
        return False
    kept.all().delete()
    kept.model.objects.bulk_create(rows)
    return True


def _keep(organisation: Organisation, names: list[str], changed: list[str], *, by: User, at: datetime) -> Organisation:
    """Save the columns and put on record what changed, by name."""
    if changed:
        organisation.changed_at = at
        organisation.save(update_fields=[*names, "changed_at"])
        audit.record("organisation.changed", target=organisation, by=by, at=at, fields=changed)
    return organisation
