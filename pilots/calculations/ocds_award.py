"""Awards, contracts, milestones and payments of a challenge as OCDS 1.1. Pure: see `ocds`."""

from datetime import date, datetime, time
from typing import Any

from pilots.calculations.ocds_call import (
    Data,
    Site,
    id_of,
    items_of,
    moment,
    present,
    reference,
    suppliers_of,
    value_of,
)

DECISIONS = {
    "scale": "Decisión final: la ciudad lo adopta",
    "iterate": "Decisión final: hace falta otro piloto",
    "stop": "Decisión final: no sigue",
}


def award_of(row: Any, award: Any, at: datetime) -> Data:
    """Return an award as it was at an instant."""
    is_given_up = award.is_given_up and award.ended_at <= at
    return present({
        "id": award.public_id,
        "title": row.title,
        "description": award.reason,
        "status": "cancelled" if is_given_up else "active",
        "date": moment(award.approved_at),
        "value": value_of(award.amount_net),
        "suppliers": [reference(id_of(each), each.name) for each in suppliers_of(award)],
        "items": items_of(row),
        "documents": [
            {
                "id": "resolution",
                "documentType": "awardNotice",
                "title": "Resolución",
                "url": row.resolution_address,
                "datePublished": moment(row.resolved.published_at),
            }
        ],
    })  # fmt: skip


def contract_of(row: Any, award: Any, at: datetime, site: Site) -> Data:
    """Return the contract of an award as it was at an instant, with its milestones and payments."""
    pilot = award.pilot
    has_started = pilot.started_at is not None and pilot.started_at <= at
    found: Data = {
        "id": pilot.reference,
        "awardID": award.public_id,
        "title": pilot.title,
        "description": pilot.summary,
        "status": _contract_status(award, at),
        "value": value_of(award.amount_net),
        "dateSigned": moment(award.approved_at) if row.route == "minor" else None,
        "documents": _decision(pilot, at),
    }
    if has_started:
        found["period"] = {"startDate": _day(pilot.starts_on, site), "endDate": _day(pilot.ends_on, site)}
        found["implementation"] = present(
            {
                "milestones": [_milestone(each, pilot, at, site) for each in pilot.planned],
                "transactions": [_payment(each, award, site) for each in award.payments if each.made_at <= at],
            }
        )
    return present(found)


def _contract_status(award: Any, at: datetime) -> str:
    pilot = award.pilot
    if award.is_given_up and award.ended_at <= at:
        return "cancelled"
    if pilot.ended_at is not None and pilot.ended_at <= at:
        return "terminated"
    return "active" if pilot.started_at is not None and pilot.started_at <= at else "pending"


def _decision(pilot: Any, at: datetime) -> list[Data]:
    if pilot.decided_at is None or pilot.decided_at > at:
        return []
    found = {
        "id": "decision",
        "documentType": "completionCertificate",
        "title": DECISIONS[pilot.final_decision],
        "description": pilot.decision_reason,
        "url": pilot.address,
        "datePublished": moment(pilot.decided_at),
    }
    return [present(found)]


def _milestone(row: Any, pilot: Any, at: datetime, site: Site) -> Data:
    is_met = row.accepted_at is not None and row.accepted_at <= at
    is_dropped = row.status == "cancelled" and pilot.ended_at is not None and pilot.ended_at <= at
    return present({
        "id": str(row.number),
        "title": row.title,
        "type": "delivery",
        "dueDate": _day(row.due_on, site),
        "dateMet": moment(row.accepted_at) if is_met else None,
        "status": "met" if is_met else "notMet" if is_dropped else "scheduled",
    })  # fmt: skip


def _payment(row: Any, award: Any, site: Site) -> Data:
    organisation = award.proposal.organisation
    return {
        "id": str(row.pk),
        "source": row.address,
        "date": _day(row.paid_on, site) if row.paid_on else moment(row.made_at),
        "value": value_of(row.amount),
        "payer": reference(site.office_id, site.office),
        "payee": reference(id_of(organisation), organisation.name),
    }


def _day(day: date, site: Site) -> str:
    return moment(datetime.combine(day, time.min, tzinfo=site.zone))
