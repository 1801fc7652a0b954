"""Life of a proposal before the opening: begun, handed in, replaced, withdrawn. All inside the deadline.

`submit` and `withdraw` take no `at`. They lock the challenge so that many may hand in at once and yet nobody extends,
cancels or opens it meanwhile; then they read the database's clock, and that instant is the receipt's.
"""

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge, ReferenceCounter
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.ids import ALPHABET
from startups.actions import consortium, dossier
from startups.actions import envelope as envelopes
from startups.actions.draft import (
    StaleError,
    lock,
    save_price,
    save_section,
)
from startups.actions.keys import codec_for
from startups.calculations import manifest as manifests
from startups.calculations import sealing
from startups.calculations.counting import has_words
from startups.calculations.form import LEVEL, sections_of
from startups.models import (
    Envelope,
    Organisation,
    Participation,
    Proposal,
    ProposalStatus,
    Receipt,
    Submission,
    SubmissionFile,
    Withdrawal,
)
from startups.notifications import proposal as notifications
from startups.policies import completeness, declaration
from startups.policies import consortium as consortia
from startups.policies import proposal as policies

__all__ = [
    "StaleError",
    "save_price",
    "save_section",
    "start",
    "submit",
    "withdraw",
]

REGISTER = "REG"
CODE_LENGTH = 20


class ChangedError(DomainError):
    """Somebody changed the proposal after its signatory had read it. Nothing was handed in."""

    def __init__(self, copy: envelopes.WorkingCopy) -> None:
        last = max(copy.rows.values(), key=lambda row: row.saved_at, default=None)
        super().__init__(
            _(
                "The proposal has changed since you opened this page; the last text was saved by %(who)s. Read it "
                "again before handing it in: this page shows it as it is now."
            )
            % {"who": last.saved_by.full_name if last else "—"}
        )


@transaction.atomic
def start(
    challenge: Challenge, organisation: Organisation, *, by: User, at: datetime, maturity: int | None = None
) -> Proposal:
    """Begin a draft and take the organisation's one place in the challenge.

    `maturity` is the level (TRL) of the solution today, where the call asks for a least one. Raises DomainError with
    the reason and the way out where it may not: see `policies.obstacles`.
    """
    challenge = share_lock(challenge.pk)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    policies.check_can_start(challenge, organisation, by=by, at=at)
    policies.check_maturity(challenge, maturity)
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                challenge=challenge, organisation=organisation, created_at=at, created_by=by
            )
            Participation.objects.create(challenge=challenge, organisation=organisation, proposal=proposal)
    except IntegrityError as error:
        raise DomainError(
            _("%(name)s already takes part in this challenge: one proposal each.") % {"name": organisation.name}
        ) from error
    codec_for(proposal, at=at)
    if maturity and LEVEL in sections_of(challenge.form_sections):
        save_section(proposal, LEVEL, version=0, body=f"TRL {maturity}", by=by, at=at)
    audit.record("proposal.started", target=proposal, by=by, at=at, new=ProposalStatus.DRAFT)
    return proposal


@transaction.atomic
def submit(
    proposal: Proposal,
    *,
    signatory_name: str,
    signatory_post: str,
    has_power: bool,
    declares: bool,
    by: User,
    seen: str | None = None,
) -> Receipt:
    """Hand the working copy in and give a receipt. Again with other content, it replaces what was handed in.

    `seen` is the mark (`envelopes.mark_of`) of what the signatory read. Pressed twice, the second press changes nothing
    and gets the first receipt. Raises DomainError after the deadline, before the opening, with something missing, or
    without the declaration; `ChangedError` where what was read isn't what would be handed in.
    """
    proposal.challenge = share_lock(proposal.challenge_id)
    locked = lock(proposal)
    at = clock.now()
    policies.check_can_submit(locked, by=by, at=at)
    signatory = _signatory(signatory_name, signatory_post, has_power=has_power, declares=declares)
    consortium.hold(locked)
    copy = envelopes.working_copy(locked)
    if seen is not None and seen != envelopes.mark_of(copy):
        raise ChangedError(copy)
    completeness.check_complete(locked.challenge, copy.sections, copy.price)
    consortia.check_complete(copy.partners, copy.lead_share)
    content = {
        Envelope.TECHNICAL: {
            **envelopes.technical_of(copy, signatory),
            "dossier": dossier.snapshot(locked.organisation, at=at),
            envelopes.FACTS: _facts(locked, by=by),
        },
        Envelope.ECONOMIC: envelopes.economic_of(copy),
    }
    last = Submission.objects.filter(proposal=locked, superseded_by=None).select_related("receipt").first()
    if last is not None and _says_the_same(last, content):
        return last.receipt
    submission = _write(locked, content, copy, last=last, by=by, at=at)
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    receipt = Receipt.objects.create(
        submission=submission,
        register_number=_register_number(at),
        code=code,
        code_hash=sealing.sha256(code.encode()),
        received_at=at,
        manifest_hash=submission.manifest_hash,
    )
    old = locked.status
    locked.status, locked.submitted_at = ProposalStatus.SUBMITTED, at
    locked.save(update_fields=["status", "submitted_at"])
    kind = "proposal.submitted" if last is None else "proposal.replaced"
    audit.record(kind, target=locked, by=by, at=at, old=old, new=locked.status)
    notifications.submitted(locked, receipt, replaced=last is not None, at=at)
    return receipt


@transaction.atomic
def withdraw(proposal: Proposal, *, by: User) -> Proposal:
    """Take a proposal back before the deadline: a draft is put away, one handed in is recorded. Its place is free."""
    share_lock(proposal.challenge_id)
    proposal = lock(proposal)
    at = clock.now()
    policies.check_can_withdraw(proposal, by=by, at=at)
    old = proposal.status
    if old == ProposalStatus.SUBMITTED:
        Withdrawal.objects.create(proposal=proposal, withdrawn_at=at, withdrawn_by=by)
    proposal.status, proposal.withdrawn_at = ProposalStatus.WITHDRAWN, at
    proposal.save(update_fields=["status", "withdrawn_at"])
    Participation.objects.filter(proposal=proposal, is_live=True).update(is_live=False)
    audit.record("proposal.withdrawn", target=proposal, by=by, at=at, old=old, new=proposal.status)
    if old == ProposalStatus.SUBMITTED:
        notifications.withdrawn(proposal, at=at)
    return proposal


def share_lock(challenge_id: int) -> Challenge:
    """Lock the challenge so that others may share the lock, but nobody changes it until we commit; read it then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM challenges_challenge WHERE id = %s FOR SHARE", [challenge_id])
    return Challenge.objects.get(pk=challenge_id)


def _signatory(name: str, post: str, *, has_power: bool, declares: bool) -> dict[str, Any]:
    name, post = " ".join(name.split()), " ".join(post.split())
    if not has_words(name):
        raise DomainError(_("Write the name and surname of who signs for the organisation."), field="signatory_name")
    if not has_words(post):
        raise DomainError(_("Write the post of who signs, for instance «sole administrator»."), field="signatory_post")
    if not has_power:
        raise DomainError(
            _("Only somebody with power to act for the organisation can hand a proposal in. Confirm it."),
            field="has_power",
        )
    if not declares:
        raise DomainError(_("A proposal goes with the declaration. Read it and accept it."), field="declares")
    return {"name": name, "post": post, "has_power": True, "declaration": declaration.accepted()}


def _says_the_same(last: Submission, content: dict[Envelope, dict[str, Any]]) -> bool:
    """Compare what was handed in with what would be; who presses and how things are called today doesn't count."""
    return all(
        _without_facts(envelopes.unsalted(envelopes.read_envelope(last, envelope))) == _without_facts(said)
        for envelope, said in content.items()
    )


def _without_facts(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != envelopes.FACTS}


def _facts(proposal: Proposal, *, by: User) -> dict[str, str]:
    """Return what the receipt says of who and what for: as it is called now, for good."""
    who: Organisation = proposal.organisation
    return {
        "by": by.full_name,
        "organisation": who.name,
        "tax_id": who.tax_id,
        "challenge": proposal.challenge.title,
        "reference": proposal.challenge.reference,
    }


def _write(
    proposal: Proposal,
    content: dict[Envelope, dict[str, Any]],
    copy: envelopes.WorkingCopy,
    *,
    last: Submission | None,
    by: User,
    at: datetime,
) -> Submission:
    """Seal both envelopes and keep them with their manifest; the former submission points to this one."""
    codec = codec_for(proposal, at=at)
    number = last.number + 1 if last else 1
    salted = {kind: envelopes.salted(said) for kind, said in content.items()}
    parts = {kind: sealing.canonical_json(said) for kind, said in salted.items()}
    blobs = {kind: codec.seal(kind, envelopes.part_name(kind, number), plain) for kind, plain in parts.items()}
    entries = sorted(copy.attachments, key=lambda entry: entry.public_id)
    manifest = {
        "version": manifests.VERSION,
        "proposal": proposal.public_id,
        "number": number,
        "answers": [row for kind in Envelope for row in manifests.answers_of(kind.value, salted[kind])],
        "files": [envelopes.file_entry(e.public_id, e.envelope, e.sha256, e.size) for e in entries],
        **{kind.value: sealing.sha256(plain) for kind, plain in parts.items()},
    }
    key = _next_key()
    if last is not None:  # first the pointer: only one submission of a proposal may lack it
        last.superseded_by_id = key
        last.save(update_fields=["superseded_by"])
    name = content[Envelope.TECHNICAL]["signatory"]["name"]
    submission = Submission.objects.create(
        pk=key,
        proposal=proposal,
        number=number,
        technical_blob=blobs[Envelope.TECHNICAL],
        economic_blob=blobs[Envelope.ECONOMIC],
        manifest=manifest,
        manifest_hash=sealing.sha256(sealing.canonical_json(manifest)),
        signatory_name=codec.seal(Envelope.TECHNICAL, f"signatory of submission {number}", name.encode()),
        submitted_at=at,
        submitted_by=by,
    )
    SubmissionFile.objects.bulk_create(
        SubmissionFile(submission=submission, attachment_public_id=entry.public_id, file=entry.attachment.file)
        for entry in entries
    )
    return submission


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('startups_submission', 'id'))")
        key: int = cursor.fetchone()[0]
    return key


def _register_number(at: datetime) -> str:
    """Give the next entry of the register, e.g. `REG-2026-000123`, without gaps."""
    year = clock.local_date(at).year
    number = ReferenceCounter.next(REGISTER, year).rpartition("-")[2]
    return f"{REGISTER}-{year}-{int(number):06d}"
