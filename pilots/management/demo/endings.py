"""Stories after the deadline: opening, admission, panel, scores, award, pilot, decision."""

from collections.abc import Generator, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from challenges.models import Challenge, CriterionKind
from govtech.reference.models import District
from pilots.actions import award as awards
from pilots.actions import charter as charters
from pilots.actions import indicator as indicators
from pilots.actions import invoice as invoices
from pilots.actions import milestone as milestones
from pilots.actions import pilot as pilots
from pilots.actions import resolution as resolutions
from pilots.management.demo import agreements, papers
from pilots.management.demo.calls import Stage, offers_for
from pilots.management.demo.cast import Cast
from pilots.models import Charter, Indicator, Invoice, Milestone, Pilot
from pilots.policies import award as award_policies
from startups.actions import admission, clarification, consensus, evaluation, lock, opening, panel
from startups.models import PanelMember, PanelRole, Proposal, SessionMode
from startups.policies import progress

Steps = Generator[datetime, None, None]
PANEL = [
    ("evaluador1", PanelRole.CHAIR),
    ("evaluador2", PanelRole.MEMBER),
    ("evaluador3", PanelRole.MEMBER),
    ("evaluador4", PanelRole.SUBSTITUTE),
    ("oficina", PanelRole.SECRETARY),
]
JUDGES = ("evaluador1", "evaluador2", "evaluador3")
REASONS = {
    0: "No lo trata: la propuesta no dice nada sobre este punto.",
    1: "Lo trata muy poco y sin datos del servicio que lo apoyen.",
    2: "Lo trata en parte. Falta decir cómo se haría y con quién.",
    3: "Suficiente: responde a lo que se pide, con poco detalle en los plazos.",
    4: "Bien resuelto, con datos del propio servicio y un plan creíble.",
    5: "Excelente: va más allá de lo pedido y demuestra con ejemplos que funciona.",
}


def opened(stage: Stage, challenge: Challenge) -> Steps:
    """Two people open the proposals, two days after the deadline."""
    at = stage.days.after(challenge.closes_at, 2, 15)
    yield at
    opening.prepare(challenge, reason="El plazo ha terminado y empieza la valoración.", by=stage.cast["oficina"], at=at)
    at += timedelta(minutes=12)
    yield at
    opening.open_proposals(challenge, by=stage.cast["oficina2"], at=at)


def _of(challenge: Challenge, key: str, entity: str, stage: Stage) -> Proposal:
    return Proposal.objects.select_related("challenge", "organisation").get(
        challenge=challenge, organisation=stage.cast.organisations[entity], opened_at__isnull=False
    )


def admitted(stage: Stage, key: str, challenge: Challenge, *, leave: Iterable[str] = ()) -> Steps:
    """The Office admits what is in order, but for the organisations in `leave`."""
    at = stage.days.after(challenge.closes_at, 3, 11)
    yield at
    for offer in offers_for(key):
        if offer.entity not in leave:
            admission.admit(_of(challenge, key, offer.entity, stage), by=stage.cast["oficina"], at=at)


def asked_to_correct(stage: Stage, key: str, challenge: Challenge, entity: str) -> Steps:
    """One proposal has a defect that can be mended."""
    at = stage.days.after(challenge.closes_at, 4, 12)
    yield at
    admission.request_correction(
        _of(challenge, key, entity, stage),
        text="Falta indicar quién firma la declaración y con qué poder. Adjunta el dato o corrígelo aquí.",
        due_at=stage.days.after(at, 12, 14),
        by=stage.cast["oficina"],
        at=at,
    )


def asked_to_explain(stage: Stage, key: str, challenge: Challenge, *, silent: Iterable[str]) -> Steps:
    """What concerns all is asked of all in the same words; all but the `silent` answer."""
    at = stage.days.after(challenge.closes_at, 4, 13)
    yield at
    asked = clarification.ask(
        _of(challenge, key, offers_for(key)[0].entity, stage),
        text="¿Qué datos del servicio hacen falta el primer mes, y en qué formato?",
        concerns_all=True,
        due_at=stage.days.after(at, 12, 14),
        by=stage.cast["oficina"],
        at=at,
    )
    at = stage.days.after(at, 1, 10)
    yield at
    for answer in asked.answers.exclude(proposal__organisation__in=[stage.cast.organisations[name] for name in silent]):
        entity = next(name for name, each in stage.cast.organisations.items() if each == answer.proposal.organisation)
        by = stage.cast.owner(entity)
        text = "Los consumos horarios del último año, por edificio, en CSV o por la API que ya usa el servicio."
        clarification.answer(answer, text=text, by=by, at=at)


def judged(stage: Stage, key: str, challenge: Challenge, *, missing: tuple[str, ...] = ()) -> Steps:
    """The panel declares and scores. Judges in `missing` have not handed in all of their sheets."""
    cast, days = stage.cast, stage.days
    at = days.after(challenge.closes_at, 4, 10)
    yield at
    for account, role in PANEL:
        panel.name_member(challenge, cast[account], role=role, by=cast["oficina"], at=at)
    at = days.after(at, 1, 10)
    yield at
    members = {
        m.user.email.split("@")[0]: m for m in PanelMember.objects.filter(challenge=challenge).select_related("user")
    }
    for member in members.values():
        panel.declare(member, has_conflict=False, text="", by=member.user, at=at)
    for offer in offers_for(key):
        for member in members.values():
            proposal = _of(challenge, key, offer.entity, stage)
            panel.declare_on(member, proposal, has_conflict=False, reason="", by=member.user, at=at)
    for number, account in enumerate(JUDGES):
        at = days.after(at, 1 + number, 16)
        yield at
        for position, offer in enumerate(offers_for(key)):
            if account not in missing or position == 0:
                _score(members[account], _of(challenge, key, offer.entity, stage), offer.points[number], at)


def _score(member: PanelMember, proposal: Proposal, points: tuple[int, ...], at: datetime) -> None:
    criteria = proposal.challenge.criteria.filter(kind=CriterionKind.JUDGEMENT).order_by("position")
    entries = {c.pk: (given, REASONS[given]) for c, given in zip(criteria, points, strict=True)}
    sheet = evaluation.save_sheet(member, proposal, entries=entries, by=member.user, at=at)
    evaluation.hand_in(sheet, by=member.user, at=at)


def locked(stage: Stage, key: str, challenge: Challenge, *, days: int = 12) -> Steps:
    """The secretary writes the reasons; secretary and chair lock; prices open; the ranking is there."""
    cast = stage.cast
    at = stage.days.after(challenge.closes_at, days, 12)
    yield at
    for offer in offers_for(key):
        proposal = _of(challenge, key, offer.entity, stage)
        for position, criterion in enumerate(
            challenge.criteria.filter(kind=CriterionKind.JUDGEMENT).order_by("position")
        ):
            text = REASONS[sorted(sheet[position] for sheet in offer.points)[1]]
            evaluation.save_reason(proposal, criterion, text=text, by=cast["oficina"], at=at)
    _agree(challenge, cast, at)
    lock.lock(challenge, by=cast["oficina"], at=at)
    at = stage.days.after(at, 1, 12)
    yield at
    lock.lock(challenge, by=cast["evaluador1"], at=at)


def _agree(challenge: Challenge, cast: Cast, at: datetime) -> None:
    """The panel meets and talks over the scores that are far apart; it agrees on points once, else all keep theirs."""
    to_agree = progress.work(challenge, at=at).to_agree
    if not to_agree:
        return
    session = consensus.record_session(
        challenge,
        held_at=at - timedelta(hours=2),
        mode=SessionMode.MIXED,
        place="Sala de la Oficina Digital",
        agenda="Puesta en común de los criterios con dos puntos o más de diferencia.",
        notes="Cada vocal expuso sus motivos. No se habló de precios, que siguen cerrados.",
        present=list(PanelMember.objects.current().filter(challenge=challenge)),
        by=cast["oficina"],
        at=at,
    )
    proposals, criteria = Proposal.objects.in_bulk(), challenge.criteria.in_bulk()
    for number, (proposal, criterion) in enumerate(to_agree):
        consensus.agree(
            proposals[proposal],
            criteria[criterion],
            session=session,
            points=3 if number == 0 else None,
            reason="Se leyeron los dos motivos y el panel los comparte: el efecto está medido, el plan es ajustado.",
            by=cast["oficina"],
            at=at,
        )


def winner_asked(stage: Stage, challenge: Challenge, at: datetime) -> Steps:
    """An officer proposes the award to the first of the ranking."""
    yield at
    awards.propose(
        challenge,
        proposal=award_policies.candidates(challenge)[0],
        reason="Es la propuesta con más puntos y la que mejor demuestra su efecto con datos del servicio.",
        by=stage.cast["oficina"],
        at=at,
    )


def winner_accepts(stage: Stage, challenge: Challenge, entity: str, at: datetime) -> Steps:
    """The proposed winner brings what is missing and accepts; the officer puts the award before the director."""
    yield at
    papers.brought(stage.cast, entity, at=at)
    award = challenge.resolution.awards.get(proposal__organisation=stage.cast.organisations[entity])
    awards.accept(award, by=stage.cast.owner(entity), at=at, note="Aceptamos. Podemos empezar en dos semanas.")
    at = stage.days.after(at, 1, 11)
    yield at
    awards.prepare_approval(
        challenge,
        by=stage.cast["oficina"],
        at=at,
        reason="El panel la puntúa por encima de las demás en impacto y viabilidad, y su precio cabe en el gasto autorizado.",
    )


def awarded(stage: Stage, challenge: Challenge, entity: str, proposed_at: datetime) -> Steps:
    """From the proposal of award to the director's approval."""
    yield from winner_asked(stage, challenge, proposed_at)
    accepted_at = stage.days.after(proposed_at, 3, 10)
    yield from winner_accepts(stage, challenge, entity, accepted_at)
    at = stage.days.after(accepted_at, 3, 9, 30)
    yield at
    awards.approve(challenge, by=stage.cast["direccion"], at=at)


def voided(stage: Stage, challenge: Challenge, at: datetime) -> Steps:
    """Nobody is over the threshold: void, by two people; the money comes back."""
    yield at
    resolutions.prepare_void(
        challenge,
        kind="void",
        reason="Ninguna propuesta admitida alcanza los 60 puntos: no explican cómo se acompañaría a las asociaciones.",
        by=stage.cast["oficina"],
        at=at,
    )
    at = stage.days.after(at, 1, 10)
    yield at
    resolutions.approve_void(challenge, by=stage.cast["direccion"], at=at)


def _pilot(challenge: Challenge) -> Pilot:
    return Pilot.objects.select_related("challenge__department", "organisation", "award").get(challenge=challenge)


def chartered(
    stage: Stage,
    challenge: Challenge,
    at: datetime,
    *,
    hypothesis: str,
    summary: str,
    scope: str,
    districts: Iterable[int],
    title_en: str = "",
    is_signed: bool = True,
) -> Steps:
    """The department writes the charter; both sides sign it; the Office writes down the contract."""
    yield at
    pilot, cast = _pilot(challenge), stage.cast
    delegate = cast.delegate_of(challenge.department)
    company = cast.owner(next(key for key, found in cast.organisations.items() if found.pk == pilot.organisation_id))
    charters.write(
        pilot,
        by=delegate,
        at=at,
        hypothesis=hypothesis,
        summary=summary,
        title_en=title_en,
        scope=scope,
        districts=list(District.objects.filter(number__in=districts)),
        **agreements.CHARTER,
        department_person=delegate.full_name,
        company_person=company.full_name,
    )
    for by in (delegate, company) if is_signed else (delegate,):
        at += timedelta(hours=1)
        yield at
        charters.sign(pilot, version=Charter.objects.get(pilot=pilot).version, by=by, at=at)
    if is_signed:
        yield from agreements.contract_recorded(stage, _pilot(challenge), at + timedelta(hours=1))


def started(stage: Stage, challenge: Challenge, at: datetime) -> Steps:
    """The pilot starts."""
    yield at
    pilots.start(_pilot(challenge), starts_on=at.date(), by=stage.cast.delegate_of(challenge.department), at=at)


def measured(
    stage: Stage,
    challenge: Challenge,
    *,
    name: str,
    unit: str,
    direction: str,
    figures: tuple[str, ...],
    target: str,
    name_en: str = "",
) -> Steps:
    """An indicator with its baseline (the first figure) and a value a month."""
    pilot = _pilot(challenge)
    by = stage.cast.delegate_of(challenge.department)
    at = stage.days.after(pilot.started_at, 1, 13)
    yield at
    indicator: Indicator = indicators.add(
        pilot, name=name, name_en=name_en, unit=unit, direction=direction, baseline=Decimal(figures[0]),
        target=Decimal(target), source="Registros del servicio", by=by, at=at,
    )  # fmt: skip
    for month, figure in enumerate(figures[1:], start=1):
        at = stage.days.after(pilot.started_at, 30 * month, 13)
        yield at
        indicators.measure(
            indicator, measured_on=at.date(), value=Decimal(figure), evidence=f"Informe del mes {month}, revisado por el servicio.",
            by=by, at=at,
        )  # fmt: skip


def delivered(
    stage: Stage, challenge: Challenge, *, accept: int, pay: int, deliver: int | None = None, record: int | None = None
) -> Steps:
    """Milestones in order: `deliver` are delivered, `accept` of them accepted, `record` invoiced, `pay` paid."""
    cast, days = stage.cast, stage.days
    pilot = _pilot(challenge)
    company = cast.owner(next(key for key, found in cast.organisations.items() if found.pk == pilot.organisation_id))
    deliver, record = deliver or accept, pay if record is None else record
    for number, milestone in enumerate(Milestone.objects.filter(pilot=pilot).order_by("number")[:deliver], start=1):
        at = days.at(days.working(milestone.due_on - timedelta(days=3), back=True), 12)
        yield at
        milestone = milestones.deliver(  # noqa: PLW2901 - the same milestone, as it is now
            milestone, note="Entregado lo previsto, con el informe y los datos de uso.", by=company, at=at
        )
        if number > accept:
            return
        at = days.after(at, 5, 12)
        yield at
        milestone = milestones.accept(milestone, by=cast.delegate_of(challenge.department), at=at)  # noqa: PLW2901
        if number <= record:
            yield from invoiced(stage, milestone, days.after(at, 4, 10), paid=number <= pay)


def invoiced(stage: Stage, milestone: Milestone, at: datetime, *, paid: bool) -> Steps:
    """The invoice arrives and is recorded; it is paid some days later."""
    officer = stage.cast["oficina"]
    yield at
    invoice: Invoice = invoices.record(
        milestone,
        number=f"F-{at.year}-{milestone.pk:03d}",
        issued_on=at.date() - timedelta(days=1),
        received_on=at.date(),
        base=milestone.amount_net,
        vat=milestone.amount_gross - milestone.amount_net,
        total=milestone.amount_gross,
        register_number=f"RCF-{at.year}-{milestone.pk:05d}",
        by=officer,
        at=at,
    )
    if paid:
        at = stage.days.after(at, 9 + milestone.number * 3, 10)
        yield at
        invoices.pay(invoice, ordered_on=at.date() - timedelta(days=2), paid_on=at.date(), by=officer, at=at)


def suspended(stage: Stage, challenge: Challenge, at: datetime, reason: str) -> Steps:
    """The pilot stops for a while."""
    yield at
    pilots.suspend(_pilot(challenge), reason=reason, by=stage.cast["oficina"], at=at)


def terminated(stage: Stage, challenge: Challenge, at: datetime, *, reason: str, hearing: str) -> Steps:
    """The pilot ends early, after hearing the company, by two people."""
    yield at
    pilots.prepare_termination(_pilot(challenge), reason=reason, hearing=hearing, by=stage.cast["oficina"], at=at)
    at = stage.days.after(at, 2, 10)
    yield at
    pilots.approve_termination(_pilot(challenge), by=stage.cast["direccion"], at=at)


def completed(
    stage: Stage, challenge: Challenge, *, decision: str, reason: str, reason_en: str, lessons: str, next_step: str
) -> Steps:
    """Everything is accepted, which completes the pilot; the city decides."""
    last = Milestone.objects.filter(pilot__challenge=challenge).order_by("-number")[0]
    at = stage.days.after(last.accepted_at, 12, 12)
    yield at
    pilots.decide(
        _pilot(challenge), decision=decision, reason=reason, reason_en=reason_en, lessons=lessons, next_step=next_step,
        by=stage.cast["oficina"], at=at,
    )  # fmt: skip
