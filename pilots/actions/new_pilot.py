"""The pilot that an approved award begins, made from the winner's offer."""

from datetime import datetime
from decimal import Decimal

from django.utils.text import slugify

from challenges.models import Challenge, ReferenceCounter
from govtech import clock
from govtech.reference.models import Holiday
from pilots.actions import offer as offers
from pilots.actions.pilot import length_of
from pilots.calculations.money import milestone_amounts
from pilots.calculations.plan import ends_on, milestone_dates
from pilots.models import Award, Milestone, Pilot

PREFIX = "PILOTO"
SLUG_LENGTH = 80


def make(challenge: Challenge, award: Award, *, at: datetime) -> Pilot:
    """Make the pilot and its milestones from the winner's offer; the start moves their dates later."""
    day = clock.local_date(at)
    submission = offers.last_submission(award.proposal)
    plan = submission.economic["milestones"]
    months = [int(part["month"]) for part in plan]
    starts_on = max(challenge.pilot_starts_on or day, day)
    title = submission.technical["sections"]["title"].strip()[:160]
    reference = ReferenceCounter.next(PREFIX, day.year)
    pilot = Pilot.objects.create(
        reference=reference,
        slug=_free_slug(title, reference),
        award=award,
        challenge=challenge,
        organisation=award.proposal.organisation,
        title=title,
        summary=challenge.summary,
        summary_en=challenge.summary_en,
        starts_on=starts_on,
        ends_on=ends_on(starts_on, length_of(challenge, months)),
        created_at=at,
    )
    nets = [Decimal(part["amount_net"]) for part in plan]
    grosses = milestone_amounts(nets, award.vat_rate, award.amount_gross)
    dates = milestone_dates(starts_on, months, Holiday.objects.dates())
    Milestone.objects.bulk_create(
        Milestone(
            pilot=pilot,
            number=number,
            title=part["title"][:160],
            deliverables=part["deliverables"],
            acceptance_criteria=part.get("acceptance_criteria", ""),
            due_on=due_on,
            amount_net=net,
            amount_gross=amount,
        )
        for number, (part, net, amount, due_on) in enumerate(zip(plan, nets, grosses, dates, strict=True), start=1)
    )
    return pilot


def _free_slug(title: str, reference: str) -> str:
    """Return an address made of the title; with the reference's number where another pilot has it."""
    slug, number = slugify(title)[:SLUG_LENGTH].strip("-"), slugify(reference)
    if not slug:
        return number
    return f"{slug}-{number.removeprefix('piloto-')}" if Pilot.objects.filter(slug=slug).exists() else slug
