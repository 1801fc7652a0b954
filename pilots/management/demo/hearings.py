"""Stories of an evaluation that takes its time: presentations, a low offer, a substitute, questions, reviews."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta

from challenges.models import Challenge, CriterionKind
from govtech.audit import actions as audit
from govtech.clock import local_date
from pilots.actions import letter as letters
from pilots.actions import review as reviews
from pilots.management.demo.calls import Stage
from pilots.management.demo.replay import Story
from pilots.models import Letter, Resolution, ReviewOutcome, ReviewRequest
from startups.actions import abnormal, assignment, consortium_due, panel_question, pitch
from startups.models import AbnormalOffer, PanelMember, Proposal, Shortlist

Steps = Generator[datetime, None, None]
PROFILE = "https://contrataciondelestado.es/wps/poc?uri=deeplink:perfilContratante&idBp=demo"


def all_stories(stage: Stage) -> Iterator[Story]:
    """Yield what runs beside the challenges."""
    yield reminders(stage)
    yield tried_too_early(stage)


def _seat(stage: Stage, challenge: Challenge, account: str) -> PanelMember:
    return PanelMember.objects.current().select_related("user").get(challenge=challenge, user=stage.cast[account])


def _proposal(stage: Stage, challenge: Challenge, entity: str) -> Proposal:
    rows = Proposal.objects.select_related("challenge", "organisation")
    return rows.get(challenge=challenge, organisation=stage.cast.organisations[entity], opened_at__isnull=False)


def presented(stage: Stage, challenge: Challenge, *, judges: tuple[str, ...]) -> Steps:
    """The best present their proposals to the panel, which scores what it heard; the secretary writes the reasons."""
    cast, days = stage.cast, stage.days
    at = days.after(challenge.closes_at, 13, 10)
    yield at
    heard_at = days.after(at, 2, 10)
    place = "Sala de la Oficina Digital, o por videollamada"
    made: Shortlist = pitch.make_shortlist(challenge, presents_at=heard_at, place=place, by=cast["oficina"], at=at)
    at = heard_at + timedelta(hours=3)
    yield at
    criterion = challenge.criteria.get(kind=CriterionKind.PITCH)
    for position, key in enumerate(row["proposal"] for row in made.record if row["presents"]):
        proposal = Proposal.objects.select_related("challenge", "organisation").get(public_id=key)
        reason = "Contestó a todo con datos y enseñó una primera versión que funciona."
        if position:
            reason = "Clara en el problema; a dos preguntas sobre los plazos no supo contestar."
        for account in judges:
            member = _seat(stage, challenge, account)
            pitch.give(member, proposal, entries={criterion.pk: (5 - 2 * position, reason)}, by=member.user, at=at)
        pitch.save_reasons(proposal, texts={criterion.pk: reason}, by=cast["oficina"], at=at)


def low_offer_heard(stage: Stage, challenge: Challenge, entity: str) -> Steps:
    """An offer under the limit of the call: its company justifies it, and the Office accepts it."""
    cast, days = stage.cast, stage.days
    proposal = _proposal(stage, challenge, entity)
    found = AbnormalOffer.objects.get(proposal=proposal)
    at = days.after(found.found_at, 1, 9)
    yield at
    text = "Explica cómo se cubren las horas de las personas y los servicios en la nube con ese precio."
    abnormal.ask(found, text=text, due_at=days.after(at, 8, 14), by=cast["oficina"], at=at)
    at = days.after(at, 2, 12)
    yield at
    answer = "Los comercios ya usan nuestra aplicación: solo se paga la adaptación, 60 horas, y un servidor."
    abnormal.answer(found, text=answer, by=cast.owner(entity), at=at)
    at = days.after(at, 1, 11)
    yield at
    reason = "Justifica el ahorro con lo que ya tiene en marcha, y los salarios cumplen el convenio."
    abnormal.decide(found, is_accepted=True, reason=reason, by=cast["oficina"], at=at)


def passed_on(stage: Stage, challenge: Challenge, *, entity: str, first: str, asker: str) -> Steps:
    """A member can't finish: the substitute scores a proposal. Another wants to know something of its company."""
    cast, days = stage.cast, stage.days
    at = days.on(-3, 11)
    yield at
    proposal = _proposal(stage, challenge, entity)
    reason = "Baja médica hasta después del plazo de valoración."
    assignment.reassign(_seat(stage, challenge, first), proposal, reason=reason, by=cast["oficina"], at=at)
    member = _seat(stage, challenge, asker)
    sent, declined = [
        panel_question.ask(member, proposal, text=text, by=member.user, at=at)
        for text in (
            "¿El asistente funciona sin que la persona tenga certificado digital?",
            "¿Con qué ayuntamientos han trabajado antes y qué opinan de ellos?",
        )
    ]
    at = days.after(at, 1, 13)
    yield at
    panel_question.send(
        sent,
        text="Aclarad si quien no tiene certificado digital puede usar el asistente, y cómo.",
        concerns_all=False,
        due_at=days.after(at, 12, 14),
        by=cast["oficina"],
        at=at,
    )
    answer = "La convocatoria no puntúa la opinión de otros ayuntamientos: no se puede preguntar."
    panel_question.decline(declined, answer=answer, by=cast["oficina"], at=at)


def notified(stage: Stage, challenge: Challenge) -> Steps:
    """Two days after the resolution it stands in the buyer profile, and every company has its formal notification."""
    officer = stage.cast["oficina"]
    resolution = Resolution.objects.select_related("challenge").get(challenge=challenge)
    at = stage.days.after(resolution.published_at, 2, 12)
    yield at
    day = local_date(at)
    reference = f"PERFIL-{at.year}-{challenge.pk:05d}"
    letters.record_publication(resolution, reference=reference, url=PROFILE, published_on=day, by=officer, at=at)
    for letter in Letter.objects.filter(resolution=resolution).order_by("pk"):
        number = f"NOTIF-{at.year}-{letter.pk:06d}"
        letters.record_service(letter, served_on=day, served_reference=number, by=officer, at=at)


def review_asked(
    stage: Stage, challenge: Challenge, entity: str, *, text: str, days: int = 9, answer: str = ""
) -> Steps:
    """A company that got nothing asks for a review; the director answers it, where there is an `answer`."""
    letter = Letter.objects.select_related("resolution").get(
        resolution__challenge=challenge, proposal__organisation=stage.cast.organisations[entity]
    )
    at = stage.days.after(letter.resolution.published_at, days, 17)
    yield at
    asked: ReviewRequest = reviews.lodge(letter, text=text, upload=None, by=stage.cast.owner(entity), at=at)
    if answer:
        at = stage.days.after(at, 12, 10)
        yield at
        outcome = ReviewOutcome.DISMISSED
        reviews.answer(asked, outcome=outcome, answer=answer, by=stage.cast["direccion"], at=at)


def reminders(stage: Stage) -> Story:
    """A partner hasn't answered and a deadline comes near: a week before, and three days before."""
    for offset in (-5, -1):
        at = stage.days.on(offset, 15)
        yield at
        consortium_due.remind_of_invitations(at=at)


def tried_too_early(stage: Stage) -> Story:
    """Somebody follows a forwarded address to a rival's sealed proposal, and an officer looks in: both are on record."""
    for offset, account, hour in ((-2, "universidad", 12), (-1, "oficina2", 9)):
        at = stage.days.on(offset, hour, 25)
        yield at
        sealed = (
            Proposal.objects.filter(opened_at=None, organisation=stage.cast.organisations["voz"]).order_by("pk").last()
        )
        if sealed is not None:
            by = stage.cast[account]
            audit.record("proposal.seal_tried", target=sealed, by=by, at=at, reason="GET startups:proposal")
