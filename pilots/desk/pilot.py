"""What pilots put in the menu, on desks, on the front page and on the pages of challenges."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Greatest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge, Status
from govtech import clock
from govtech.accounts import roles
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.reference.calculations.calendar import add_calendar_days
from govtech.reference.models import Holiday, Rules
from govtech.shell.registry import Addresses, DeskItem, Section, desk, home, nav, sitemaps, slots
from govtech.statements import OneOf, Slot, Statement
from pilots.models import (
    Commitment,
    FinalDecision,
    Invoice,
    Milestone,
    MilestoneStatus,
    Pilot,
    PilotStatus,
    Resolution,
)
from pilots.models.award import GIVEN_UP
from pilots.notifications import charter as charter_notifications
from pilots.notifications import pilot as notifications
from pilots.policies import charter as charters
from pilots.policies import decision
from pilots.policies.pilot import ENDED
from startups.models import Membership, Organisation
from startups.models.organisation import OrganisationRole

SHOWN = 3
_BEFORE_THE_AWARD = {Status.PUBLISHED, Status.EVALUATING, Status.CANCELLED}


def register() -> None:
    """Fill the registries of the shell, and of decisions."""
    notifications.register()
    charter_notifications.register()
    nav.register("pilots", gettext_lazy("Pilots"), "pilots:list", 20)
    desk.register(company_items)
    desk.register(department_items)
    desk.register(office_items)
    home.register(what_worked, 40)
    home.register(figures, 60)
    slots.register("challenge.aside", on_challenge, 30)
    slots.register("organisation.after", on_organisation, 10)
    sitemaps.register("pilots", Addresses("pilots:pilot", _public_addresses))
    decision.register(
        DecisionKind.TERMINATION,
        title=_title_of_termination,
        url=_page_of_termination,
    )


def _title_of_termination(row: PreparedDecision, pilot: Pilot) -> str:
    return _("Early end of %(reference)s: %(title)s") % {"reference": pilot.reference, "title": pilot.title}


def _page_of_termination(_row: PreparedDecision, pilot: Pilot) -> str:
    return reverse("pilots:approve_termination", kwargs={"slug": pilot.slug})


def end_of(day: date) -> datetime:
    """Return the last minute of a day of the city."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def _item(pilot: Pilot, *, due_on: date | None, title: str, action: str, url: str, at: datetime) -> DeskItem:
    due_at = end_of(due_on) if due_on else None
    return DeskItem(
        due_at=due_at,
        title=title,
        detail=f"{pilot.reference} · {pilot.title}",
        url=url,
        action_label=action,
        late=bool(due_at and due_at < at),
        of=str(pilot.organisation_id),
    )


def _work(pilot: Pilot) -> str:
    return reverse("pilots:work", kwargs={"slug": pilot.slug})


def company_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Milestones to deliver, to deliver again, and to invoice, of the user's companies."""
    own = Membership.objects.current().filter(user=user).exclude(role=OrganisationRole.READER).values("organisation")
    running = Q(status__in=[MilestoneStatus.PENDING, MilestoneStatus.RETURNED], pilot__status=PilotStatus.RUNNING)
    to_invoice = Q(status=MilestoneStatus.ACCEPTED, invoice__isnull=True)
    rows = Milestone.objects.filter(running | to_invoice, pilot__organisation__in=own).select_related("pilot")
    items = [_of_company(milestone, at) for milestone in _next_only(rows.order_by("due_on", "pk"))]
    return [*_to_sign(user, at), *items]


def _to_sign(user: Any, at: datetime) -> list[DeskItem]:
    """Charters that the department has signed, for the owners of the company."""
    own = Membership.objects.current().filter(user=user, role=OrganisationRole.OWNER).values("organisation")
    pilots = Pilot.objects.filter(
        status=PilotStatus.PREPARING,
        organisation__in=own,
        charter__department_signed_at__isnull=False,
        charter__company_signed_at=None,
    )
    items = []
    for pilot in pilots.order_by("starts_on", "pk"):
        url = reverse("pilots:sign_charter", kwargs={"slug": pilot.slug})
        title = _("Sign the charter of the pilot")
        items.append(_item(pilot, due_on=pilot.starts_on, title=title, action=_("Read and sign it"), url=url, at=at))
    return items


def _next_only(rows: Iterable[Milestone]) -> Iterable[Milestone]:
    """Of the pending ones of a pilot only the next: the others aren't to be done now."""
    seen: set[int] = set()
    for milestone in rows:
        if milestone.status == MilestoneStatus.PENDING:
            if milestone.pilot_id in seen:
                continue
            seen.add(milestone.pilot_id)
        yield milestone


def _of_company(milestone: Milestone, at: datetime) -> DeskItem:
    pilot, name = milestone.pilot, {"title": milestone.title}
    if milestone.status == MilestoneStatus.ACCEPTED:
        url = reverse("pilots:invoicing", kwargs={"slug": pilot.slug})
        title = _("Invoice the milestone «%(title)s»") % name
        return _item(pilot, due_on=None, title=title, action=_("How to invoice"), url=url, at=at)
    again = milestone.status == MilestoneStatus.RETURNED
    title = (_("Deliver again «%(title)s»") if again else _("Deliver the milestone «%(title)s»")) % name
    url = reverse("pilots:deliver", kwargs={"public_id": milestone.public_id})
    return _item(pilot, due_on=milestone.due_on, title=title, action=_("Deliver"), url=url, at=at)


def department_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Pilots to start, deliveries to look at, measures that are missing, decisions, of the user's departments."""
    departments = roles.departments_of(user)
    if not departments:
        return []
    days, holidays = Rules.objects.in_force(clock.local_date(at)).acceptance_days, Holiday.objects.dates()
    items = []
    delivered = Milestone.objects.filter(
        status=MilestoneStatus.DELIVERED, pilot__challenge__department__in=departments
    ).select_related("pilot")
    for milestone in delivered.order_by("delivered_at", "pk"):
        due_on = add_calendar_days(clock.local_date(milestone.delivered_at), days, holidays)
        title = _("Accept or return «%(title)s»") % {"title": milestone.title}
        url = f"{_work(milestone.pilot)}#m{milestone.number}"
        items.append(_item(milestone.pilot, due_on=due_on, title=title, action=_("Look at it"), url=url, at=at))
    pilots = (
        Pilot.objects.filter(challenge__department__in=departments, final_decision="")
        .exclude(award__status__in=GIVEN_UP)
        .annotate(last_value=Max("indicators__values__measured_on"))
        .select_related("charter")
        .order_by("pk")
    )
    for pilot in pilots:
        items += _of_department(pilot, at)
    return items


def _of_department(pilot: Pilot, at: datetime) -> list[DeskItem]:
    url = _work(pilot)
    if pilot.status == PilotStatus.PREPARING:
        due_on, charter = pilot.starts_on, charters.charter_of(pilot)
        if charter is not None and charter.company_signed_at and not charter.department_signed_at:
            url = reverse("pilots:sign_charter", kwargs={"slug": pilot.slug})
            title, action = _("Sign the charter of the pilot"), _("Read and sign it")
        elif charter is not None and charter.department_signed_at and not charter.company_signed_at:
            title, action = _("The company hasn't signed the charter yet"), _("See it")
        else:
            title, action = _("Start the pilot"), _("Prepare it")
        return [_item(pilot, due_on=due_on, title=title, action=action, url=url, at=at)]
    if pilot.status in ENDED:
        url = reverse("pilots:decide", kwargs={"slug": pilot.slug})
        title = _("Decide: scale, iterate or stop")
        return [_item(pilot, due_on=None, title=title, action=_("Decide"), url=url, at=at)]
    today = clock.local_date(at)
    last = pilot.last_value or pilot.starts_on
    if pilot.status == PilotStatus.RUNNING and last and (today - last).days > 31:
        due_on = last + timedelta(days=31)
        return [_item(pilot, due_on=due_on, title=_("Measure how the pilot goes"), action=_("Measure"), url=url, at=at)]
    return []


def office_items(user: Any, *, at: datetime) -> list[DeskItem]:
    """Invoices to pay by a date, and decisions that nobody has taken, for the Office."""
    if not roles.is_officer(user):
        return []
    items = []
    unpaid = Invoice.objects.filter(paid_on__isnull=True, part=None).select_related("milestone__pilot")
    for invoice in unpaid.order_by("pay_by_on", "pk"):
        title = _("Pay invoice %(number)s") % {"number": invoice.number}
        url = reverse("pilots:pay", kwargs={"public_id": invoice.public_id})
        action = _("Record the payment")
        items.append(
            _item(invoice.milestone.pilot, due_on=invoice.pay_by_on, title=title, action=action, url=url, at=at)
        )
    to_record = (
        Milestone.objects.filter(status=MilestoneStatus.ACCEPTED, invoice__isnull=True)
        .exclude(accepted_by=user)
        .select_related("pilot")
    )
    for milestone in to_record.order_by("accepted_at", "pk"):
        title = _("Record the invoice of «%(title)s»") % {"title": milestone.title}
        url = reverse("pilots:record_invoice", kwargs={"public_id": milestone.public_id})
        items.append(_item(milestone.pilot, due_on=None, title=title, action=_("Record it"), url=url, at=at))
    unrecorded = Pilot.objects.filter(status=PilotStatus.RUNNING, contract_record=None)
    for pilot in unrecorded.order_by("starts_on", "pk"):
        url = reverse("pilots:contract_record", kwargs={"slug": pilot.slug})
        title = _("Write down the contract")
        items.append(_item(pilot, due_on=pilot.starts_on, title=title, action=_("Write it down"), url=url, at=at))
    undecided = Pilot.objects.filter(status__in=ENDED, final_decision="").exclude(award__status__in=GIVEN_UP)
    for pilot in undecided.order_by("ended_at", "pk"):
        url = reverse("pilots:decide", kwargs={"slug": pilot.slug})
        title = _("Decide: scale, iterate or stop")
        items.append(_item(pilot, due_on=None, title=title, action=_("Decide"), url=url, at=at))
    return items


def what_worked(user: Any, *, at: datetime) -> Section | None:
    """The latest pilots with a decision, what didn't work included."""
    rows = Pilot.objects.exclude(final_decision="").select_related("organisation", "challenge__department")
    pilots = list(rows.order_by("-decided_at", "-pk")[:SHOWN])
    if not pilots:
        return None
    today = clock.local_date(at)
    shown = []
    for pilot in pilots:
        label, tone = pilot.standing(today)
        shown.append({"pilot": pilot, "state": label, "tone": tone})
    return Section("pilots/_what_worked.html", {"rows": shown})


def figures(user: Any, *, at: datetime) -> Section | None:
    """How many pilots, how many the city adopts, and how much was paid to them."""
    rows = Pilot.objects.exclude(award__status__in=GIVEN_UP)
    count = rows.count()
    if not count:
        return None
    paid = Commitment.objects.filter(award__isnull=False).aggregate(sum=Sum("p"))["sum"]
    adopted = rows.filter(final_decision=FinalDecision.SCALE).count()
    return Section("pilots/_figures.html", {"count": count, "adopted": adopted, "paid": paid})


def _public_addresses() -> QuerySet[Pilot, Any]:
    """Return all pilots, which are public, for the map of the site."""
    return Pilot.objects.order_by("pk").values_list("slug", Greatest("created_at", "ended_at", "decided_at"))


def on_organisation(organisations: list[Organisation], *, user: Any) -> dict[int, SafeString]:  # noqa: ARG001 - of a slot
    """Say on the page of an organisation which pilots it has had with the city: they are public, as they ended."""
    found: dict[int, list[dict[str, Any]]] = {}
    today = clock.local_date(clock.now())
    rows = Pilot.objects.filter(organisation__in=organisations).select_related("challenge__department")
    for pilot in rows.order_by("-created_at", "-pk"):
        label, tone = pilot.standing(today)
        found.setdefault(pilot.organisation_id, []).append({"pilot": pilot, "state": label, "tone": tone})
    return {pk: render_to_string("pilots/_of_organisation.html", {"rows": pilots}) for pk, pilots in found.items()}


_OF_THESE = OneOf(F("challenge"), Slot("keys", ArrayField(BigIntegerField())))
_PILOTS = Statement(lambda: Pilot.objects.filter(_OF_THESE).select_related("organisation").order_by("pk"))
_RESOLVED = Statement(lambda: Resolution.objects.published().filter(_OF_THESE).values_list("challenge", flat=True))


def on_challenge(challenges: list[Challenge], *, user: Any) -> dict[int, SafeString]:
    """Link the pilots and the resolution of a challenge from its page."""
    pilots: dict[int, list[Pilot]] = {}
    over = [thing.pk for thing in challenges if thing.status not in _BEFORE_THE_AWARD]  # none has anything before
    for pilot in _PILOTS.rows(keys=over) if over else ():
        pilots.setdefault(pilot.challenge_id, []).append(pilot)
    resolved = set(_RESOLVED.rows(keys=over) if over else ())
    is_staff = user is not None and user.is_authenticated and roles.is_staff_role(user)
    found = {}
    for challenge in challenges:
        context = {
            "challenge": challenge,
            "pilots": pilots.get(challenge.pk, []),
            "is_resolved": challenge.pk in resolved,
            "shows_award": is_staff
            and challenge.slug
            and challenge.status in ("published", "evaluating", "awarded", "piloting"),
        }
        if context["pilots"] or context["is_resolved"] or context["shows_award"]:
            found[challenge.pk] = render_to_string("pilots/_on_challenge.html", context)
    return found
