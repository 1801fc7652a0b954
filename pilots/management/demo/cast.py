"""The people and organisations of the demonstration."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from govtech.accounts import roles
from govtech.accounts.models import DelegateAppointment, User
from govtech.demonstration import DOMAIN, PASSWORD
from govtech.reference.models import Department, PolicyArea
from pilots.management.demo.organisations import AREAS, EMERGING, ENTITIES, LOGOS, PROFILES, Entity
from startups.actions import organisation as organisations
from startups.actions import profile as profiles
from startups.models import Membership, Organisation, OrganisationRole

# account, name, post, group, departments
PEOPLE: list[tuple[str, str, str, str, tuple[str, ...]]] = [
    ("delegada", "Carmen Vidal Soto", "Jefa de servicio y delegada digital", "", ("A06", "D06", "MS")),
    ("delegado2", "Julio Prieto Marín", "Subdirector y delegado digital", "", ("A02", "AD02", "A05", "D07")),
    ("delegada3", "Rosa Llanos Vega", "Consejera técnica y delegada digital", "", ("A03", "MD", "D11", "D01")),
    ("delegado4", "Andrés Quero Gil", "Jefe de departamento y delegado digital", "", ("A04", "AA", "EMVS")),
    ("oficina", "Marta Roldán Cano", "Técnica de la Oficina Digital", roles.OFFICE, ()),
    ("oficina2", "Iván Herrero Pons", "Técnico de la Oficina Digital", roles.OFFICE, ()),
    ("direccion", "Elena Bravo Lucas", "Directora general de la Oficina Digital", roles.DIRECTORS, ()),
    ("auditoria", "Tomás Ibarra Rey", "Interventor delegado", roles.AUDITORS, ()),
    ("evaluador1", "Javier Montes Díaz", "Jefe de servicio de proyectos", "", ()),
    ("evaluador2", "Lucía Arenas Polo", "Técnica de innovación social", "", ()),
    ("evaluador3", "Samuel Otero Ruiz", "Profesor de contratación pública, experto externo", "", ()),
    ("evaluador4", "Nuria Campos Leal", "Técnica de sistemas, suplente", "", ()),
]
# account, name, organisation, part
MEMBERS: list[tuple[str, str, str, str]] = [
    ("empresa", "Paula Nieto Sanz", "nebula", OrganisationRole.OWNER),
    ("empresa.tecnica", "Hugo Lara Pina", "nebula", OrganisationRole.EDITOR),
    ("empresa2", "Daniel Alameda Ruiz", "alameda", OrganisationRole.OWNER),
    ("universidad", "Beatriz Manzano Rojo", "upm", OrganisationRole.OWNER),
    ("empresa2", "Daniel Alameda Ruiz", "voz", OrganisationRole.EDITOR),  # of two organisations
]
NEWCOMER = ("candidata", "Irene Pozo Vela")  # of none yet: asks to join one


@dataclass
class Cast:
    """People by account, organisations by key."""

    people: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def __getitem__(self, account: str) -> User:
        return self.people[account]

    def owner(self, key: str) -> User:
        """Return who answers for an organisation."""
        return self.people[next((a for a, _, of, part in MEMBERS if of == key and part == "owner"), f"{key}.contacto")]

    def delegate_of(self, department: Department) -> User:
        """Return the delegate of a department."""
        return self.people[next(row[0] for row in PEOPLE if department.code in row[4])]


def make_people(at: datetime) -> Cast:
    """Create the accounts with their roles and appointments."""
    cast = Cast()
    groups = {group.name: group for group in Group.objects.all()}
    for account, name, post, group, _departments in PEOPLE:
        cast.people[account] = _person(account, name, at, post=post)
        if group:
            cast[account].groups.add(groups[group])
    cast.people["admin"] = _person("admin", "Administración de la Plataforma", at, is_staff=True, is_superuser=True)
    for account, name in dict(row[:2] for row in [*MEMBERS, NEWCOMER]).items():
        cast.people[account] = _person(account, name, at)
    led = {of for _, _, of, part in MEMBERS if part == OrganisationRole.OWNER}
    for entity in ENTITIES:
        if entity.key not in led:
            account = f"{entity.key}.contacto"
            cast.people[account] = _person(account, f"Contacto de {entity.name.split(',')[0]}", at)
    on = at.date()
    for account, _name, _post, _group, departments in PEOPLE:
        for department in Department.objects.filter(code__in=departments).order_by("pk"):
            DelegateAppointment.objects.create(
                user=cast[account], department=department, from_on=on, appointed_at=at, appointed_by=cast["oficina"]
            )
    return cast


def _person(account: str, name: str, at: datetime, **fields: Any) -> User:
    user = User.objects.create_user(f"{account}@{DOMAIN}", PASSWORD, full_name=name, date_joined=at, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_organisation(cast: Cast, entity: Entity, *, at: datetime) -> Organisation:
    """Register an organisation with its members, as its owner would."""
    owner = cast.owner(entity.key)
    made = organisations.create(
        name=entity.name,
        kind=entity.kind,
        tax_id=tax_number(entity),
        by=owner,
        at=at,
        website=entity.website,
        description=entity.description,
        staff=entity.staff,
        turnover=Decimal(entity.turnover),
        balance=Decimal(entity.turnover),
        in_group=False,
        founded_on=(at - timedelta(days=365 * entity.years)).date(),
        is_listed=entity.listed,
        policy_areas=PolicyArea.objects.filter(slug__in=AREAS.get(entity.key, ())),
    )
    for account, _name, of, part in MEMBERS:
        if of == entity.key and part != OrganisationRole.OWNER:
            Membership.objects.create(organisation=made, user=cast[account], role=part, joined_at=at, joined_by=owner)
    _tell(made, entity, by=owner, at=at)
    cast.organisations[entity.key] = made
    return made


def _tell(made: Organisation, entity: Entity, *, by: User, at: datetime) -> None:
    """Fill in the profile, the conditions of an emerging company and the logo, where it has them."""
    profile = PROFILES.get(entity.key)
    if profile:
        works = [
            {"title": title, "client": client, "year": at.year - ago, "summary": summary, "url": ""}
            for title, client, ago, summary in profile.works
        ]
        profiles.save_profile(
            made,
            description=entity.description,
            policy_areas=made.policy_areas.all(),
            capabilities=profile.capabilities,
            trl=profile.trl,
            is_listed=entity.listed,
            works=works,
            by=by,
            at=at,
        )
    if entity.key in EMERGING:
        certificate = EMERGING[entity.key]
        answers: dict[str, bool | None] = dict.fromkeys(profiles.ANSWERS, True)
        day = at.date() if certificate else None
        profiles.save_emerging(made, **answers, certificate=certificate, certified_on=day, by=by, at=at)
    if entity.key in LOGOS:
        profiles.set_logo(made, _logo(*LOGOS[entity.key]), by=by, at=at)


def _logo(colour: str, shape: str) -> SimpleUploadedFile:
    """Draw a plain sign: a disc, a ring or a square of one colour."""
    image = Image.new("RGB", (240, 240), "white")
    pen = ImageDraw.Draw(image)
    if shape == "ring":
        pen.ellipse((30, 30, 210, 210), outline=colour, width=44)
    elif shape == "disc":
        pen.ellipse((30, 30, 210, 210), fill=colour)
    else:
        pen.rounded_rectangle((30, 30, 210, 210), 40, fill=colour)
    out = BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue())


def tax_number(entity: Entity) -> str:
    """Return a valid Spanish tax number: control digit, or letter where the kind asks for one (domain rules of NIF)."""
    if not entity.letter:
        return entity.digits + "TRWAGMYFPDXBNJZSQVHLCKE"[int(entity.digits) % 23]
    even = sum(int(digit) for digit in entity.digits[1::2])
    odd = sum(sum(divmod(2 * int(digit), 10)) for digit in entity.digits[0::2])
    control = (10 - (even + odd) % 10) % 10
    return f"{entity.letter}{entity.digits}" + ("JABCDEFGHI"[control] if entity.letter in "PQRSNW" else str(control))
