"""What a person handed in, answered and judged: the rest of their download."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q

from govtech.accounts import rights
from govtech.accounts.models import User
from govtech.files import actions as files
from startups.actions.keys import readable_codecs_of
from startups.actions.receipt import as_data
from startups.models import (
    AbnormalOffer,
    Attachment,
    ClarificationAnswer,
    CorrectionFile,
    Envelope,
    Proposal,
    Receipt,
    ScoreSheet,
    SubmissionFile,
    Verification,
)

PIECE = 64 * 1024


def handed_in(user: User) -> Iterator[dict[str, Any]]:
    """Yield the receipts of what the person handed in, and written answers; whole while they belong to the company."""
    own = set(Proposal.objects.of_member(user).values_list("pk", flat=True))
    receipts = Receipt.objects.filter(submission__submitted_by=user)
    for receipt in receipts.select_related("submission__proposal__challenge").order_by("pk").iterator():
        said: dict[str, Any] = {"register_number": receipt.register_number, "received_at": receipt.received_at}
        if receipt.submission.proposal_id in own:
            said = as_data(receipt, for_members=False)
        yield {"what": "receipt", "call": receipt.submission.proposal.challenge.reference, **said}
    answers = ClarificationAnswer.objects.filter(answered_by=user, proposal__in=own)
    for answer in answers.select_related("clarification", "proposal__challenge").order_by("pk").iterator():
        yield {
            "what": "answer to a clarification",
            "call": answer.proposal.challenge.reference,
            "question": answer.clarification.text,
            "answer": answer.text,
            "at": answer.answered_at,
        }
    justified = AbnormalOffer.objects.filter(answered_by=user, proposal__in=own)
    for offer in justified.select_related("proposal__challenge").order_by("pk").iterator():
        yield {
            "what": "justification of an offer",
            "call": offer.proposal.challenge.reference,
            "question": offer.request,
            "answer": offer.answer,
            "at": offer.answered_at,
        }
    corrected = Proposal.objects.filter(pk__in=own, correction_files__added_by=user).select_related("challenge")
    for proposal in corrected.distinct().order_by("pk").iterator():
        yield {
            "what": "answer to a correction",
            "call": proposal.challenge.reference,
            "answer": proposal.correction_text,
            "at": proposal.corrected_at,
        }


def handed_in_files(user: User) -> Iterator[rights.ExportFile]:
    """Yield files of corrections, and those taken out of a proposal later that an earlier submission still holds."""
    own = Proposal.objects.of_member(user)
    corrections = CorrectionFile.objects.filter(added_by=user, proposal__in=own)
    for row in corrections.select_related("file", "proposal__challenge").order_by("pk").iterator():
        yield from _file(row, Envelope.TECHNICAL, row.name)
    kept = Exists(SubmissionFile.objects.filter(file=OuterRef("file")))
    taken_out = Attachment.objects.filter(kept, added_by=user, proposal__in=own, removed_at__isnull=False)
    for former in taken_out.select_related("file", "proposal__challenge").order_by("pk").iterator():
        yield from _file(former, former.envelope, "")


def _file(row: Any, envelope: str, name: str) -> Iterator[rights.ExportFile]:
    codec = readable_codecs_of([row.proposal]).get(row.proposal_id)
    if codec is None:
        return
    name = name or codec.unseal(row.envelope, f"name/{row.public_id}", row.name).decode()

    def chunks() -> Iterator[bytes]:
        with files.open_stored(row.file, codec.for_file(envelope, row.public_id)) as source:
            while piece := source.read(PIECE):
                yield piece

    yield rights.ExportFile(f"{row.proposal.challenge.reference}/{row.public_id}-{name}", chunks)


def judged(user: User) -> Iterator[dict[str, Any]]:
    """Yield the person's own score sheets with points and reasons, and the verifications they wrote."""
    sheets = ScoreSheet.objects.filter(member__user=user).select_related("proposal__challenge")
    for sheet in sheets.prefetch_related("scores__criterion").order_by("pk").iterator(chunk_size=200):
        scores = sorted(sheet.scores.all(), key=lambda score: score.pk)
        yield {
            "what": "score sheet",
            "call": sheet.proposal.challenge.reference,
            "proposal": sheet.proposal.public_id,
            "handed_in": sheet.handed_in_at,
            "scores": [
                {"criterion": score.criterion.name, "points": score.points, "reason": score.reason} for score in scores
            ],
        }
    looks = Verification.objects.filter(Q(checked_by=user) | Q(ended_by=user)).select_related("organisation")
    for look in looks.prefetch_related("checks").order_by("pk").iterator(chunk_size=200):
        mine = look.checked_by_id == user.pk
        notes = {check.kind: check.note for check in look.checks.all() if check.note}
        yield {
            "what": "verification" if mine else "end of a verification",
            "organisation": look.organisation.name,
            "at": look.checked_at if mine else look.ended_at,
            "note": look.note if mine else look.ended_reason,
            "checks": notes if mine else {},
        }
