"""Envelopes: what is in a proposal, read through the seal; what an opening writes; whether it is what was handed in."""

import json
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError
from django.db.models import BigIntegerField, F, Sum

from govtech.errors import DomainError
from govtech.files import actions as files
from govtech.statements import OneOf, Slot, Statement
from startups.actions import terms
from startups.actions.draft import PRICE, price_of
from startups.actions.keys import Codec, KeyServiceError, SealingKeyMissingError, codec_of, readable_codecs_of
from startups.calculations import sealing
from startups.calculations.form import sections_of
from startups.calculations.manifest import answers_of, file_entry
from startups.models import (
    Attachment,
    Envelope,
    Proposal,
    ProposalSection,
    Submission,
    SubmissionFile,
    Upload,
    VatRegime,
)

logger = logging.getLogger(__name__)

FACTS = "receipt"  # who handed it in and what for, as it was called then: kept in the technical part
EMPTY_PRICE: dict[str, Any] = {
    "amount_net": "",
    "vat_regime": VatRegime.GENERAL.value,
    "breakdown": "",
    "milestones": [],
}


@dataclass
class FileEntry:
    """A file of the working copy, its name in the clear."""

    public_id: str
    name: str
    envelope: str
    size: int
    sha256: str
    attachment: Attachment
    confidential: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return how the envelope lists it; `confidential` is the reason to keep it from others and the public."""
        return {
            "attachment": self.public_id,
            "name": self.name,
            "sha256": self.sha256,
            "size": self.size,
            "confidential": self.confidential,
        }


@dataclass
class Coming:
    """A file on its way, its name in the clear: it isn't part of the proposal before it is whole."""

    upload: Upload
    name: str
    percent: int


@dataclass
class WorkingCopy:
    """A proposal in the clear, for its own organisation. `versions` by key; `saved_at` of the last save."""

    sections: dict[str, str]
    price: dict[str, Any]
    attachments: list[FileEntry]
    coming: list[Coming]
    versions: dict[str, int]
    saved_at: datetime | None = None
    rows: dict[str, ProposalSection] = field(default_factory=dict)
    partners: list[terms.Entry] = field(default_factory=list)
    consortium: list[dict[str, Any]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The proposal's title, empty at first."""
        return " ".join(self.sections.get("title", "").split())

    @property
    def amount_net(self) -> Decimal | None:
        """Price in euros net."""
        text = self.price.get("amount_net", "")
        return Decimal(text) if text else None

    @property
    def lead_share(self) -> Decimal:
        """Per cent of the work that the partners leave for the lead."""
        return terms.lead_share(self.partners)

    def files_in(self, envelope: str) -> list[FileEntry]:
        """Return the files of one envelope."""
        return [entry for entry in self.attachments if entry.envelope == envelope]


def working_copy(proposal: Proposal) -> WorkingCopy:
    """Read the working copy through the seal: for the proposal's own members only, as the caller has checked."""
    codec = codec_of(proposal)
    rows = {row.key: row for row in proposal.sections.select_related("saved_by").order_by("pk")}
    texts = {key: codec.unseal(row.envelope, key, row.body).decode() for key, row in rows.items()}
    attachments = proposal.attachments.filter(removed_at=None).select_related("file").order_by("added_at", "pk")
    partners = terms.entries(proposal, codec)
    return WorkingCopy(
        sections={key: texts.get(key, "") for key in sections_of(proposal.challenge.form_sections)},
        price=price_of(texts[PRICE]) if PRICE in texts else dict(EMPTY_PRICE),
        attachments=[_entry(codec, row) for row in attachments],
        coming=coming(proposal, codec),
        versions={key: row.version for key, row in rows.items()},
        saved_at=max((row.saved_at for row in rows.values()), default=None),
        rows=rows,
        partners=partners,
        consortium=terms.as_data(proposal, partners),
    )


def coming(proposal: Proposal, codec: Codec) -> list[Coming]:
    """Return the files that aren't whole yet."""
    rows = proposal.uploads.filter(attachment=None).select_related("started_by").annotate(here=Sum("parts__size"))
    return [
        Coming(row, about_of(row, codec)["name"], 100 * (row.here or 0) // row.size)
        for row in rows.order_by("started_at", "pk")
    ]


def about_of(upload: Upload, codec: Codec) -> dict[str, Any]:
    """Return name, day of the last change and reason of a file on its way, in the clear."""
    found: dict[str, Any] = json.loads(codec.unseal(upload.envelope, f"upload/{upload.public_id}", upload.about))
    return found


def _entry(codec: Codec, row: Attachment) -> FileEntry:
    name = codec.unseal(row.envelope, f"name/{row.public_id}", row.name).decode()
    reason = ""
    if row.confidential is not None:
        reason = codec.unseal(row.envelope, f"confidential/{row.public_id}", row.confidential).decode()
    return FileEntry(row.public_id, name, row.envelope, row.file.size, row.file.sha256, row, reason)


_TITLES = Statement(
    lambda: ProposalSection.objects.filter(
        OneOf(F("proposal"), Slot("keys", ArrayField(BigIntegerField()))), key="title"
    ).values_list("proposal_id", "body")
)


def titles_of(proposals: Iterable[Any]) -> dict[int, str | None]:
    """Return the titles of working copies, in two queries, empty at first; None for one that can't be read now.

    `proposals` are proposals or rows of a list of them.
    """
    proposals = list(proposals)
    codecs = readable_codecs_of(proposals)
    found: dict[int, str | None] = {row.pk: "" if row.pk in codecs else None for row in proposals}
    for key, body in _TITLES.rows(keys=list(codecs)):
        try:
            found[key] = codecs[key].unseal(Envelope.TECHNICAL, "title", body).decode().strip()
        except sealing.BrokenSealError:
            logger.warning("The title of proposal #%s doesn't open.", key)
            found[key] = None
    return found


def mark_of(copy: WorkingCopy) -> str:
    """Return a mark of the working copy as it is read: another one as soon as a text, a file or a partner changes."""
    said = {
        "versions": copy.versions,
        "files": [{**entry.as_data(), "envelope": str(entry.envelope)} for entry in copy.attachments],
        "consortium": copy.consortium,
    }
    return sealing.sha256(sealing.canonical_json(said))


def technical_of(copy: WorkingCopy, signatory: dict[str, Any]) -> dict[str, Any]:
    """Return the technical part as it is handed in, without its salt."""
    return {
        "sections": dict(copy.sections),
        "files": [entry.as_data() for entry in copy.files_in(Envelope.TECHNICAL)],
        "signatory": signatory,
        "consortium": list(copy.consortium),
    }


def economic_of(copy: WorkingCopy) -> dict[str, Any]:
    """Return the economic part as it is handed in, without its salt."""
    return {**copy.price, "files": [entry.as_data() for entry in copy.files_in(Envelope.ECONOMIC)]}


def salted(content: dict[str, Any]) -> dict[str, Any]:
    """Add a random salt: the public hash of a part tells nobody whether a guessed price is right."""
    return {**content, "salt": secrets.token_hex(16)}


def unsalted(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content without its salt."""
    return {key: value for key, value in content.items() if key != "salt"}


def part_name(envelope: str, number: int) -> str:
    """Return the name that binds the blob of an envelope to its submission."""
    return f"{envelope} of submission {number}"


def read_envelope(submission: Submission, envelope: str) -> dict[str, Any]:
    """Read one sealed envelope. Callers: its own members; the opening; the lock for the economic one."""
    blob = submission.technical_blob if envelope == Envelope.TECHNICAL else submission.economic_blob
    plain = codec_of(submission.proposal).unseal(envelope, part_name(envelope, submission.number), blob)
    content: dict[str, Any] = json.loads(plain)
    return content


def open_technical(submission: Submission) -> dict[str, Any]:
    """Write the technical part in the clear on the submission and return it. Call it in the opening's transaction.

    The caller has locked the proposal and set `opened_at`: the database refuses it otherwise. Raises DomainError
    where what is stored isn't what was handed in.
    """
    return _open(submission, Envelope.TECHNICAL)


def open_economic(submission: Submission) -> dict[str, Any]:
    """Write the economic part in the clear on the submission and return it. The database asks for the lock first."""
    return _open(submission, Envelope.ECONOMIC)


def _open(submission: Submission, envelope: Envelope) -> dict[str, Any]:
    try:
        content = read_envelope(submission, envelope)
    except (sealing.BrokenSealError, SealingKeyMissingError, ValueError) as error:
        raise DomainError(f"{submission.receipt.register_number}: {error}") from error
    expected = manifest_of(submission).get(envelope.value)
    if sealing.sha256(sealing.canonical_json(content)) != expected:
        raise DomainError(f"{submission.receipt.register_number}: SHA-256 ≠ {expected}")
    plain = unsalted(content)
    setattr(submission, envelope.value, plain)
    submission.save(update_fields=[envelope.value])
    return plain


@dataclass(frozen=True)
class Finding:
    """What a check of a submission found: what differs (nothing where all is whole), and the hash computed anew."""

    problem: str
    computed_hash: str


def manifest_of(submission: Submission) -> dict[str, Any]:
    """Return the manifest as it is stored, empty where what is stored is no manifest any more."""
    return submission.manifest if isinstance(submission.manifest, dict) else {}


def computed_manifest(submission: Submission) -> dict[str, Any]:
    """Compute the manifest anew from what is stored. A part that can't be read has an empty hash."""
    codec = codec_of(submission.proposal)
    manifest: dict[str, Any] = {
        "version": submission.manifest["version"],
        "proposal": submission.proposal.public_id,
        "number": submission.number,
        "answers": [],
        "files": [],
    }
    for envelope in Envelope.values:
        blob = submission.technical_blob if envelope == Envelope.TECHNICAL else submission.economic_blob
        try:
            plain = codec.unseal(envelope, part_name(envelope, submission.number), blob)
        except sealing.BrokenSealError:
            manifest[envelope] = ""
            manifest["answers"] += [row for row in submission.manifest["answers"] if row["envelope"] == envelope]
        else:
            manifest[envelope] = sealing.sha256(plain)
            manifest["answers"] += answers_of(envelope, json.loads(plain))
    where = {entry["attachment"]: entry["envelope"] for entry in submission.manifest["files"]}
    rows = SubmissionFile.objects.filter(submission=submission).select_related("file")
    for row in rows.order_by("attachment_public_id"):
        name = row.attachment_public_id
        manifest["files"].append(_computed_file(row, codec, where.get(name, Envelope.TECHNICAL.value)))
    return manifest


def _computed_file(row: SubmissionFile, codec: Codec, envelope: str) -> dict[str, Any]:
    try:
        files.open_stored(row.file, codec.for_file(envelope, row.attachment_public_id)).close()  # compares every byte
    except (files.DamagedFileError, OSError):
        return file_entry(row.attachment_public_id, envelope, "", 0)
    return file_entry(row.attachment_public_id, envelope, row.file.sha256, row.file.size)


def examine(submission: Submission) -> Finding:
    """Compare what is stored with what was handed in, reading each envelope and file once.

    The problem is `key` where what wrapped its key is lost or spoilt, `manifest` where that itself isn't what the
    receipt says or makes no sense. Raises `KeyServiceError` while the key service doesn't answer; nothing that is wrong
    with one submission raises, for it would keep back the others.
    """
    digest = sealing.sha256(sealing.canonical_json(submission.manifest))
    is_altered = digest != submission.manifest_hash or digest != submission.receipt.manifest_hash
    try:
        computed = computed_manifest(submission)
    except (SealingKeyMissingError, sealing.BrokenSealError):
        return Finding("key", "")
    except (KeyServiceError, DatabaseError):
        raise
    except Exception:  # whatever somebody wrote into it
        logger.exception("Submission %s can't be compared with what was handed in.", submission.pk)
        return Finding("manifest", "")
    differing = [part for part in computed if computed[part] != submission.manifest.get(part)]
    computed_hash = sealing.sha256(sealing.canonical_json(computed))
    return Finding("manifest" if is_altered else ", ".join(differing), computed_hash)


def computed_hash(submission: Submission) -> str:
    """Return the manifest's hash computed anew: the receipt's where nothing was altered, none without its key."""
    return examine(submission).computed_hash


def verify(submission: Submission) -> str:
    """Return what differs from what was handed in, or nothing. See `examine`."""
    return examine(submission).problem


def file_codec(row: SubmissionFile) -> Any:
    """Return the codec that opens a file that was handed in."""
    envelope = next(
        entry["envelope"]
        for entry in row.submission.manifest["files"]
        if entry["attachment"] == row.attachment_public_id
    )
    return codec_of(row.submission.proposal).for_file(envelope, row.attachment_public_id)
