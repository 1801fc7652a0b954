"""What people of the demonstration want to hear of, and what the Office announces ahead."""

from collections.abc import Iterator

from challenges.actions import alert as alerts
from challenges.actions import planned
from challenges.actions.follow import follow
from challenges.calculations import period
from challenges.models import Challenge, PlannedChallenge, Status
from govtech.notifications import digests
from govtech.reference.models import Department, PolicyArea
from pilots.management.demo.calls import Stage
from pilots.management.demo.replay import Story

# account, what the alert is called, search, how often
SEARCHES = [
    ("empresa", "Agua y zonas verdes", "q=agua+or+riego", "daily"),
    ("empresa", "Abiertos de servicios sociales", "state=open&area=servicios-sociales-y-mayores", "at_once"),
    ("empresa2", "Retos grandes", "amount=more", "weekly"),
    ("universidad", "Datos", "q=datos", "inbox"),
]
# account, slug of a policy area or code of a department, how often
FOLLOWS = [("empresa", "movilidad", "daily"), ("empresa2", "vivienda", "weekly"), ("universidad", "A06", "at_once")]
# announced so many days ago, quarter from now, department, area, texts
ANNOUNCED = [
    (
        34,
        1,
        "A04",
        "movilidad",
        "Saber por dónde van andando los niños al colegio",
        "Knowing which way children walk to school",
        "Los caminos escolares se dibujan con encuestas de hace años. Se busca conocer, sin identificar a nadie, por "
        "dónde se va de verdad y en qué cruces se pasa miedo.",
        "School routes are drawn from surveys that are years old. We want to know, without identifying anybody, which "
        "way children really walk and which crossings frighten them.",
    ),
    (
        21,
        2,
        "A04",
        "comercio-y-mercados",
        "Que la comida que sobra en los mercados municipales no se tire",
        "Food left over in municipal markets should not be thrown away",
        "Cada tarde se tira comida buena porque nadie sabe a tiempo cuánta va a sobrar ni quién puede recogerla.",
        "Good food is thrown away every evening because nobody knows in time how much is left and who can fetch it.",
    ),
]


def all_stories(stage: Stage) -> Iterator[Story]:
    """Yield every story."""
    yield wishes(stage)
    yield announced(stage)
    yield dropped(stage)
    yield mornings(stage)


def wishes(stage: Stage) -> Story:
    """Companies follow areas and departments and save searches."""
    at = stage.days.on(-200, 11)
    yield at
    for account, key, frequency in FOLLOWS:
        thing = PolicyArea.objects.filter(slug=key).first() or Department.objects.get(code=key)
        made = follow(thing, by=stage.cast[account], at=at)
        alerts.set_frequency(made, frequency=frequency, by=stage.cast[account], at=at)
    for account, name, query, frequency in SEARCHES:
        alerts.save_search(
            name=name, query=query, frequency=frequency, with_changes=True, by=stage.cast[account], at=at
        )


def _announce(stage: Stage, days_ago: int, quarter: int, department: str, area: str, *texts: str) -> PlannedChallenge:
    at = stage.days.on(-days_ago, 10)
    first, last = period.days_of(period.ahead(stage.days.today)[1][quarter])
    return planned.announce(
        department=Department.objects.get(code=department),
        policy_areas=PolicyArea.objects.filter(slug=area),
        expected_from=first,
        expected_until=last,
        kept_by=stage.cast["oficina2"],
        by=stage.cast["oficina"],
        at=at,
        **dict(zip(("title", "title_en", "summary", "summary_en"), texts, strict=True)),
    )


def announced(stage: Stage) -> Story:
    """What the Office means to publish next; one has its file already, and a company waits for another."""
    for number, row in enumerate(ANNOUNCED):
        yield stage.days.on(-row[0], 10)
        made = _announce(stage, *row)
        if number == 0:
            at = stage.days.on(-19, 9)
            yield at
            follow(made, by=stage.cast["empresa"], at=at)
    at = stage.days.on(-4, 13)
    yield at
    files = Challenge.objects.filter(status=Status.SUBMITTED, department=made.department)
    file = files.order_by("-submitted_at", "-pk").first()
    if file is not None:
        planned.link(made, file, by=stage.cast["oficina2"], at=at)


def dropped(stage: Stage) -> Story:
    """An announcement that was given up, with its reason."""
    yield stage.days.on(-75, 10)
    made = _announce(
        stage,
        75,
        0,
        "A04",
        "medio-ambiente-y-energia",
        "Medir el polvo de las obras en la calle",
        "Measuring the dust of building sites in the street",
        "Los vecinos se quejan del polvo y nadie lo mide. Se busca saber cuánto hay y cuándo.",
        "Neighbours complain about dust and nobody measures it. We want to know how much there is, and when.",
    )
    at = stage.days.on(-16, 12)
    yield at
    planned.drop(
        made,
        reason="La red municipal de calidad del aire medirá el polvo desde este año: ya no hace falta un piloto.",
        by=stage.cast["oficina"],
        at=at,
    )


def mornings(stage: Stage) -> Story:
    """Every morning the worker finds what is new and writes the mails that are due."""
    at = stage.days.on(-200, 12)
    while True:
        at = stage.days.after(at, 1, 8, 5)
        yield at
        digests.gather(at=at)
