"""What a receipt says, and the receipt as a document. Made anew when asked for, always the same."""

import logging
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from govtech.accounts.models import Erasure
from govtech.errors import LostError
from govtech.files import pdf as documents
from govtech.notifications.addresses import absolute
from govtech.shell.words import file_size
from startups.actions import chain
from startups.actions.envelope import FACTS, read_envelope
from startups.calculations.form import ALL
from startups.models import Envelope, ExternalEntry, Receipt, Submission
from startups.notifications.receipt import check_url, instant

LABELS = {
    "consortium": _lazy("Consortium"),
    "confidential": _lazy("Confidential files"),
    "signatory": _lazy("Who signs, and the declaration"),
    "amount_net": _lazy("Price, without VAT"),
    "vat_regime": _lazy("VAT regime"),
    "breakdown": _lazy("Breakdown of the price"),
    "milestones": _lazy("Milestones"),
    FACTS: _lazy("Who handed it in, and what for"),
}


logger = logging.getLogger(__name__)
FORMAT = "receipt/1"


def entry_of(receipt: Receipt) -> ExternalEntry | None:
    """Return the entry in the official register that was written last, if any."""
    return receipt.external_entries.order_by("-recorded_at", "-pk").first()


def effect(entry: ExternalEntry | None = None) -> str:
    """Say in one sentence whether the receipt has the effect of the city's official register."""
    if settings.REGISTER_EFFECT:
        return _("This receipt has the effect of an entry in the official register.")
    if entry is not None:
        said = (
            _(
                "This receipt proves what the portal received and when. The Office states that its entry in the "
                "official register is number %(number)s."
            )
            if entry.by_office
            else _(
                "This receipt proves what the portal received and when. According to the organisation, its entry in "
                "the official register is number %(number)s; the Office hasn't confirmed it."
            )
        )
        return said % {"number": entry.number}
    return _("This receipt proves what the portal received and when; it isn't an entry in the official register.")


def hashes(submission: Submission) -> list[dict[str, Any]]:
    """Return label and SHA-256 of the whole, of each part, answer and file. No name of a file."""
    manifest = submission.manifest
    rows = [
        {"label": _("Everything"), "sha256": submission.manifest_hash},
        {"label": _("Technical part"), "sha256": manifest[Envelope.TECHNICAL.value]},
        {"label": _("Economic part"), "sha256": manifest[Envelope.ECONOMIC.value]},
    ]
    rows += [{"label": label_of(row["key"]), "sha256": row["sha256"], "answer": True} for row in manifest["answers"]]
    for number, entry in enumerate(manifest["files"], start=1):
        label = _("File %(number)s") % {"number": number}
        rows.append(
            {"label": label, "sha256": entry["sha256"], "attachment": entry["attachment"], "size": entry["size"]}
        )
    return rows


def label_of(key: str) -> str:
    """Return how people call an answer."""
    if key in ALL:
        return str(ALL[key][0])
    return str(LABELS.get(key, key.replace("_", " ").capitalize()))


def as_data(receipt: Receipt, *, for_members: bool) -> dict[str, Any]:
    """Return the receipt for machines, as `check_receipts.py` takes it; with all that was handed in for its members."""
    submission = receipt.submission
    entry = entry_of(receipt)
    data = {
        "format": FORMAT,
        "register_number": receipt.register_number,
        "received_at": chain.instant_of(receipt),
        "code": receipt.code,
        "check": check_url(receipt),
        "effect": effect(entry),
        "external_entry": entry.number if entry else None,
        "external_entry_stated_by": ("office" if entry.by_office else "organisation") if entry else None,
        "version": submission.number,
        "superseded": submission.superseded_by_id is not None,
        "manifest_hash": receipt.manifest_hash,
        "manifest": submission.manifest,
        "chain": chain.link_of(receipt),
    }
    if for_members:
        contents = read_both(submission)
        if contents is None:
            return {**data, "is_unreadable": True}
        technical = contents[Envelope.TECHNICAL]
        shown = without_the_erased(technical, submission)
        withheld = sorted(key for key, said in technical.items() if shown[key] != said)
        contents[Envelope.TECHNICAL] = {key: said for key, said in technical.items() if key not in withheld}
        data |= {"contents": contents} | ({"withheld": withheld} if withheld else {})
    return data


def read_both(submission: Submission) -> dict[str, Any] | None:
    """Return both envelopes, or None where they can't be opened any more: the receipt proves what it proves."""
    try:
        return {each: read_envelope(submission, each) for each in Envelope.values}
    except LostError as error:
        logger.error("Submission #%s can't be read: %s", submission.pk, type(error).__name__)  # noqa: TRY400 - no content
        return None


def contents(receipt: Receipt, *, for_members: bool) -> dict[str, Any]:
    """Return what the page and the document show. Names of files only to members, or where the part is open."""
    submission = receipt.submission
    names: dict[str, str] = {}
    consortium: list[dict[str, Any]] = []
    facts: dict[str, str] = {}
    sealed = read_both(submission) if for_members else None
    for envelope in Envelope.values:
        content = sealed[envelope] if sealed else getattr(submission, envelope)
        consortium += (content or {}).get("consortium", [])
        facts |= (content or {}).get(FACTS, {})
        names |= {entry["attachment"]: entry["name"] for entry in (content or {"files": []})["files"]}
    rows = hashes(submission)
    for row in rows:
        row["name"] = names.get(row.get("attachment", ""), "")
    entry = entry_of(receipt)
    return {
        "hashes": rows,
        "is_lost": for_members and sealed is None,
        "consortium": consortium,
        "facts": without_the_erased({FACTS: facts or _facts_of_today(submission)}, submission)[FACTS],
        "instant": instant(receipt),
        "effect": effect(entry),
        "entry": entry,
        "check_url": check_url(receipt),
    }


def without_the_erased(content: dict[str, Any], submission: Submission) -> dict[str, Any]:
    """Return what was handed in without the name of who did, where their account was erased since: it is blocked.

    What the same name signed (the declaration, the dossier's) carries the account's number instead, and no post.
    """
    by = submission.submitted_by
    if by.is_active or not Erasure.objects.filter(user=by).exists():
        return content
    facts = content.get(FACTS, {})

    def shown(row: dict[str, Any] | None) -> dict[str, Any] | None:
        return {"name": by.full_name, "post": ""} if row and row["name"] == facts.get("by") else row

    changed = {key: said for key, said in content.items() if key not in {FACTS, "signatory", "dossier"}}
    if facts:
        changed[FACTS] = {**facts, "by": by.full_name}
    if "signatory" in content:
        changed["signatory"] = shown(content["signatory"])
    if "dossier" in content:
        changed["dossier"] = [
            {**row, "signatory": shown(row["signatory"])} if "signatory" in row else row for row in content["dossier"]
        ]
    return changed


def _facts_of_today(submission: Submission) -> dict[str, str]:
    """Return what stands in for what was kept, where that isn't open to who reads: a stopped proposal."""
    proposal = submission.proposal
    return {
        "by": submission.submitted_by.full_name,
        "organisation": proposal.organisation.name,
        "tax_id": proposal.organisation.tax_id,
        "challenge": proposal.challenge.title,
        "reference": proposal.challenge.reference,
    }


def pdf(receipt: Receipt, *, for_members: bool) -> bytes:
    """Return the receipt as a tagged PDF in the language in force."""
    said = contents(receipt, for_members=for_members)
    submission, facts = receipt.submission, said["facts"]
    rows = []
    for row in said["hashes"]:
        label = f"{row['label']}: {row['name']}" if row["name"] else row["label"]
        rows.append(documents.paragraph(f"{label} · {file_size(row['size'])}" if row.get("size") else label))
        rows.append(documents.code(row["sha256"]))
    blocks = [
        documents.facts(
            [
                (_("Register entry"), receipt.register_number),
                (_("Received"), said["instant"]),
                (_("Challenge"), f"{facts['reference']} · {facts['challenge']}"),
                (_("Organisation"), f"{facts['organisation']} ({facts['tax_id']})"),
                (
                    _("Partners"),
                    ", ".join(f"{row['name']} ({row['tax_id']})" for row in said["consortium"] if not row["is_lead"]),
                ),
                (_("Handed in by"), facts["by"]),
                (_("Version"), str(submission.number)),
            ]
        ),
        documents.note(said["effect"]),
        documents.heading(_("What was handed in")),
        documents.paragraph(_("SHA-256 of each part. A single letter changed would give another one.")),
        *rows,
        documents.heading(_("How to check it")),
        documents.paragraph(
            _("On this page anybody with the code can see that it is unaltered. It shows no name and no content.")
        ),
        documents.paragraph(
            _("The receipt stands in a chain that the portal publishes every day: %(url)s")
            % {"url": absolute(reverse("startups:chain"), get_language() or settings.LANGUAGE_CODE)}
        ),
        documents.code(f"{said['check_url']}\n{_('Code')}: {receipt.code}"),
    ]
    context = {
        "title": _("Receipt of a proposal"),
        "reference": receipt.register_number,
        "blocks": blocks,
    }
    return documents.render("document", context, at=receipt.received_at)
