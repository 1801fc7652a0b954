"""The call of a challenge as OCDS 1.1: who, what for, what was said of it at an instant. Pure: see `ocds`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

CURRENCY = "EUR"
# How a call ended that was never awarded. A call that is void took place and led to nothing.
ENDED = {"cancelled": "cancelled", "waived": "cancelled", "desisted": "cancelled", "void": "unsuccessful"}
METHODS = {
    "minor": ("direct", "Contrato menor, con convocatoria abierta (art. 118 LCSP)"),
    "open": ("open", "Procedimiento abierto (art. 156 LCSP)"),
    "simplified": ("open", "Procedimiento abierto simplificado (art. 159 LCSP)"),
    "design_contest": ("open", "Concurso de proyectos (art. 183 LCSP)"),
    "innovation_partnership": ("selective", "Asociación para la innovación (art. 177 LCSP)"),
}
NO_VAT = "Importe máximo de cada adjudicación, sin IVA."
Data = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """What stands in every release: the prefix of the ids, the city, the Office, its time zone."""

    prefix: str
    council: str
    office: str
    office_id: str
    zone: ZoneInfo

    def ocid(self, row: Any) -> str:
        """Return the id of a challenge's whole process, the same for ever."""
        return f"{self.prefix}-{row.reference}"


def moment(instant: datetime) -> str:
    """Return an instant as OCDS writes it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def release_id(ocid: str, instant: datetime) -> str:
    """Return the id of the release of an instant."""
    return f"{ocid}-{instant.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"


# What was known ---------------------------------------------------------------------------------------------


def as_it_was(row: Any, at: datetime) -> Data:
    """Return what a call said at an instant: what it says now, with every later correction taken back."""
    was: Data = {name: getattr(row, name) for name in FIELDS}
    was["criteria"] = {each.pk: {name: getattr(each, name) for name in CRITERION} for each in row.judged_by}
    was["documents"] = {str(each.pk): (each.title, each.file.public_id, each.address) for each in row.papers}
    for notice in sorted(row.notices, key=lambda each: -each.number):
        if notice.published_at > at:
            _take_back(was, notice)
    return was


FIELDS = (
    "title", "title_en", "summary", "summary_en", "problem", "problem_en", "outcome", "outcome_en", "target",
    "max_amount_net", "awards_planned", "closes_at", "questions_close_at", "pass_mark",
)  # fmt: skip
CRITERION = ("name", "guidance", "weight_percent", "threshold_points")


def _take_back(was: Data, notice: Any) -> None:
    field, old = notice.field, notice.old_text
    kind, _, rest = field.partition(":")
    if field == "closes_at":
        was[field] = datetime.fromisoformat(old)
    elif field == "calendar":
        was |= dict.fromkeys(notice.moved)  # kept in words only: what it was before isn't said
    elif field == "max_amount_net":
        was[field] = amount_in(old)
    elif kind == "criterion":
        _take_back_criterion(was["criteria"], rest, old)
    elif kind == "document":
        _take_back_document(was["documents"], rest, notice)
    elif field in was:
        was[field] = type(was[field])(old) if isinstance(was[field], int | Decimal) else old


def _take_back_criterion(criteria: dict[int, Any], place: str, old: str) -> None:
    key, _, column = place.partition(":")
    if int(key) in criteria and column in CRITERION:
        criteria[int(key)][column] = old


def _take_back_document(documents: dict[str, Any], key: str, notice: Any) -> None:
    if notice.old_file is None:
        documents.pop(key, None)
    elif key in documents:
        documents[key] = (notice.old_text, notice.old_file.public_id, notice.old_address)


def amount_in(words: str) -> Decimal:
    """Return the amount that a notice in the city's language names.

    >>> amount_in("14.500 €"), amount_in("1.200,50 €")
    (Decimal('14500'), Decimal('1200.50'))
    """
    return Decimal(re.sub(r"[^0-9,]", "", words).replace(",", "."))


# Who --------------------------------------------------------------------------------------------------------


def department_id(department: Any) -> str:
    """Return the id of a department: its code in the common directory where it has one."""
    return f"ES-DIR3-{department.dir3}" if department.dir3 else f"area-{department.code}"


def id_of(organisation: Any) -> str:
    """Return the id of an organisation: its public one, since tax numbers of people aren't published."""
    return f"org-{organisation.public_id}"


def suppliers_of(award: Any) -> list[Any]:
    """Return the organisations of an award, the one that answers for it first."""
    return [award.proposal.organisation, *award.partners]


def reference(key: str, name: str) -> Data:
    """Return an organisation as it is referred to."""
    return {"id": key, "name": name}


def parties_of(row: Any, site: Site, awards: list[Any], tenderers: list[Any]) -> list[Data]:
    """Return who has a part in it, with their roles."""
    department = row.department
    first: Data = {"id": department_id(department), "name": department.name, "roles": ["buyer"]}
    if department.dir3:
        first["identifier"] = {"scheme": "ES-DIR3", "id": department.dir3, "legalName": department.name}
    office: Data = {"id": site.office_id, "name": site.office, "roles": ["procuringEntity", "payer"]}
    roles: dict[str, tuple[Any, list[str]]] = {}
    for each in tenderers:
        roles[id_of(each)] = (each, ["tenderer"])
    for award in awards:
        for each in suppliers_of(award):
            roles.setdefault(id_of(each), (each, ["tenderer"]))[1][1:] = ["supplier"]
        roles[id_of(award.proposal.organisation)][1].append("payee")
    return [first, office, *(_organisation(key, each, what) for key, (each, what) in roles.items())]


def _organisation(key: str, row: Any, roles: list[str]) -> Data:
    found: Data = {"id": key, "name": row.name, "roles": roles}
    if "supplier" in roles and not row.is_person:  # pages name who took part; the number of a company is the winner's
        scheme = "ES-NIF" if row.country == "ES" else f"{row.country}-VAT"
        found["identifier"] = {"scheme": scheme, "id": row.tax_id, "legalName": row.name}
    return found


# What -------------------------------------------------------------------------------------------------------


def value_of(amount: Decimal) -> Data:
    """Return an amount of euros."""
    return {"amount": float(amount), "currency": CURRENCY}


def _both(name: str, was: Data, field: str) -> Data:
    """Return a text and its English twin, where there is one."""
    texts = {name: was[field], f"{name}_en": was.get(f"{field}_en", "")}
    return {key: text for key, text in texts.items() if text}


def present(found: Data) -> Data:
    """Leave out what is empty."""
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def planning_of(row: Any, was: Data, at: datetime) -> Data:
    """Return why, and with which budget."""
    entries = [each for each in row.authorised if each.made_at <= _settled(row, at)]
    budget: Data = {}
    if entries:
        lines = {f"{each.line.budget_year.year}/{each.line.code}": each.line.name for each in entries}
        budget = {
            "id": " + ".join(sorted(lines)),
            "description": "; ".join(f"{key} {lines[key]}" for key in sorted(lines)) + ". Importe con IVA.",
            "amount": value_of(sum((each.amount for each in entries), Decimal(0))),
            "project": row.reference,
        }
    return present({**_both("rationale", was, "problem"), "budget": budget})


def _settled(row: Any, at: datetime) -> datetime:
    """Return when the budget of a call was last settled by `at`: when it was published, or its amount corrected."""
    moved = [each.published_at for each in row.notices if each.kind == "amount" and each.published_at <= at]
    return max([row.publish_at, *moved])


def _status(row: Any, at: datetime) -> str:
    if row.status in ENDED and row.ended_at <= at:
        return ENDED[row.status]
    if row.resolved is not None and row.resolved.published_at <= at:
        return "complete"
    return "planned" if at < row.opens_at else "active"


def tender_of(row: Any, was: Data, at: datetime, site: Site, amended: dict[int, str]) -> Data:
    """Return the call as it was at an instant."""
    method, details = METHODS[row.route]
    answers = [each.answered_at for each in row.answered if each.answered_at <= at]
    return present({
        "id": row.reference,
        **_both("title", was, "title"),
        **_both("description", was, "summary"),
        "status": _status(row, at),
        "procuringEntity": reference(site.office_id, site.office),
        "items": items_of(row),
        "value": value_of(was["max_amount_net"] * was["awards_planned"]),
        "procurementMethod": method,
        "procurementMethodDetails": details,
        "procurementMethodRationale": f"{NO_VAT} Adjudicaciones previstas: {was['awards_planned']}.",
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "awardCriteriaDetails": _criteria(was),
        "submissionMethod": ["electronicSubmission"],
        "submissionMethodDetails": row.address,
        "tenderPeriod": {"startDate": moment(row.opens_at), "endDate": moment(was["closes_at"])},
        "enquiryPeriod": present({
            "startDate": moment(row.opens_at) if was["questions_close_at"] else None,
            "endDate": moment(was["questions_close_at"]) if was["questions_close_at"] else None,
        }),
        "hasEnquiries": bool(answers),
        "eligibilityCriteria": row.maturity,
        "numberOfTenderers": row.proposal_count if row.opened_at and row.opened_at <= at else None,
        "documents": _documents(row, was, answers, at),
        "amendments": _amendments(row, at, site, amended),
    })  # fmt: skip


def items_of(row: Any) -> list[Data]:
    """Return what is bought."""
    if row.cpv is None:
        return []
    classification = {"scheme": "CPV", "id": row.cpv.code, "description": row.cpv.label}
    return [{"id": "1", "description": row.cpv.label, "classification": classification}]


def _criteria(was: Data) -> str:
    rows = [f"{each['name']}: {each['weight_percent']} %" for each in was["criteria"].values()]
    return "; ".join([*rows, f"mínimo para ser adjudicatario: {was['pass_mark']} puntos"])


def _documents(row: Any, was: Data, answers: list[datetime], at: datetime) -> list[Data]:
    notice: Data = {
        "id": "notice",
        "documentType": "tenderNotice",
        "title": was["title"],
        "url": row.address,
        "datePublished": moment(row.publish_at),
        "format": "text/html",
        "language": "es",
    }
    papers = {public_id: (title, address) for title, public_id, address in was["documents"].values()}
    for each in row.notices:  # what was replaced stays
        if each.old_file is not None and each.published_at <= at:
            papers.setdefault(each.old_file.public_id, (each.old_text, each.old_address))
    rows = [
        {"id": public_id, "documentType": "biddingDocuments", "title": title, "url": address}
        for public_id, (title, address) in papers.items()
    ]
    if answers:
        rows.append({
            "id": "answers",
            "documentType": "clarifications",
            "title": "Preguntas y respuestas",
            "url": row.questions_address,
            "datePublished": moment(min(answers)),
            "dateModified": moment(max(answers)),
            "format": "text/html",
            "language": "es",
        })  # fmt: skip
    return [notice, *rows]


def _amendments(row: Any, at: datetime, site: Site, amended: dict[int, str]) -> list[Data]:
    return [
        present({
            "id": str(each.number),
            "date": moment(each.published_at),
            "rationale": each.reason,
            "description": each.words,
            "amendsReleaseID": amended.get(each.number),
            "releaseID": release_id(site.ocid(row), each.published_at),
        })
        for each in row.notices
        if each.published_at <= at
    ]  # fmt: skip
