"""Papers of the demonstration's organisations: their dossiers, and what the Office checked of them."""

from datetime import date, datetime, timedelta
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile

from govtech.clock import local_date
from govtech.files import pdf
from pilots.management.demo.calls import Stage
from pilots.management.demo.cast import Cast
from pilots.management.demo.organisations import ENTITIES
from pilots.management.demo.replay import Story
from startups.actions import dossier, verification
from startups.calculations.dossier import VERIFICATION_DAYS
from startups.models import CheckKind, Organisation, PaperKind
from startups.policies.dossier import missing_for_award

RENEWED = -275  # days from today: before the first look is a year old
ENDS_SOON = 20  # days from today
NEWER_TAX = [("lumbre", -160), ("nebula", -20)]  # days from today on which a newer certificate came
WITH_EMERGING = ("nebula", "voz", "lumbre")


def renewals(stage: Stage) -> Story:
    """Almost a year later all is looked at again; some certificates are newer, one ends soon; one is asked for papers."""
    for number, entity in enumerate(ENTITIES):
        if entity.verified:
            at = stage.days.on(RENEWED + 2 * number, 12)
            yield at
            until = stage.days.today + timedelta(days=ENDS_SOON) if entity.key == "marea" else None
            verified(stage.cast, entity.key, at=at, until=until)
    for key, offset in NEWER_TAX:
        at = stage.days.on(offset, 11)
        yield at
        _paper(stage.cast.organisations[key], PaperKind.TAX, stage.cast.owner(key), at=at, issued_on=local_date(at))
    at = stage.days.on(-5, 9)
    yield at
    verification.ask(
        stage.cast.organisations["ines"],
        kinds=["register", "tax", "not_barred"],
        note="Para la verificación de este año.",
        by=stage.cast["oficina2"],
        at=at,
    )


def verified(cast: Cast, key: str, *, at: datetime, until: date | None = None, on_paper: bool = True) -> None:
    """An owner brings the papers, or signs alone; the Office goes through its checks and records the organisation."""
    organisation = cast.organisations[key]
    declared(cast, key, at=at)
    if on_paper:
        handed_in(cast, key, at=at)
    verification.verify(
        organisation,
        outcomes=dict.fromkeys(CheckKind.values, "passed"),
        note="Comprobados el NIF, los poderes y la escritura.",
        valid_until=until or local_date(at) + timedelta(days=VERIFICATION_DAYS),
        by=cast["oficina2"],
        at=at,
    )


def declared(cast: Cast, key: str, *, at: datetime) -> None:
    """Sign the declaration of an organisation."""
    organisation, owner = cast.organisations[key], cast.owner(key)
    dossier.declare(
        organisation,
        signatory_name=owner.full_name,
        signatory_post="Administración única",
        is_true=True,
        by=owner,
        at=at,
    )


def handed_in(cast: Cast, key: str, *, at: datetime) -> None:
    """Hand in the papers of an organisation."""
    organisation, owner, today = cast.organisations[key], cast.owner(key), local_date(at)
    for kind in (PaperKind.REGISTER, PaperKind.POWER):
        _paper(organisation, kind, owner, at=at)
    for kind in (PaperKind.TAX, PaperKind.SOCIAL_SECURITY):
        _paper(organisation, kind, owner, at=at, issued_on=today)
    if key in WITH_EMERGING:
        _paper(organisation, PaperKind.EMERGING, owner, at=at, valid_until=today + timedelta(days=1500))


def brought(cast: Cast, key: str, *, at: datetime) -> None:
    """Hand in what an award takes and the dossier has no paper of that holds a week longer."""
    organisation, owner, today = cast.organisations[key], cast.owner(key), local_date(at)
    for kind in missing_for_award(organisation, on=today + timedelta(days=7)):
        issued_on = today if kind in (PaperKind.TAX, PaperKind.SOCIAL_SECURITY) else None
        _paper(organisation, kind, owner, at=at, issued_on=issued_on)


def _paper(
    organisation: Organisation,
    kind: PaperKind,
    by: object,
    *,
    at: datetime,
    issued_on: date | None = None,
    valid_until: date | None = None,
) -> None:
    upload = SimpleUploadedFile(f"{kind}.pdf", _sample())
    dossier.add_paper(organisation, upload, kind=kind, issued_on=issued_on, valid_until=valid_until, by=by, at=at)  # type: ignore[arg-type]


@cache
def _sample() -> bytes:
    text = "Documento de muestra de la demostración. No acredita nada de nadie."
    return pdf.render("document", {"title": "Documento de muestra", "blocks": [pdf.paragraph(text)]})
