"""What happens to each challenge of the demonstration, in days from today."""

from collections.abc import Generator, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from challenges.actions import challenge as challenges
from challenges.actions import review
from challenges.models import Challenge
from pilots.actions import budget, credit
from pilots.management.demo import (
    alerts,
    calls,
    endings,
    explaining,
    hearings,
    money,
    office,
    papers,
    receipts,
    training,
    writing,
)
from pilots.management.demo.calls import Stage
from pilots.management.demo.cast import make_organisation
from pilots.management.demo.organisations import ENTITIES
from pilots.management.demo.proposals import ABANDONED
from pilots.management.demo.replay import Story, together
from pilots.models import BudgetYear, LineKind
from startups.actions import join_request as join_requests

BEGIN = -620  # days from today: accounts and the first budget year
LINES = [
    ("RETOS", "Contratos de retos", "Challenge contracts", LineKind.CHALLENGE_CONTRACTS, "001/140/491.02/227.06", "95000.00"),
    ("AT", "Asistencia técnica", "Technical assistance", LineKind.TECHNICAL_ASSISTANCE, "001/140/491.02/227.99", "40000.00"),
    ("G4A", "Iniciativas Govtech4All", "Govtech4All initiatives", LineKind.GOVTECH4ALL, "001/140/491.02/226.06", "20000.00"),
]  # fmt: skip
ENVELOPE = Decimal("155000.00")


def all_stories(stage: Stage) -> Iterator[Story]:
    """Yield every story."""
    yield budget_years(stage)
    yield registrations(stage)
    yield papers.renewals(stage)
    yield draft(stage)
    yield waiting_for_review(stage)
    yield returned(stage)
    yield upcoming(stage)
    yield waiting_for_approval(stage)
    yield cancelled(stage)
    yield void(stage)
    yield open_call(stage, "soledad", 19, open_days=34)
    for key, closes_in in (("mayores-datos", 8), ("zonas-verdes", 1), ("calidad-datos", -3)):
        yield open_call(stage, key, closes_in)
    yield admitting(stage)
    yield scoring(stage, "ayudas", -17, missing=("evaluador1", "evaluador2", "evaluador3"), passed_on=True)
    yield scoring(stage, "museos", -26, missing=())
    yield ranked(stage)
    yield before_director(stage)
    yield preparing(stage)
    yield running(stage)
    yield held_up(stage)
    yield ended_early(stage)
    yield scaled(stage)
    yield stopped(stage)
    for others in (alerts, explaining, hearings, money, office, receipts, training, writing):
        yield from others.all_stories(stage)


def _year(stage: Stage, number: int, at: datetime) -> BudgetYear:
    officer = stage.cast["oficina"]
    made = budget.create_year(
        number,
        envelope=ENVELOPE,
        by=officer,
        at=at,
        is_split_illustrative=True,
        accounting_office="LA0008533",
        managing_body="LA0000754",
        processing_unit="LA0000752",
    )
    for code, name, name_en, kind, application, amount in LINES:
        budget.add_line(
            made, code=code, name=name, name_en=name_en, kind=kind, application=application, credit=Decimal(amount),
            by=officer, at=at,
        )  # fmt: skip
    return made


def budget_years(stage: Stage) -> Story:
    """Each January a year opens and the next is prepared, provisional; a year ago's is closed in February."""
    cast, days = stage.cast, stage.days
    at = days.on(BEGIN + 2)
    yield at
    current = _year(stage, at.year, at)
    while True:
        at = days.after(at, 1)
        yield at
        budget.prepare_opening(current, by=cast["oficina"], at=at)
        at = days.after(at, 1)
        yield at
        budget.open_year(current, by=cast["direccion"], at=at)
        following = _year(stage, current.year + 1, at)
        at = days.at(days.working(date(current.year + 1, 1, 8)), 9)
        current = following


def registrations(stage: Stage) -> Story:
    """Organisations register one after the other; the Office verifies those it has to."""
    for number, entity in enumerate(ENTITIES):
        at = stage.days.on(BEGIN + 5 + 2 * number, 12)
        yield at
        make_organisation(stage.cast, entity, at=at)
        if entity.verified:
            at = stage.days.after(at, 1, 13)
            yield at
            papers.verified(stage.cast, entity.key, at=at)
    # Somebody finds her company registered already and asks its owner to let her in; the answer is still to come.
    at = stage.days.on(-2, 9)
    yield at
    join_requests.ask_to_join(
        tax_id=stage.cast.organisations["nebula"].tax_id,
        country="ES",
        message="Empecé el lunes en el equipo de instalación. Hugo me conoce.",
        by=stage.cast["candidata"],
        at=at,
    )


def draft(stage: Stage) -> Story:
    """A draft with parts still to write."""
    dates = calls.days_of_call(stage, stage.days.on(60, 14), open_days=24)
    yield from calls.written(
        stage, "agua", stage.days.on(-6), dates, leave_out=("pilot", "calendar", "criteria", "outcome")
    )


def waiting_for_review(stage: Stage) -> Story:
    """A challenge that the Office must review."""
    dates = calls.days_of_call(stage, stage.days.on(55, 14), open_days=24)
    challenge = yield from calls.submitted(stage, "mercados", stage.days.on(-7), dates)
    at = stage.days.after(stage.days.on(-6), 1, 10)
    yield at
    review.take(challenge, by=stage.cast["oficina2"], at=at)


def returned(stage: Stage) -> Story:
    """A challenge returned with comments."""
    dates = calls.days_of_call(stage, stage.days.on(62, 14), open_days=24)
    challenge = yield from calls.submitted(stage, "biblioteca", stage.days.on(-14), dates)
    at = stage.days.on(-5, 12)
    yield at
    challenges.send_back(
        challenge,
        comments=[
            {"step": "outcome", "field": "outcome", "text": "Nombra una solución (una aplicación). Di qué debe pasar, no con qué."},
            {"step": "pilot", "field": "contribution", "text": "¿Cuántas horas por semana pone cada biblioteca?"},
        ],
        by=stage.cast["oficina"],
        at=at,
    )  # fmt: skip
    at = stage.days.after(at, 1, 9)
    yield at
    note = challenge.review_comments.order_by("pk").last()
    review.settle(
        note, reply="Cuatro horas, los martes y los jueves.", by=stage.cast.delegate_of(challenge.department), at=at
    )


def upcoming(stage: Stage) -> Story:
    """Published, and opens in some days."""
    yield from calls.published(stage, "carga", stage.days.on(30, 14), open_days=23, lead_days=25)


def waiting_for_approval(stage: Stage) -> Story:
    """Its credit is reserved; the director must authorise it."""
    dates = calls.days_of_call(stage, stage.days.on(48, 14), open_days=24)
    yield from calls.prepared(stage, "vivienda", stage.days.on(-12), dates)


def cancelled(stage: Stage) -> Story:
    """Cancelled before its deadline, by two people; the money comes back."""
    challenge = yield from calls.published(stage, "sombra", stage.days.on(-90, 14))
    at = stage.days.after(challenge.opens_at, 9, 12)
    yield at
    reason = (
        "La autorización de ocupación de la vía pública no se concederá este año, así que el piloto no podría hacerse."
    )
    credit.prepare_cancellation(challenge, reason=reason, by=stage.cast["oficina"], at=at)
    at = stage.days.after(at, 1, 10)
    yield at
    credit.approve_cancellation(challenge, by=stage.cast["direccion"], at=at)


def call(stage: Stage, key: str, closes_in: int, *, open_days: int = 24) -> Generator[datetime, None, Challenge]:
    """A published call with its questions and proposals."""
    challenge = yield from calls.published(stage, key, stage.days.on(closes_in, 14), open_days=open_days)
    told = [*calls.offers_for(key), *(offer for offer in ABANDONED if offer.challenge == key)]
    offers = [calls.proposed(stage, challenge, offer, number) for number, offer in enumerate(told)]
    yield from together(calls.asked(stage, key, challenge), *offers)
    return challenge


def open_call(stage: Stage, key: str, closes_in: int, *, open_days: int = 24) -> Story:
    """A call that is open, or closed and not opened yet."""
    yield from call(stage, key, closes_in, open_days=open_days)


def admitting(stage: Stage) -> Story:
    """Opened; one proposal is asked to mend a defect, one is undecided."""
    challenge = yield from call(stage, "energia", -8)
    yield from endings.opened(stage, challenge)
    yield from endings.admitted(stage, "energia", challenge, leave=("itec", "orilla"))
    yield from endings.asked_to_correct(stage, "energia", challenge, "itec")
    yield from endings.asked_to_explain(stage, "energia", challenge, silent=("orilla",))


def scoring(stage: Stage, key: str, closes_in: int, *, missing: tuple[str, ...], passed_on: bool = False) -> Story:
    """The panel is at work, or has handed everything in; a member's proposal is `passed_on` to the substitute."""
    challenge = yield from call(stage, key, closes_in)
    yield from endings.opened(stage, challenge)
    yield from endings.admitted(stage, key, challenge)
    yield from endings.judged(stage, key, challenge, missing=missing)
    if passed_on:
        yield from hearings.passed_on(stage, challenge, entity="alameda", first="evaluador3", asker="evaluador2")


def evaluated(stage: Stage, key: str, closes_in: int) -> Generator[datetime, None, Challenge]:
    """From the call to the ranking, after a round of presentations where the call has one."""
    challenge = yield from call(stage, key, closes_in)
    yield from endings.opened(stage, challenge)
    yield from endings.admitted(stage, key, challenge)
    yield from endings.judged(stage, key, challenge)
    has_round = key in calls.WITH_ROUND
    if has_round:
        yield from hearings.presented(stage, challenge, judges=endings.JUDGES)
    yield from endings.locked(stage, key, challenge, days=19 if has_round else 12)
    return challenge


def void(stage: Stage) -> Story:
    """Nobody over the threshold."""
    challenge = yield from evaluated(stage, "igualdad", -66)
    yield from endings.voided(stage, challenge, stage.days.after(challenge.closes_at, 20))
    yield from hearings.notified(stage, challenge)
    text = "Pedimos que se revise la viabilidad: el panel no leyó el anexo con los convenios de colaboración."
    yield from hearings.review_asked(stage, challenge, "marea", days=24, text=text)


def ranked(stage: Stage) -> Story:
    """The proposed winner must answer."""
    challenge = yield from evaluated(stage, "turismo", -32)
    yield from hearings.low_offer_heard(stage, challenge, "marea")
    yield from endings.winner_asked(stage, challenge, stage.days.on(-3, 11))


def before_director(stage: Stage) -> Story:
    """An award that the director must approve."""
    challenge = yield from evaluated(stage, "ruido", -44)
    yield from endings.winner_asked(stage, challenge, stage.days.on(-9, 11))
    yield from endings.winner_accepts(stage, challenge, "nebula", stage.days.on(-5, 12))


def preparing(stage: Stage) -> Story:
    """Awarded; the pilot has its charter and waits for its start."""
    challenge = yield from evaluated(stage, "emprender", -74)
    at = stage.days.after(challenge.closes_at, 18, 8, 30)
    yield at  # who takes part in a consortium is looked at, too, before its award
    until = stage.days.today + timedelta(days=papers.ENDS_SOON)
    papers.verified(stage.cast, "ines", at=at, until=until, on_paper=False)
    yield from endings.awarded(stage, challenge, "castana", stage.days.after(challenge.closes_at, 18))
    yield from endings.chartered(
        stage,
        challenge,
        stage.days.on(-12),
        title_en="Opening in ten questions",
        hypothesis="Diez preguntas bastan para decir qué licencia hace falta en nueve de cada diez casos.",
        summary="Quien quiere abrir un local responde diez preguntas y sabe qué presentar.",
        scope="Licencias de hostelería y comercio en dos distritos; no las de obra.",
        districts=(1, 15),
        is_signed=False,
    )


def running(stage: Stage) -> Story:
    """A pilot at work, with measures, one deliverable under review and one invoice to pay."""
    challenge = yield from evaluated(stage, "citas", -232)
    yield from endings.awarded(stage, challenge, "nebula", stage.days.after(challenge.closes_at, 18))
    yield from hearings.notified(stage, challenge)
    text = "Nuestra propuesta llama a todas las citas y tiene menos puntos en impacto que la que llama a algunas."
    answer = "El panel explica la diferencia: mide el efecto, no el número de llamadas. No hay error que corregir."
    yield from hearings.review_asked(stage, challenge, "orilla", text=text, answer=answer)
    yield from endings.chartered(
        stage,
        challenge,
        stage.days.on(-160),
        title_en="Voice reminders for community health appointments",
        hypothesis="Una llamada la víspera reduce a menos del 10 % las citas perdidas.",
        summary="La víspera de la cita, una llamada en el idioma de cada persona permite confirmar o cambiar con una frase.",
        scope="Cuatro centros de salud comunitaria y todas sus citas; no las urgencias.",
        districts=(6, 13, 17),
    )
    yield from endings.started(stage, challenge, stage.days.on(-152))
    yield from together(
        endings.measured(
            stage,
            challenge,
            name="Citas que nadie usa ni cancela",
            name_en="Appointments neither used nor cancelled",
            unit="%",
            direction="down",
            figures=("17.20", "16.50", "14.10", "11.80", "10.90"),
            target="10.00",
        ),
        endings.delivered(stage, challenge, accept=2, pay=1, record=2, deliver=3),
    )


def held_up(stage: Stage) -> Story:
    """A pilot suspended for a while."""
    challenge = yield from evaluated(stage, "piscinas", -210)
    yield from endings.awarded(stage, challenge, "alameda", stage.days.after(challenge.closes_at, 18))
    yield from endings.chartered(
        stage,
        challenge,
        stage.days.on(-150),
        title_en="The pool, before leaving home",
        hypothesis="Quien sabe cuánta gente hay elige otra hora.",
        summary="Previsión de afluencia por hora en tres piscinas.",
        scope="Tres piscinas de verano; no los gimnasios ni las pistas.",
        districts=(9, 10),
    )
    yield from endings.started(stage, challenge, stage.days.on(-145))
    yield from together(
        endings.measured(
            stage,
            challenge,
            name="Días con colas de más de media hora",
            name_en="Days with queues of over half an hour",
            unit="días",
            direction="down",
            figures=("41", "36", "31"),
            target="25",
        ),
        endings.delivered(stage, challenge, accept=1, pay=1),
        endings.suspended(
            stage, challenge, stage.days.on(-70), "Las piscinas han cerrado por temporada. Se reanuda cuando abran."
        ),
    )


def ended_early(stage: Stage) -> Story:
    """A pilot terminated after its first milestone."""
    challenge = yield from evaluated(stage, "residuos", -290)
    yield from endings.awarded(stage, challenge, "nebula", stage.days.after(challenge.closes_at, 18))
    yield from endings.chartered(
        stage,
        challenge,
        stage.days.on(-240),
        title_en="Spots where furniture is dumped",
        hypothesis="Quien conoce los puntos de abandono llega antes.",
        summary="Sensores en contenedores y rutas propuestas a un equipo de recogida.",
        scope="Sesenta contenedores y un equipo de recogida.",
        districts=(11, 12),
    )
    yield from endings.started(stage, challenge, stage.days.on(-236))
    yield from together(
        endings.delivered(stage, challenge, accept=1, pay=1),
        endings.terminated(
            stage,
            challenge,
            stage.days.on(-150),
            reason="El contrato de limpieza cambió de zona y los contenedores del piloto se retiraron.",
            hearing="La empresa fue oída por escrito y está de acuerdo en cobrar solo lo aceptado.",
        ),
    )


def scaled(stage: Stage) -> Story:
    """A pilot that worked: the city adopts it."""
    challenge = yield from evaluated(stage, "facturas", -560)
    yield from endings.awarded(stage, challenge, "retiro", stage.days.after(challenge.closes_at, 18))
    yield from endings.chartered(
        stage,
        challenge,
        stage.days.after(challenge.closes_at, 32),
        title_en="Invoices that read themselves",
        hypothesis="Con lectura automática y revisión de lo dudoso, una factura lleva menos de tres minutos.",
        summary="De once a dos minutos por factura en dos oficinas.",
        scope="Las facturas en papel y PDF de dos oficinas; no las electrónicas.",
        districts=(1,),
    )
    yield from endings.started(stage, challenge, stage.days.after(challenge.closes_at, 40))
    yield from together(
        endings.measured(
            stage,
            challenge,
            name="Minutos por factura",
            name_en="Minutes per invoice",
            unit="min",
            direction="down",
            figures=("11.00", "7.50", "4.20", "2.80", "2.10"),
            target="3.00",
        ),
        endings.delivered(stage, challenge, accept=3, pay=3),
    )
    yield from endings.completed(
        stage,
        challenge,
        decision="scale",
        reason="De 11 a 2 minutos por factura y menos del 1 % de errores. Hacienda lo contrata para las 21 juntas de distrito.",
        reason_en="From 11 to 2 minutes an invoice, with fewer than 1 % of errors. Finance contracts it for all 21 districts.",
        lessons="Lo que más tiempo ahorra no es leer la factura, sino comprobarla contra el registro.",
        next_step="Procedimiento abierto de la Dirección General de Contabilidad, con presupuesto propio.",
    )


def stopped(stage: Stage) -> Story:
    """A pilot that did not work, said plainly."""
    challenge = yield from evaluated(stage, "reparto", -540)
    yield from endings.awarded(stage, challenge, "marea", stage.days.after(challenge.closes_at, 18))
    yield from endings.chartered(
        stage,
        challenge,
        stage.days.after(challenge.closes_at, 32),
        title_en="Roadwork notices door to door",
        hypothesis="Quien recibe un aviso a tiempo no llama para quejarse.",
        summary="Avisos por calle en una aplicación, en doce calles de Chamberí.",
        scope="Doce calles con obras durante seis meses.",
        districts=(7,),
    )
    yield from endings.started(stage, challenge, stage.days.after(challenge.closes_at, 40))
    yield from together(
        endings.measured(
            stage,
            challenge,
            name="Llamadas de queja por obra",
            name_en="Complaint calls per work",
            unit="llamadas",
            direction="down",
            figures=("54", "53", "55", "51"),
            target="20",
        ),
        endings.delivered(stage, challenge, accept=3, pay=3),
    )
    yield from endings.completed(
        stage,
        challenge,
        decision="stop",
        reason="No funcionó: solo un 4 % de los vecinos instaló la aplicación, así que las quejas no bajaron.",
        reason_en="It did not work: only 4 % of neighbours installed the application, so complaints did not fall.",
        lessons="Nadie instala una aplicación para una obra. El aviso debe llegar por donde la gente ya mira.",
        next_step="No se continúa. Lo aprendido se usa en un nuevo reto sobre avisos por mensaje.",
    )


def last_instant(stage: Stage) -> datetime:
    """Nothing of the demonstration happens after this."""
    return stage.days.now - timedelta(minutes=5)
