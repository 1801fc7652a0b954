"""Proposals under seal with a marker in every word of theirs, and the search for markers in what anybody gets."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from startups.actions import attachment as attachments
from startups.actions import comment as comments
from startups.actions import consortium as consortia
from startups.actions import draft as drafts
from startups.actions import proposal as proposals
from startups.calculations.form import LEVEL, sections_of
from startups.models import Envelope, Membership, Organisation, OrganisationRole, Partner, Proposal
from tests import people
from tests.startups import factories

STEM = "zarzamora"  # the technical part
MONEY = "mandragora"  # the economic part
NAME = "Zurbarana Sellada"  # the organisation
ALLY = "Aliada Sellada"  # its partners
AMOUNT = rb"(?<!\d)(?:11\.?3[01]7,\d\d|11317\.\d\d)(?!\d)"  # alone: no digits of an instant or of a random number
MARK = re.compile(rb"(?:zarzamora|mandragora)[A-Z]+|" + AMOUNT)
MONEY_MARK = re.compile(rb"mandragora[A-Z]+|" + AMOUNT)
PRICE = Decimal("11317.19")


@dataclass
class Sealed:
    """An organisation, who belongs to it, who did once, and its proposals: handed in twice, a draft, withdrawn.

    The one handed in has a partner; another left it, a third is invited and hasn't answered. Their owners.
    """

    organisation: Organisation
    owner: User
    former: User
    partner: User
    invited: User
    left: User
    submitted: Proposal
    draft: Proposal
    withdrawn: Proposal

    @property
    def proposals(self) -> list[Proposal]:
        """All of them."""
        return [self.submitted, self.draft, self.withdrawn]


def sealed(challenge: Challenge, another: Challenge) -> Sealed:
    """Make the proposals, by the real actions, in two challenges that take proposals now."""
    owner, former = people.person("Oriol Dueño"), people.person("Fermín Anterior")
    organisation = factories.organisation(owner=owner, name=NAME)
    factories.member(organisation, OrganisationRole.EDITOR, former)
    withdrawn = written(challenge, organisation)
    factories.hand_in(withdrawn, signatory_name=f"{STEM}FIRMA")
    proposals.withdraw(withdrawn, by=owner)
    submitted = written(challenge, organisation)
    factories.hand_in(submitted, signatory_name=f"{STEM}FIRMA")
    section = submitted.sections.get(key="solution")
    partner, left = (_joined(submitted, f"{ALLY} {number}") for number in (1, 2))
    consortia.leave(submitted.partners.get(organisation__memberships__user=left), by=left, at=clock.now())
    body = f"Otra vez {STEM}SOLUCION, mejor contada."
    drafts.save_section(submitted, "solution", version=section.version, body=body, by=owner, at=clock.now())
    factories.hand_in(submitted, signatory_name=f"{STEM}FIRMA", signatory_post=f"{STEM}CARGO")
    invited = people.person()
    _invited(submitted, factories.organisation(owner=invited, name=f"{ALLY} 3"))
    draft = written(another, organisation)
    Membership.objects.filter(user=former).update(left_at=clock.now(), left_by=owner)
    for proposal in (submitted, draft, withdrawn):
        proposal.refresh_from_db()
    return Sealed(organisation, owner, former, partner, invited, left, submitted, draft, withdrawn)


def _invited(proposal: Proposal, who: Organisation) -> Partner:
    about = {"label": f"{STEM}SOCIO", "role": f"{STEM}PAPEL", "share": Decimal(20)}
    by = factories.owner_of(proposal.organisation)
    return consortia.invite(proposal, country="ES", tax_id=who.tax_id, **about, by=by, at=clock.now())


def _joined(proposal: Proposal, name: str) -> User:
    """Return the owner of a new organisation that has confirmed to be a partner."""
    owner = people.person()
    who = factories.organisation(owner=owner, name=name)
    consortia.confirm(_invited(proposal, who), who, version=1, by=owner, at=clock.now())
    return owner


def written(challenge: Challenge, organisation: Organisation) -> Proposal:
    """Write a draft with a marker in every field, two files and their names."""
    by = factories.owner_of(organisation)
    proposal = proposals.start(challenge, organisation, by=by, at=clock.now())
    for key in sections_of(challenge.form_sections):
        body = "TRL 7" if key == LEVEL else f"Aquí va {STEM}{key.upper()} entero."
        drafts.save_section(proposal, key, version=0, body=body, by=by, at=clock.now())
    rows = [
        {
            "title": f"{MONEY}HITO",
            "deliverables": f"{MONEY}ENTREGA",
            "acceptance_criteria": f"{MONEY}ACEPTACION",
            "month": month,
            "amount_net": amount,
        }
        for month, amount in ((1, PRICE - 10), (3, Decimal(10)))
    ]
    drafts.save_price(
        proposal,
        version=0,
        amount_net=PRICE,
        vat_regime="general",
        breakdown=f"{MONEY}DESGLOSE",
        milestones=rows,
        by=by,
        at=clock.now(),
    )
    comments.add(proposal, part="solution", text=f"{STEM}COMENTARIO", by=by, at=clock.now())
    about = {"name": f"{STEM}ENVIO.txt", "size": 100, "modified": 1, "confidential": f"{STEM}MOTIVO"}
    coming = attachments.begin(proposal, **about, envelope=Envelope.TECHNICAL, by=by, at=clock.now())
    attachments.append(coming, start=0, data=f"{STEM}TROZO".encode(), by=by, at=clock.now())
    comments.add(proposal, part="team", text=f"Entre nosotros, {STEM}COMENTARIO.", by=by, at=clock.now())
    for envelope, stem in ((Envelope.TECHNICAL, STEM), (Envelope.ECONOMIC, MONEY)):
        upload = SimpleUploadedFile(f"{stem}NOMBRE.txt", f"{stem}CUERPO".encode())
        reason = f"{stem}RESERVADO"
        attachments.add(proposal, upload, envelope=envelope, confidential=reason, by=by, at=clock.now())
    return proposal


def found_in(*texts: Any, mark: re.Pattern[bytes] = MARK) -> set[str]:
    """Return the markers that stand in the texts or bytes."""
    return {
        hit.decode() for text in texts for hit in mark.findall(text if isinstance(text, bytes) else str(text).encode())
    }
