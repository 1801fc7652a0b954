"""Stories of proposals made with others, and of a file that isn't for everybody."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from pilots.management.demo.cast import Cast
from pilots.management.demo.proposals import Offer
from startups.actions import attachment as attachments
from startups.actions import consortium
from startups.models import Proposal


@dataclass(frozen=True)
class Ally:
    """A partner of an offer. Without `confirms` its owner hasn't answered yet."""

    entity: str
    role: str
    share: str
    confirms: bool = True


ALLIES: dict[tuple[str, str], tuple[Ally, ...]] = {
    ("soledad", "voz"): (Ally("itec", "Instala los avisadores en las viviendas y los mantiene.", "30"),),
    ("soledad", "nebula"): (Ally("lumbre", "Analiza el consumo eléctrico sin ver a nadie.", "25", confirms=False),),
    ("zonas-verdes", "orilla"): (Ally("lumbre", "Pone los contadores en las farolas.", "20", confirms=False),),
    ("ruido", "nebula"): (Ally("upm", "Calibra los sonómetros y revisa el método.", "20"),),
    ("emprender", "castana"): (Ally("ines", "Escribe y prueba las preguntas con quien empieza.", "15"),),
}
SHEET = "perfil;horas;coste\nDirección;40;2400\nTécnica de campo;120;4200\n".encode()
CONFIDENTIAL = {("soledad", "voz"): "Secreto empresarial: costes de nuestro personal."}


def joined(cast: Cast, proposal: Proposal, offer: Offer, *, at: datetime) -> None:
    """The lead invites who works with it; those who want to, confirm. What is confidential is marked."""
    key = (offer.challenge, offer.entity)
    owner = cast.owner(offer.entity)
    for ally in ALLIES.get(key, ()):
        who = cast.organisations[ally.entity]
        terms = {"label": who.name, "country": who.country, "tax_id": who.tax_id, "role": ally.role}
        partner = consortium.invite(proposal, **terms, share=Decimal(ally.share), by=owner, at=at)
        if ally.confirms:
            consortium.confirm(partner, who, version=partner.version, by=cast.owner(ally.entity), at=at)
    if key in CONFIDENTIAL:
        sheet = SimpleUploadedFile("costes-de-personal.csv", SHEET, content_type="text/csv")
        attachments.add(proposal, sheet, envelope="economic", confidential=CONFIDENTIAL[key], by=owner, at=at)
