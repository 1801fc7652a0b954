"""Stories of challenges from draft to deadline: written, reviewed, funded, published, asked about, answered with proposals."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.actions import challenge as challenges
from challenges.actions import document as documents
from challenges.actions import question as questions
from challenges.calculations import calendar
from challenges.calculations.step import STEPS
from challenges.models import Challenge, CriterionKind
from govtech.files import pdf
from govtech.reference.models import CpvCode, Department, District, PolicyArea
from pilots.actions import credit
from pilots.management.demo import partners
from pilots.management.demo.cast import Cast
from pilots.management.demo.challenges import BY_KEY, CRITERIA, LEVELS, MATURITY, Text
from pilots.management.demo.organisations import ENTITIES
from pilots.management.demo.proposals import OFFERS, Offer
from pilots.management.demo.replay import Days
from startups.actions import comment as comments
from startups.actions import proposal as proposals
from startups.models import Proposal

Told = Generator[datetime, None, Challenge]
QUESTIONS_CLOSE_DAYS, ANSWERS_DUE_DAYS = 12, 6
SHARES = {2: (40, 60), 3: (25, 35, 40), 4: (20, 30, 25, 25)}
LONG_FORM = {"zonas-verdes": ["fit", "indicators", "privacy"]}  # beside the short form
# A call whose best two present, and whose low prices are heard; the presentation takes its weight from the first.
WITH_ROUND = {"turismo": {"shortlist_size": 2, "abnormal_rule": "maximum", "abnormal_percent": 12}}
PRESENTATION = {
    "kind": CriterionKind.PITCH,
    "name": "Presentación ante el panel",
    "name_en": "Presentation to the panel",
    "guidance": "Veinte minutos: una demostración y preguntas.",
    "weight_percent": 10,
    "threshold_points": Decimal(0),
}
TEAMS = {entity.key: entity.team for entity in ENTITIES}


@dataclass(frozen=True)
class Stage:
    """Where the stories are told: the people, the days."""

    cast: Cast
    days: Days


def days_of_call(stage: Stage, closes_at: datetime, *, open_days: int) -> dict[str, Any]:
    """Return the calendar of a call that closes on that day and is open for about `open_days`."""
    days = stage.days
    closes_on = closes_at.astimezone(days.zone).date()
    opens_on = days.working(closes_on - timedelta(days=open_days), back=True)
    return calendar.propose(
        opens_on,
        open_days=open_days,
        questions_close_days=QUESTIONS_CLOSE_DAYS,
        answers_due_days=ANSWERS_DUE_DAYS,
        holidays=days.holidays,
        zone=days.zone,
        closes_on=closes_on,
    )


def values_of(text: Text, dates: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a challenge."""
    criteria: list[dict[str, Any]] = [
        {
            "kind": CriterionKind.FORMULA if position == len(CRITERIA) else CriterionKind.JUDGEMENT,
            "name": name,
            "name_en": name_en,
            "guidance": guidance,
            "anchors": LEVELS.get(name, ""),
            "guidance_en": guidance_en,
            "weight_percent": weight,
            "threshold_points": Decimal(weight) / 2 if position <= 2 else Decimal(0),
        }
        for position, (words, weight) in enumerate(zip(CRITERIA, text.weights, strict=True), 1)
        for name, name_en, guidance, guidance_en in [words]
    ]
    if text.key in WITH_ROUND:
        weight = criteria[0]["weight_percent"] - PRESENTATION["weight_percent"]
        criteria[0] |= {"weight_percent": weight, "threshold_points": Decimal(weight) / 2}
        criteria.insert(-1, PRESENTATION)
    plain = (
        "title", "title_en", "summary", "summary_en", "problem", "affected", "tried", "outcome", "baseline", "target",
        "place", "systems", "contribution", "adoption",
    )  # fmt: skip
    return {
        **{name: getattr(text, name) for name in plain},
        **text.english,
        "policy_area": PolicyArea.objects.get(slug=text.area),
        "data_available": text.data,
        "has_personal_data": text.personal_data,
        "legal_limits": text.legal,
        "duration_months": text.months,
        "minimum_trl": MATURITY.get(text.key),
        "districts": list(District.objects.filter(number__in=text.districts)),
        "max_amount_net": Decimal(text.amount),
        "awards_planned": 1,
        "pass_mark": Decimal(60),
        "criteria": criteria,
        **dates,
    }


def written(stage: Stage, key: str, at: datetime, dates: dict[str, Any], *, leave_out: tuple[str, ...] = ()) -> Told:
    """A delegate writes the challenge, step by step."""
    text = BY_KEY[key]
    department = Department.objects.get(code=text.department)
    by = stage.cast.delegate_of(department)
    yield at
    challenge = challenges.create(department, title=text.title, by=by, at=at)
    values = values_of(text, dates)
    for step, columns in STEPS.items():
        data = {name: values[name] for name in columns if name in values}
        if data and step not in leave_out:
            challenge = challenges.save_step(challenge, step, version=0, data=data, by=by, at=at)
    return challenge


def submitted(stage: Stage, key: str, at: datetime, dates: dict[str, Any]) -> Told:
    """Written, with a data sheet, and sent to the Office two days later."""
    challenge = yield from written(stage, key, at, dates)
    by = stage.cast.delegate_of(challenge.department)
    sent_at = stage.days.after(at, 2, 12)
    yield sent_at
    sheet = SimpleUploadedFile("datos.pdf", _data_sheet(BY_KEY[key]), content_type="application/pdf")
    documents.add(challenge, sheet, title="Ficha de datos disponibles", by=by, at=sent_at)
    return challenges.submit(challenge, by=by, at=sent_at)


def _data_sheet(text: Text) -> bytes:
    return pdf.render("document", {
        "title": "Ficha de datos disponibles",
        "blocks": [{"kind": "heading", "level": 1, "text": text.title}, {"kind": "paragraph", "text": text.data}],
    })  # fmt: skip


def prepared(stage: Stage, key: str, at: datetime, dates: dict[str, Any]) -> Told:
    """Reviewed by the Office: terms filled, credit reserved, before the director."""
    challenge = yield from submitted(stage, key, at, dates)
    officer = stage.cast["oficina"]
    at = stage.days.after(at, 5, 11)
    yield at
    challenge = challenges.set_terms(
        challenge,
        by=officer,
        at=at,
        cpv=CpvCode.objects.get(code="72000000-5"),
        ip_clause="La propiedad de lo desarrollado es de la entidad; el Ayuntamiento puede usarlo sin límite de tiempo.",
        data_clause="El Ayuntamiento es responsable del tratamiento y la entidad encargada, según el acuerdo tipo.",
        subcontracting_clause="Se puede subcontratar hasta la mitad, indicándolo en la propuesta.",
        case_file=f"135/{at.year}/{challenge.pk:05d}",
        publishes_identities=True,
        form_sections=LONG_FORM.get(key, []),
        **WITH_ROUND.get(key, {}),
    )
    lines = [
        {"line": part["line"].pk, "amount": f"{part['amount']:.2f}"} for part in credit.lines_for(challenge, at=at)
    ]
    credit.prepare_publication(
        challenge, lines=lines, publish_at=None, rc_certificate=f"RC-{at.year}-{challenge.pk:04d}", by=officer, at=at
    )
    return challenge


def published(stage: Stage, key: str, closes_at: datetime, *, open_days: int = 24, lead_days: int = 14) -> Told:
    """Approved by the director and published; the first word is written `lead_days` before it opens."""
    dates = days_of_call(stage, closes_at, open_days=open_days)
    start = stage.days.after(dates["opens_at"] - timedelta(days=lead_days), 0)
    challenge = yield from prepared(stage, key, start, dates)
    at = stage.days.after(start, 8, 9, 30)
    yield at
    return credit.approve_challenge(challenge, by=stage.cast["direccion"], at=at)


def asked(stage: Stage, key: str, challenge: Challenge) -> Generator[datetime, None, None]:
    """Companies ask, the department answers most of it."""
    askers = [("empresa2", "alameda"), ("universidad", "upm"), ("empresa", "nebula")]
    by = stage.cast.delegate_of(challenge.department)
    for number, (text, answer) in enumerate(BY_KEY[key].questions):
        at = stage.days.after(challenge.opens_at, 2 + number, 12, 10 * number)
        yield at
        account, entity = askers[number % len(askers)]
        acting = stage.cast.organisations[entity].public_id  # some of them belong to several
        question = questions.ask(challenge, text=text, acting=acting, by=stage.cast[account])
        if answer:
            at = stage.days.after(at, 2, 13, 5)
            yield at
            questions.answer(question, text=answer, by=by, at=at)


def offers_for(key: str) -> list[Offer]:
    """Return what is proposed in a challenge, in order."""
    return [offer for offer in OFFERS if offer.challenge == key]


def proposed(stage: Stage, challenge: Challenge, offer: Offer, number: int) -> Generator[datetime, None, None]:
    """An organisation writes its proposal and does with it what the offer says."""
    cast, days = stage.cast, stage.days
    owner = cast.owner(offer.entity)
    at = days.after(challenge.opens_at, 3 + number, 10, 7 * number)
    yield at
    proposal = proposals.start(challenge, cast.organisations[offer.entity], by=owner, at=at)
    _write(proposal, offer, challenge, by=owner, at=at)
    partners.joined(cast, proposal, offer, at=at)
    if offer.state == "draft":
        text = "Antes de presentarla: ¿quién confirma las semanas de la primera medición con el servicio?"
        comments.add(proposal, part="plan", text=text, by=owner, at=at)
        return
    at = days.after(at, 4, 17, 3 * number)
    yield at
    _hand_in(proposal, owner)
    if offer.state == "withdrawn":
        at = days.after(at, 1, 9)
        yield at
        proposals.withdraw(proposal, by=owner)
    elif offer.state == "replaced":
        at = days.after(at, 2, 19, 41)
        yield at
        row = proposal.sections.get(key="result")
        better = f"Datos de uso por franja horaria y zona, comprobados con recuentos. {offer.solution}"
        proposals.save_section(proposal, "result", version=row.version, body=better, by=owner, at=at)
        _hand_in(proposal, owner)


def _hand_in(proposal: Proposal, owner: Any) -> None:
    signed = {"signatory_name": owner.full_name, "signatory_post": "Representante"}
    proposals.submit(proposal, **signed, has_power=True, declares=True, by=owner)


def _write(proposal: Proposal, offer: Offer, challenge: Challenge, *, by: Any, at: datetime) -> None:
    months = challenge.duration_months
    texts = {
        "title": offer.title,
        "solution": f"{offer.solution}\n\nSe parte de lo que el servicio ya tiene y no se le pide que cambie de sistema. "
        "La primera versión se enseña al equipo municipal a las cuatro semanas y se corrige con lo que diga.",
        "plan": f"El piloto dura {months} meses. Mes 1: puesta en marcha con el servicio. Después, medición cada mes con "
        "un informe breve. Último mes: comparación con el punto de partida y propuesta de continuidad.",
        "team": TEAMS[offer.entity],
        "result": f"Alcanzar la meta del reto: {challenge.target} Se mide con los datos del propio servicio.",
        "risks": "Datos: solo los necesarios y dentro de la Unión Europea. Propiedad: según las condiciones del reto. "
        "Riesgo principal: que el equipo municipal no tenga tiempo; se prevé media hora por semana.",
    }
    longer = {
        "fit": f"El problema, tal como lo cuenta el reto: {challenge.summary} La propuesta se ocupa de esa parte entera.",
        "indicators": f"Punto de partida: {challenge.baseline} Meta: {challenge.target} Se mide cada mes.",
        "privacy": "No hacen falta datos personales. Si aparecieran, se borran el mismo día y se avisa al servicio.",
    }
    texts |= {key: longer[key] for key in challenge.form_sections}
    for key, body in texts.items():
        proposals.save_section(proposal, key, version=0, body=body, by=by, at=at)
    price = Decimal(offer.price)
    proposals.save_price(
        proposal,
        version=0,
        amount_net=price,
        vat_regime="general",
        breakdown="Personal, equipos y servicios en la nube, por hitos.",
        milestones=milestones(price, months),
        by=by,
        at=at,
    )


def milestones(price: Decimal, months: int) -> list[dict[str, Any]]:
    """Return the parts of an offer; their net amounts add up to the price."""
    shares = SHARES[4 if months >= 6 else 3]
    at = (1, 3, 5, 6) if months >= 6 else (1, max(2, months // 2), months)
    titles = ("Puesta en marcha", "Primera medición", "Segunda medición", "Cierre y comparación")
    if len(shares) == 3:
        titles = (titles[0], titles[1], titles[3])
    amounts = [(price * share / 100).quantize(Decimal("0.01")) for share in shares]
    amounts[-1] += price - sum(amounts)
    return [
        {
            "title": title,
            "deliverables": f"{title}: lo entregado y un informe de dos páginas.",
            "acceptance_criteria": "El servicio lo comprueba en una visita.",
            "month": month,
            "amount_net": str(amount),
        }
        for title, month, amount in zip(titles, at, amounts, strict=True)
    ]
