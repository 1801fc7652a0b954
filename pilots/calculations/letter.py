"""A letter's content in words: the sentence of its outcome, plain text for the mail. Pure."""

from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.shell.words import euros, number

LANGUAGE = "es"  # in which the city signs and notifies
OUTCOMES = {
    "awarded": gettext_lazy("Your proposal is awarded."),
    "reserve": gettext_lazy(
        "Your proposal is on the reserve list: if an award falls through, you are asked in order. You are told when "
        "the list is over."
    ),
    "not_selected": gettext_lazy("Your proposal was not selected."),
    "excluded": gettext_lazy("Your proposal was excluded."),
    "lapsed": gettext_lazy("The reserve list is over: nobody else will be asked for this challenge."),
    "declined": gettext_lazy("Your organisation was offered the award and declined it."),
    "withdrawn": gettext_lazy("Your organisation was offered the award, and the offer was withdrawn."),
    "annulled": gettext_lazy("The award of your proposal was annulled."),
}


def sentence(content: dict[str, Any]) -> str:
    """Return the outcome in a sentence."""
    return str(OUTCOMES[content["outcome"]])


def range_of(row: dict[str, Any]) -> str:
    """Return between which points the members were, of a row that the panel judged, and what they agreed on."""
    lowest, highest = row.get("lowest"), row.get("highest")
    if lowest is None:
        return ""
    if row.get("agreed") is not None:
        return _(
            "the members gave between %(lowest)s and %(highest)s of 5, "
            "and agreed in a session on %(agreed)s, which counts"
        ) % {"lowest": lowest, "highest": highest, "agreed": row["agreed"]}
    if lowest == highest:
        return _("every member gave %(points)s of 5") % {"points": lowest}
    return _("the members gave between %(lowest)s and %(highest)s of 5") % {"lowest": lowest, "highest": highest}


def failed(content: dict[str, Any]) -> list[str]:
    """Return the rules that the proposal didn't meet, in words: what a next one has to mend."""
    found = []
    if "exclusion" in content:
        found.append(content["exclusion"]["rule"] or content["exclusion"]["reason"])
    found += [
        _("«%(criterion)s»: %(points)s points, and the least is %(least)s.")
        % {
            "criterion": row["criterion"],
            "points": number(Decimal(row["points"]), places=2),
            "least": number(Decimal(row["least"])),
        }
        for row in content.get("rows", [])
        if Decimal(row["points"]) < Decimal(row["least"])
    ]
    total = content.get("total")
    if total and Decimal(total["points"]) < Decimal(total["least"]):
        found.append(
            _("In all: %(points)s points, and the least is %(least)s.")
            % {"points": number(Decimal(total["points"]), places=2), "least": number(Decimal(total["least"]))}
        )
    return found


def text_of(content: dict[str, Any]) -> str:
    """Return the letter as plain text, in the language in which the city notifies."""
    with translation.override(LANGUAGE):
        parts = [sentence(content)]
        if "end" in content:
            parts.append(_("The call ends without award: %(words)s.") % {"words": content["end"]["words"]})
            parts.append(content["end"]["reason"])
        if "offer" in content:
            parts.append(content["offer"]["reason"])
        if "exclusion" in content:
            parts += [content["exclusion"]["rule"], content["exclusion"]["reason"]]
        parts += [_row(row) for row in content.get("rows", [])]
        if "total" in content:
            parts.append(
                _("In all: %(points)s points.") % {"points": number(Decimal(content["total"]["points"]), places=2)}
            )
        parts += [_winner(winner) for winner in content["winners"]]
        return "\n\n".join(part for part in parts if part)


def _row(row: dict[str, Any]) -> str:
    points = number(Decimal(row["points"]), places=2)
    head = f"{row['criterion']}: {points} / {number(row['weight'])}"
    more = range_of(row) or (f"{euros(Decimal(row['offer_net']))} {_('without VAT')}" if "offer_net" in row else "")
    line = f"{head} ({more})" if more else head
    return f"{line}\n{row['reason']}" if row.get("reason") else line


def _winner(winner: dict[str, Any]) -> str:
    words = _("Awarded to %(name)s, for %(amount)s without VAT. %(reason)s")
    values = {
        "name": winner["organisation"],
        "amount": euros(Decimal(winner["amount_net"])),
        "reason": winner["reason"],
    }
    return words % values
