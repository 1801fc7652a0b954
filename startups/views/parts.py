"""Parts of the proposal's form, for its pages: names, order, where each stands, and answers to read."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.clock import local_date
from govtech.reference.models import Rules
from startups.actions.envelope import WorkingCopy
from startups.calculations import completeness, vat
from startups.calculations.counting import count_words
from startups.calculations.form import LEVEL, level_in, sections_in, sections_of
from startups.models import PaperKind, Proposal, VatRegime
from startups.policies import completeness as policies
from startups.policies import consortium as consortia

# part: (label, sections on its page)
PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "solution": (_("The solution"), ("title", "fit", "solution", "innovation")),
    "maturity": (_("Maturity"), (LEVEL, "maturity")),
    "plan": (_("Plan and milestones"), ("plan",)),
    "team": (_("Team"), ("team",)),
    "result": (_("Expected result"), ("indicators", "result")),
    "privacy": (_("Data and security"), ("privacy", "security")),
    "property": (_("Intellectual property"), ("property",)),
    "risks": (_("Data, IP and risks"), ("risks",)),
    "references": (_("References"), ("references",)),
}
AFTER: dict[str, Any] = {
    "price": _("Price"),
    "consortium": _("Consortium"),
    "files": _("Files"),
    "review": _("Check and hand in"),
}
LABELS = {key: label for key, (label, _keys) in PARTS.items()} | AFTER


def sections_on(challenge: Challenge, part: str) -> dict[str, tuple[Any, int]]:
    """Return the sections (label, most words) of a part that the call asks for; none where it doesn't."""
    form = sections_of(challenge.form_sections)
    return {key: form[key] for key in PARTS[part][1] if key in form}


def order_of(challenge: Challenge) -> list[str]:
    """Return the parts that the call asks for, in order."""
    return [*(part for part in PARTS if sections_on(challenge, part)), *AFTER]


def label_of(challenge: Challenge, part: str) -> Any:
    """Return how a part is called: as its only section, where the call moved some of it elsewhere."""
    if part == "risks" and challenge.form_sections:
        return sections_of(challenge.form_sections)["risks"][0]
    return LABELS[part]


def url_of(proposal: Proposal, part: str) -> str:
    """Return the address of a part."""
    if part in PARTS:
        return reverse("startups:section", kwargs={"public_id": proposal.public_id, "part": part})
    return reverse(f"startups:{part}", kwargs={"public_id": proposal.public_id})


def next_url(proposal: Proposal, part: str) -> str:
    """Return the address of the part after this one."""
    order = order_of(proposal.challenge)
    return url_of(proposal, order[order.index(part) + 1])


def navigation(proposal: Proposal, copy: WorkingCopy, current: str) -> list[tuple[Any, str, Any, str]]:
    """Return the parts for `stepnav`, each with where it stands."""
    found = []
    for part in order_of(proposal.challenge):
        words, state = _state(proposal, copy, part)
        label = label_of(proposal.challenge, part)
        found.append((label, url_of(proposal, part), words, "current" if part == current else state))
    return found


def _state(proposal: Proposal, copy: WorkingCopy, part: str) -> tuple[Any, str]:
    if part == "review":
        return "", "todo"
    if part == "files":
        return (len(copy.attachments) or _("Optional")), "done" if copy.attachments else "todo"
    if part == "consortium":
        if not copy.partners:
            return _("Optional"), "todo"
        waits = any(line.level == "stop" for line in consortia.checks(copy.partners, copy.lead_share))
        return (_("To be confirmed"), "error") if waits else (len(copy.partners) + 1, "done")
    if part == "price":
        problems = completeness.price_problems(
            copy.price,
            maximum=proposal.challenge.max_amount_net or Decimal(0),
            months=policies.months_of(proposal.challenge),
        )
        if not problems:
            return _("Complete"), "done"
        return (_("To do"), "todo") if "price" not in copy.versions else (_("Doesn't add up"), "error")
    problems = [
        ("" if level_in(copy.sections[key]) else "missing")
        if key == LEVEL
        else completeness.section_problem(copy.sections[key], most)
        for key, (_label, most) in sections_on(proposal.challenge, part).items()
    ]
    if "long" in problems:
        return _("Too long"), "error"
    return (_("To do"), "todo") if "missing" in problems else (_("Complete"), "done")


def check_list(proposal: Proposal, copy: WorkingCopy) -> list[tuple[str, str, str]]:
    """Return the check list for `checks`, what stops first, each line linked to its part."""
    where = {key: part for part, (_label, keys) in PARTS.items() for key in keys}
    lines = policies.checks(proposal.challenge, copy.sections, copy.price)
    lines += consortia.checks(copy.partners, copy.lead_share)
    lines += policies.checks_of_coming([(row.name, row.percent) for row in copy.coming])
    return [
        (line.level, line.text, "" if line.level == "ok" else url_of(proposal, where.get(line.part, line.part)))
        for line in sorted(lines, key=lambda line: line.level == "ok")
    ]


def shown_consortium(rows: list[dict[str, Any]], left: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return a consortium with its shares as numbers; `left` are the organisations that left meanwhile."""
    return [{**row, "amount": Decimal(row["share"]), "has_left": row["organisation"] in left} for row in rows]


def answers(sections: dict[str, str]) -> list[dict[str, Any]]:
    """Return the sections to read: label, text, words."""
    return [
        {"key": key, "label": label, "text": sections.get(key, ""), "words": count_words(sections.get(key, ""))}
        for key, (label, _most) in sections_in(sections).items()
        if key != "title"
    ]


def shown_price(price: dict[str, Any] | None, at: datetime) -> dict[str, Any] | None:
    """Return an economic part with its amount as a number, and its VAT in words and at the rate of that day."""
    if price is None:
        return None
    amount = Decimal(price["amount_net"]) if price["amount_net"] else None
    regime = VatRegime(price["vat_regime"])
    rate = vat.rate_of(regime, general=Rules.objects.in_force(local_date(at)).vat_rate)
    return {
        **price,
        "amount": amount,
        "regime_label": regime.label,
        "vat_rate": rate,
        "gross": None if amount is None else vat.gross(amount, rate),
    }


def milestones_of(price: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the milestones with their amounts as numbers."""
    rows = price["milestones"] if price else []
    return [{**row, "amount": Decimal(row["amount_net"]) if row["amount_net"] else None} for row in rows]


def shown_dossier(technical: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the papers that were attached to a submission from the dossier, as the page shows them."""
    return [
        {
            "label": row["title"] or capfirst(str(PaperKind(row["kind"]).label)),
            "valid_until": date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
            "sha256": row.get("sha256", ""),
            "signatory": row.get("signatory"),
        }
        for row in (technical or {}).get("dossier", [])
    ]
