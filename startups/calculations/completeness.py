"""What a proposal still lacks before it can be handed in. Pure: gets the content, returns findings by part."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from startups.calculations.counting import count_words, has_words
from startups.calculations.form import LEVEL

CENT = Decimal("0.01")


def section_problem(text: str, most: int) -> str:
    """Return "missing", "long", or nothing.

    >>> [section_problem(text, 2) for text in ("", "🚀", "uno dos tres", "Luz")]
    ['missing', 'missing', 'long', '']
    """
    if not has_words(text):
        return "missing"
    return "long" if count_words(text) > most else ""


def words_in_all(sections: Mapping[str, str]) -> int:
    """Return the words of all sections together."""
    return sum(count_words(text) for key, text in sections.items() if key != LEVEL)


def price_problems(price: Mapping[str, Any], *, maximum: Decimal, months: int) -> list[str]:
    """Return what is wrong with the economic part: keys, the first the gravest.

    `maximum` is net euros, `months` how long the pilot may last.

    >>> row = {"title": "A", "deliverables": "B", "acceptance_criteria": "C", "month": 1, "amount_net": "10.00"}
    >>> price_problems({"amount_net": "10.00", "milestones": [row]}, maximum=Decimal(10), months=1)
    []
    >>> price_problems({"amount_net": "11.00", "milestones": [row]}, maximum=Decimal(10), months=1)
    ['over', 'sum']
    >>> price_problems({"amount_net": "", "milestones": []}, maximum=Decimal(10), months=1)
    ['missing', 'milestones']
    """
    found = []
    text = price.get("amount_net") or ""
    rows = price.get("milestones") or []
    amount = Decimal(text) if text else None
    if amount is None:
        found.append("missing")
    elif amount <= 0:
        found.append("zero")
    elif amount > maximum:
        found.append("over")
    if not rows:
        found.append("milestones")
        return found
    if any(not _is_whole(row) for row in rows):
        found.append("rows")
    if any(row["month"] is not None and not 1 <= row["month"] <= months for row in rows):
        found.append("month")
    if amount is not None and sum_of(rows) != amount:
        found.append("sum")
    return found


def sum_of(rows: list[dict[str, Any]]) -> Decimal:
    """Return the net euros of all milestones."""
    return sum((Decimal(row["amount_net"] or 0) for row in rows), Decimal(0)).quantize(CENT)


def _is_whole(row: Mapping[str, Any]) -> bool:
    amount = Decimal(row["amount_net"] or 0)
    texts = (row["title"], row["deliverables"], row["acceptance_criteria"])
    return amount > 0 and row["month"] is not None and all(text.strip() for text in texts)
