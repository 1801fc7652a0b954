"""What a panel that judges without names reads of a proposal: never more than the secretary has let out."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from startups.calculations import redaction as hiding
from startups.calculations.form import sections_in
from startups.calculations.matching import domain_of
from startups.models import ClarificationAnswer, Membership, Organisation, Proposal, Redaction, Submission

CORRECTION = "correction"


def names_of(proposals: Sequence[Proposal]) -> dict[int, list[str]]:
    """Return what always gives each proposal away, by its key: of its organisations and their people. Four queries."""
    own = {proposal.pk: {proposal.organisation_id} for proposal in proposals}
    found: dict[int, list[str]] = {proposal.pk: [] for proposal in proposals}
    submissions = Submission.objects.filter(proposal__in=own, superseded_by=None, technical__isnull=False)
    for proposal, technical in submissions.values_list("proposal", "technical"):
        for row in technical.get("consortium", []):
            found[proposal] += hiding.of_organisation(row["name"], row["tax_id"], "")
        found[proposal] += hiding.of_person((technical.get("signatory") or {}).get("name", ""))
    for proposal, organisation in Proposal.objects.filter(pk__in=own).values_list("pk", "participations__organisation"):
        own[proposal].add(organisation)
    keys = {key for each in own.values() for key in each if key}
    organisations = {row.pk: row for row in Organisation.objects.filter(pk__in=keys)}
    people: dict[int, list[str]] = {}
    members = Membership.objects.filter(organisation__in=keys)
    for organisation, name, email in members.values_list("organisation", "user__full_name", "user__email"):
        people.setdefault(organisation, []).extend([*hiding.of_person(name), domain_of(email)])
    for proposal, mine in own.items():
        for key in mine & organisations.keys():
            row = organisations[key]
            found[proposal] += hiding.of_organisation(row.name, row.tax_id, row.website) + people.get(key, [])
    return {
        key: [text for text in dict.fromkeys(texts) if len(text) >= hiding.SHORTEST] for key, texts in found.items()
    }


def texts_of(proposals: Sequence[Proposal]) -> dict[int, dict[str, tuple[str, str]]]:
    """Return what there is to read of each proposal, as it was handed in: {key: (label, text)}. Two queries."""
    found: dict[int, dict[str, tuple[str, str]]] = {proposal.pk: {} for proposal in proposals}
    submissions = Submission.objects.filter(proposal__in=proposals, superseded_by=None, technical__isnull=False)
    for pk, technical in submissions.values_list("proposal", "technical"):
        texts = technical["sections"]
        found[pk]["title"] = (_("Title"), texts.get("title", ""))
        for key, (label, _most) in sections_in(texts).items():
            if key != "title" and texts.get(key):
                found[pk][key] = (str(label), texts[key])
    for proposal in proposals:
        if proposal.correction_text:
            asked = f"{proposal.correction_request}\n\n{proposal.correction_text}"
            found[proposal.pk][CORRECTION] = (_("Correction"), asked)
    answers = ClarificationAnswer.objects.filter(proposal__in=proposals, answered_at__isnull=False)
    for row in answers.select_related("clarification").order_by("clarification__asked_at", "pk"):
        asked = f"{row.clarification.text}\n\n{row.text}"
        found[row.proposal_id][row.clarification.public_id] = (_("Clarification"), asked)
    return found


def copies_of(proposals: Sequence[Proposal], *, drafts: bool = False) -> dict[int, dict[str, Any]]:
    """Return the copies without names that were let out (with `drafts`, also those in preparation) by proposal.

    {"title": text, "sections": [(label, text)], "files": [{"attachment", "name", "size"}]}. What is hidden whole, or
    has nothing left, is a mark: it never falls back to what was handed in. So is what came after the copy was let out,
    such as a clarification, until the secretary lets that out, too.
    """
    rows = {row.proposal_id: row for row in Redaction.objects.filter(proposal__in=proposals)}
    shown = [each for each in proposals if each.pk in rows and (drafts or rows[each.pk].released_at is not None)]
    names, texts = names_of(shown), texts_of(shown)
    files = dict(
        Submission.objects.filter(proposal__in=shown, superseded_by=None, technical__isnull=False).values_list(
            "proposal", "technical__files"
        )
    )
    found = {}
    for proposal in shown:
        row = rows[proposal.pk]
        read = {
            key: (
                label,
                hiding.hidden(text, names[proposal.pk], row.passages)
                if key not in row.hidden and (drafts or key in row.shown)
                else hiding.MARK,
            )
            for key, (label, text) in texts[proposal.pk].items()
        }
        found[proposal.pk] = {
            "title": read.pop("title", ("", ""))[1].strip() or proposal.alias,
            "sections": [(label, text if text.strip() else hiding.MARK) for label, text in read.values()],
            "files": neutral_files(files.get(proposal.pk) or [], row.files),
        }
    return found


def waiting(proposals: Sequence[Proposal]) -> dict[int, list[str]]:
    """Return what came after a copy was let out and isn't shown to the panel: labels, by proposal."""
    rows = {row.proposal_id: row for row in Redaction.objects.filter(proposal__in=proposals, released_at__isnull=False)}
    texts = texts_of([each for each in proposals if each.pk in rows])
    found = {
        pk: [label for key, (label, _text) in texts[pk].items() if key not in row.shown and key not in row.hidden]
        for pk, row in rows.items()
    }
    return {pk: labels for pk, labels in found.items() if labels}


def neutral_files(entries: Sequence[dict[str, Any]], cleared: Sequence[str]) -> list[dict[str, Any]]:
    """Return the cleared files under names that say nothing: "Document 2.pdf", numbered among all of them."""
    return [
        {
            "attachment": entry["attachment"],
            "name": _("Document %(n)s") % {"n": number} + _extension(entry["name"]),
            "size": entry["size"],
            "confidential": "",
        }
        for number, entry in enumerate(entries, 1)
        if entry["attachment"] in cleared
    ]


def _extension(name: str) -> str:
    end = name.rpartition(".")[2].lower()
    return f".{end}" if end.isalnum() and len(end) <= 4 and "." in name else ""  # noqa: PLR2004 - as in .docx
