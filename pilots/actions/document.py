"""Documents made of the record when they are asked for: always the same bytes for the same record."""

from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from govtech.files import pdf
from govtech.shell.words import euros, formatted, number
from pilots.calculations.letter import LANGUAGE, range_of, sentence
from pilots.models import Letter
from pilots.policies import term


def letter_pdf(letter: Letter) -> bytes:
    """Return a letter as a tagged PDF, in the language in which the city notifies."""
    content = letter.content
    challenge = content["challenge"]
    with translation.override(LANGUAGE):
        blocks = [
            pdf.facts([
                (_("To"), content["organisation"]),
                (_("Challenge"), f"{challenge['reference']} · {challenge['title']}"),
                (_("Case file"), content["case_file"]),
                (_("Date"), formatted(letter.released_at, "day")),
                (_("Formally notified on"), formatted(letter.served_on, "day")),
                (_("Reference of the notification"), letter.served_reference),
            ]),
            pdf.note(sentence(content)),
            *_end(content),
            *_offer(content),
            *_exclusion(content),
            *_points(content),
            *_winners(content),
            *_appeals(letter),
        ]  # fmt: skip
        title = _("Notification of the resolution")
        data = {"title": title, "reference": challenge["reference"], "blocks": blocks}
        return pdf.render("document", data, at=letter.released_at)


def _end(content: dict[str, Any]) -> list[dict[str, Any]]:
    if "end" not in content:
        return []
    words = _("The call ends without award: %(words)s.") % {"words": content["end"]["words"]}
    return [pdf.heading(_("How the call ends")), pdf.paragraph(words), pdf.paragraph(content["end"]["reason"])]


def _offer(content: dict[str, Any]) -> list[dict[str, Any]]:
    reason = content.get("offer", {}).get("reason")
    return [pdf.heading(_("What came of the award offered")), pdf.paragraph(reason)] if reason else []


def _exclusion(content: dict[str, Any]) -> list[dict[str, Any]]:
    if "exclusion" not in content:
        return []
    found = content["exclusion"]
    return [pdf.heading(_("Why it was excluded")), pdf.paragraph(found["rule"]), pdf.paragraph(found["reason"])]


def _points(content: dict[str, Any]) -> list[dict[str, Any]]:
    rows = content.get("rows", [])
    if not rows:
        return []
    head = (_("Criterion"), _("Points"), _("Of"))
    table = [(row["criterion"], _points_of(row), number(row["weight"])) for row in rows]
    total = content["total"]
    table.append((_("Total"), number(Decimal(total["points"]), places=2), "100"))
    blocks = [pdf.heading(_("Your points")), pdf.table(head, table, numeric=(1, 2))]
    for row in rows:
        words = range_of(row)
        if words or row.get("reason"):
            blocks.append(pdf.heading(row["criterion"], level=2))
            blocks += [pdf.paragraph(text) for text in (words[:1].upper() + words[1:], row.get("reason", "")) if text]
    return blocks


def _points_of(row: dict[str, Any]) -> str:
    return number(Decimal(row["points"]), places=2)


def _winners(content: dict[str, Any]) -> list[dict[str, Any]]:
    if not content["winners"]:
        return []
    blocks = [pdf.heading(_("Who was awarded, and why"))]
    for winner in content["winners"]:
        amounts = f"{euros(Decimal(winner['amount_net']))} {_('without VAT')}"
        blocks += [
            pdf.heading(winner["organisation"], level=2),
            pdf.paragraph(amounts),
            pdf.paragraph(winner["reason"]),
        ]
    return blocks


def _appeals(letter: Letter) -> list[dict[str, Any]]:
    terms = term.of_letter(letter)
    return [
        pdf.heading(_("How to contest it")),
        pdf.facts([
            (_("Counted from the day after"), formatted(terms.counted_from, "day")),
            (_("Review by the same body, until"), formatted(terms.review_until, "day")),
            (_("Special appeal to the tribunal of contracts, until"), formatted(terms.special_until, "day")),
            (_("Appeal to the courts, until"), formatted(terms.court_until, "day")),
            (_("Nothing is signed until"), formatted(terms.standstill_until, "day")),
        ]),
    ]  # fmt: skip
