"""Databases full of invented challenges: always the same for the same number of rows, kept between runs.

Run as `python -m bench.data <rows>` with the settings' environment of the database's owner.
"""

import random
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import django

PASSWORD = "una-clave-de-medida-155"
DELEGATE = "delegada@bench.example"
COMPANY = "empresa@bench.example"
DRAFTS = 32  # of the delegate, for saving
COMMON, RARE = "servicio", "patinetes"
# Share of each status in a thousand challenges. "published" is split by its calendar: see `calendar`.
SHARES = [
    ("finished", 610), ("void", 70), ("waived", 20), ("desisted", 20), ("cancelled", 40), ("piloting", 80),
    ("awarded", 50), ("evaluating", 40), ("published", 60), ("submitted", 10),
]  # fmt: skip
LIVE = [("open", 26), ("closing_soon", 6), ("upcoming", 10), ("closed", 18)]  # of the 60 published
YEARS = 12
PROPOSALS = 10_000  # of the company at most: one in each challenge
NUMBERED = ("challenges.Challenge", "startups.Proposal")  # their rows come with their numbers
WEIGHTS = [("Encaje con el reto", 40), ("Impacto en el servicio", 30), ("Viabilidad", 20), ("Precio", 10)]


def pick(choice: random.Random, shares: list[tuple[str, int]]) -> str:
    """Return one of the names, as often as its share says."""
    return choice.choices([name for name, _ in shares], [share for _, share in shares])[0]


def calendar(choice: random.Random, status: str, at: datetime) -> dict[str, datetime]:
    """Return the instants of a challenge in that status; a published one is in one of the phases of `LIVE`."""
    day = timedelta(days=1)
    phase = pick(choice, LIVE) if status == "published" else "past"
    closes = {
        "open": at + choice.uniform(10, 60) * day,
        "closing_soon": at + choice.uniform(1.5, 2.9) * day,
        "upcoming": at + choice.uniform(40, 90) * day,
        "closed": at - choice.uniform(1, 20) * day,
        "past": at - choice.uniform(30, YEARS * 365) * day,
    }[phase]
    closes = closes.replace(minute=59, second=59, microsecond=0)
    opens = at + choice.uniform(10, 30) * day if phase == "upcoming" else closes - 30 * day
    opens = min(opens, at - 2 * day) if phase in ("open", "closing_soon") else opens
    publish = min(opens - 5 * day, at - day)
    return {
        "publish_at": publish,
        "opens_at": opens,
        "questions_close_at": closes - 10 * day,
        "answers_due_at": closes - 6 * day,
        "closes_at": closes,
        "approved_at": publish - day,
        "submitted_at": publish - 9 * day,
        "created_at": publish - 40 * day,
    }


def challenges(rows: int, at: datetime, known: dict[str, list[int]], user: int) -> Iterator[Any]:
    """Yield the challenges, not yet in the database, oldest number first."""
    from bench.texts import words
    from challenges.models import Challenge

    for number in range(1, rows + 1):
        choice = random.Random(-number)
        status = pick(choice, SHARES)
        text = words(number)
        dates = calendar(choice, status, at)
        ended = status in ("void", "waived", "desisted", "cancelled", "finished")
        launched = status != "submitted"
        yield Challenge(
            id=number,
            public_id=f"b{number:011d}",
            reference=f"RETO-{dates['publish_at'].year}-{number:06d}" if launched else None,
            slug=f"reto-de-prueba-{number}" if launched else None,
            status=status,
            department_id=choice.choice(known["department"]),
            policy_area_id=known["area"][text.theme % len(known["area"])],
            duration_months=choice.randint(2, 12),
            has_personal_data=choice.random() < 0.3,
            max_amount_net=Decimal(choice.randrange(2_000, 14_990, 10)),
            created_by_id=user,
            ended_at=dates["closes_at"] + timedelta(days=20) if ended else None,
            ended_reason="Terminado." if ended else "",
            proposal_count=choice.randrange(1, 15) if status not in ("published", "submitted", "cancelled") else None,
            evaluation_until=(dates["closes_at"] + timedelta(days=30)).date(),
            award_until=(dates["closes_at"] + timedelta(days=50)).date(),
            pilot_starts_on=(dates["closes_at"] + timedelta(days=70)).date(),
            **{name: value for name, value in dates.items() if launched or not name.startswith("approved")},
            **text.fields,
        )


def belongings(challenge: Any, known: dict[str, list[int]], user: int) -> Iterator[Any]:
    """Yield what hangs on a challenge: criteria, districts, questions, corrections."""
    from challenges.models import Challenge, Correction, Criterion, Question

    choice = random.Random(f"of {challenge.id}")
    for position, (name, weight) in enumerate(WEIGHTS, start=1):
        kind = "formula" if name == "Precio" else "judgement"
        yield Criterion(
            challenge_id=challenge.id, position=position, kind=kind, name=name, weight_percent=weight,
            guidance="Qué se mira y con qué prueba.",
        )  # fmt: skip
    for district in choice.sample(known["district"], choice.randint(0, 2)):
        yield Challenge.districts.through(challenge_id=challenge.id, district_id=district)
    if not challenge.reference:
        return
    asked = challenge.opens_at + timedelta(days=3)
    for number in range(choice.choice([0, 0, 1, 3])):
        yield Question(
            public_id=f"q{challenge.id:08d}{number:03d}", challenge_id=challenge.id,
            text="¿Se puede visitar el lugar de la prueba antes de presentar la propuesta?", asked_at=asked,
            asked_by_id=user, answer="Sí, cualquier martes por la mañana, con aviso de un día.",
            answered_at=asked + timedelta(days=2), answered_by_id=user,
        )  # fmt: skip
    if choice.random() < 0.1:
        yield Correction(
            challenge_id=challenge.id, number=1, kind="text", field="target", old_text="10 días de media",
            new_text=challenge.target, reason="La meta estaba mal copiada.", published_at=asked,
            published_by_id=user,
        )  # fmt: skip


def proposals(numbers: list[int], at: datetime, user: Any) -> Iterator[Any]:
    """Yield the proposals of one company, one in each of these challenges, with the titles under the seal."""
    from django.conf import settings

    from startups.actions.keys import Codec, key_id
    from startups.calculations import sealing
    from startups.models import Envelope, EnvelopeKey, Organisation, Participation, Proposal, ProposalSection

    company = Organisation.objects.get(tax_id="B00000000")
    wrapping = settings.SEALING_KEYS[0]
    for number in numbers:
        keys = {}
        for envelope in Envelope.values:
            keys[envelope] = sealing.new_key()
            wrapped = sealing.encrypt(wrapping, keys[envelope], context=f"envelope key/{number}/{envelope}")
            yield EnvelopeKey(
                challenge_id=number, envelope=envelope, wrapped=wrapped, wrapped_with=key_id(wrapping), created_at=at
            )
        proposal = Proposal(
            id=number, public_id=f"p{number:011d}", challenge_id=number, organisation=company, status="draft",
            created_at=at - timedelta(minutes=number), created_by=user,
        )  # fmt: skip
        yield proposal
        yield Participation(challenge_id=number, organisation=company, proposal=proposal)
        body = Codec(proposal, keys).seal(Envelope.TECHNICAL, "title", f"Propuesta número {number}".encode())
        yield ProposalSection(proposal=proposal, key="title", body=body, version=1, saved_at=at, saved_by=user)


def copy(things: Iterable[Any], model: Any) -> int:
    """Put unsaved rows of one model into its table by COPY; return how many."""
    from django.db import connection, models

    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and not (isinstance(field, models.AutoField) and model._meta.label not in NUMBERED)
    ]
    names = ", ".join(f'"{field.column}"' for field in fields)
    count = 0
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as into:
        for thing in things:
            into.write_row([plain(field, thing) for field in fields])
            count += 1
    return count


def plain(field: Any, thing: Any) -> Any:
    """Return a column's value as the driver copies it."""
    from django.db import connection
    from psycopg.types.json import Jsonb

    value = getattr(thing, field.attname)
    if value is None and field.get_internal_type() == "JSONField":
        return None
    if field.get_internal_type() == "JSONField":
        return Jsonb(value)
    return value if isinstance(value, (datetime, Decimal)) else field.get_db_prep_save(value, connection)


def people() -> int:
    """Make a delegate and somebody of a company, able to sign in; return the delegate's number."""
    from allauth.account.models import EmailAddress

    from govtech.accounts.models import DelegateAppointment, User
    from govtech.reference.models import Department

    made = {}
    for address, name in ((DELEGATE, "Delegada de Medida"), (COMPANY, "Persona de Empresa")):
        made[address] = User.objects.create_user(email=address, full_name=name, password=PASSWORD)
        EmailAddress.objects.create(user=made[address], email=address, verified=True, primary=True)
    user = made[DELEGATE]
    now = datetime.now(UTC)
    DelegateAppointment.objects.create(
        user=user, department=Department.objects.get(code="D06"), from_on=now.date() - timedelta(days=900),
        appointed_by=user, appointed_at=now,
    )  # fmt: skip
    return user.pk


def company(at: datetime) -> None:
    """Make the organisation whose proposals are listed, with its owner."""
    from django.db import transaction

    from govtech.accounts.models import User
    from startups.models import Membership, Organisation, OrganisationRole

    owner = User.objects.get(email=COMPANY)
    first = {"user": owner, "role": OrganisationRole.OWNER, "joined_at": at, "joined_by": owner}
    with transaction.atomic():  # the database asks for an owner at its end
        made = Organisation.objects.create(
            name="Empresa de Medida, S. L.", kind="sme", tax_id="B00000000", created_at=at, created_by=owner
        )
        Membership.objects.create(organisation=made, **first)


def drafts(user: Any, at: datetime) -> None:
    """Make the drafts that the measurement saves, by the portal's own action."""
    from bench.texts import words
    from challenges.actions import challenge as actions
    from govtech.reference.models import Department

    department = Department.objects.get(code="D06")
    for number in range(DRAFTS):
        text = words(10_000_000 + number).fields
        made = actions.create(department, title=text["title"], by=user, at=at)
        for name, value in text.items():
            setattr(made, name, value)
        made.save()


def load(rows: int) -> None:
    """Fill a migrated, empty database and let it learn what it holds."""
    from django.db import connection

    fill(rows)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill(rows: int) -> None:
    """Put people, challenges and what hangs on them into a migrated, empty database."""
    from django.db import connection, transaction

    from challenges.models import Challenge
    from govtech.accounts.models import User
    from govtech.reference.models import Department, District, PolicyArea

    at = datetime.now(UTC)
    known = {
        "department": sorted(Department.objects.values_list("pk", flat=True)),
        "area": sorted(PolicyArea.objects.values_list("pk", flat=True)),
        "district": sorted(District.objects.values_list("pk", flat=True)),
    }
    user = people()
    company(at)
    with transaction.atomic(), connection.cursor() as cursor:
        # Rows come finished, not step by step: the guards that a person's actions meet are off for this load.
        cursor.execute("SET LOCAL session_replication_role = replica")
        always = always_fired(cursor, Challenge._meta.db_table)
        for name in always:
            cursor.execute(f"ALTER TABLE {Challenge._meta.db_table} DISABLE TRIGGER {name}")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'challenge_search'")
        (search,) = cursor.fetchone()
        cursor.execute("DROP INDEX challenge_search")  # made at once afterwards: many times quicker
        hanging: dict[Any, list[Any]] = {}
        called: list[int] = []

        def noting() -> Iterator[Any]:
            for challenge in challenges(rows, at, known, user):
                for thing in belongings(challenge, known, user):
                    hanging.setdefault(type(thing), []).append(thing)
                if challenge.reference and challenge.id <= PROPOSALS:
                    called.append(challenge.id)
                yield challenge

        copy(noting(), Challenge)
        for thing in proposals(called, at, User.objects.get(email=COMPANY)):
            hanging.setdefault(type(thing), []).append(thing)
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(search)
        for model, things in hanging.items():
            copy(things, model)
        for table in [Challenge, *hanging]:
            name = table._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
        for name in always:
            cursor.execute(f"ALTER TABLE {Challenge._meta.db_table} ENABLE ALWAYS TRIGGER {name}")
        # They learn all words there are from some of the rows: the others say the same.
        cursor.execute(f"UPDATE {Challenge._meta.db_table} SET title = title WHERE id <= 400")
        cursor.execute("SET LOCAL session_replication_role = origin")
    drafts(User.objects.get(pk=user), at)


def always_fired(cursor: Any, table: str) -> list[str]:
    """Return the triggers of a table that a load by replica doesn't pass by."""
    cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'", [table])
    return [name for (name,) in cursor.fetchall()]


def main() -> None:
    """Fill the database of the environment."""
    django.setup()
    load(int(sys.argv[1]))


if __name__ == "__main__":
    main()
