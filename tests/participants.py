"""More rows of what belongs to those who take part, for tests that count queries (`tests.test_queries`)."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from govtech import clock
from govtech.audit.actions import record
from govtech.ids import public_id
from startups.actions import consortium as consortia
from startups.actions.keys import codec_for
from startups.calculations.sealing import canonical_json
from startups.models import (
    Attachment,
    ClarificationAnswer,
    Membership,
    PublishedHead,
    Upload,
    UploadPart,
    VerificationRequest,
)
from startups.policies import consortium as consortium_policies
from tests.copies import copies, crowd, each_of, unchecked
from tests.startups import factories
from tests.world import World

MORE = 49
_numbers = count(7_000_000)


def organisations_of(world: World, role: str, number: int = MORE) -> list[Any]:
    """Put the person into more organisations."""
    made = copies(world.organisation, number)
    person, at = world.person(role), world.organisation.created_at
    with unchecked():
        Membership.objects.bulk_create(
            Membership(organisation=each, user=person, role="owner", joined_at=at, joined_by=person) for each in made
        )
    return made


def partners(world: World) -> None:
    """As many partners of the participant's draft as one may have. Copies wouldn't open: a seal is of one partner."""
    by = world.person("participant")
    for _number in range(consortium_policies.MOST_PARTNERS - 1):
        about = {"country": "ES", "tax_id": factories.company_nif(next(_numbers)), "label": "Otra SL"}
        consortia.invite(world.draft_proposal, **about, role="Mide", share=Decimal(3), by=by, at=clock.now())


def invited_to_consortia(world: World) -> None:
    """The rival is wanted in more proposals."""
    drafts = copies(world.draft_proposal, MORE, challenge=each_of(copies(world.draft_proposal.challenge, MORE)))
    copies(world.partner, MORE, proposal=each_of(drafts))


def one_file(world: World) -> dict[str, Any]:
    """Begin with a file and one on its way."""
    return files(world, 1) or {"public_id": world.draft_proposal.public_id}


def files(world: World, number: int = MORE) -> None:
    """Files of the participant's draft, whole and on their way, by several members; each sealed for itself."""
    proposal, at = world.draft_proposal, clock.now()
    codec, size = codec_for(proposal, at=at), 1_000
    stored = copies(world.attachment.file, number)
    members = each_of([factories.member(proposal.organisation) for _ in range(5)] * number)
    for each in stored:
        name = public_id()
        sealed = {
            "name": codec.seal("technical", f"name/{name}", b"memoria.pdf"),
            "confidential": codec.seal("technical", f"confidential/{name}", b"Es nuestro secreto."),
        }
        Attachment.objects.create(
            public_id=name, proposal=proposal, file=each, **sealed, added_at=at, added_by=members()
        )
        coming = Upload(proposal=proposal, public_id=public_id(), size=size, started_at=at, started_by=members())
        about = canonical_json({"name": "plano.pdf", "modified": 1, "confidential": ""})
        coming.about = codec.seal("technical", f"upload/{coming.public_id}", about)
        coming.save()
        UploadPart.objects.create(upload=coming, start=0, size=100, path=f"{coming.public_id}")


def clarified(world: World) -> None:
    """More that the organisations with an opened proposal are asked to explain, answered and not, and more files."""
    made = copies(world.clarification, MORE, asked_by=each_of(crowd(MORE)), due_at=clock.now() + timedelta(days=3))
    answered = {"answered_at": clock.now(), "text": "Los del último año.", "answered_by": world.person("participant")}
    ClarificationAnswer.objects.filter(clarification__in=made[::2]).update(**answered)
    copies(world.correction_file, MORE, added_by=each_of(crowd(MORE)))


def one_head(world: World) -> dict[str, Any]:
    """Begin with one published head."""
    return heads(world, 1, first=0) or {}


def heads(world: World, number: int = 29, first: int = 1) -> None:  # noqa: ARG001 - a page holds 31 days
    """More days with a published head of the chain of receipts."""
    ends = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with unchecked():
        PublishedHead.objects.bulk_create(
            PublishedHead(
                day=clock.local_date(until := ends - timedelta(days=each)), until=until, published_at=until,
                seq=100 - each, hash=f"{each:064x}",
            )
            for each in range(first, first + number)
        )  # fmt: skip


def one_attempt(world: World) -> dict[str, Any]:
    """Begin with one attempt of each kind."""
    return attempts(world, 1) or {}


def attempts(world: World, number: int = 15) -> None:
    """More attempts to reach what is sealed, of each kind, by many people: some act for the city."""
    targets = {"proposal.seal_tried": [world.proposal, world.opened_proposal], "opening.refused": [world.challenge]}
    targets["proposal.stopped"] = targets["proposal.seal_tried"]
    known = [world.person(role) for role in ("officer", "delegate", "rival", "administrator")]
    for _ in range(number):
        for kind, rows in targets.items():
            for by in (known[next(_numbers) % len(known)], *crowd(1)):
                record(kind, by=by, at=clock.now(), target=rows[next(_numbers) % len(rows)], reason="GET page")


def one_verification(world: World) -> dict[str, Any]:
    """Begin with an organisation that was verified once."""
    factories.verify(world.organisation, by=world.person("officer"))
    return {"public_id": world.organisation.public_id}


def verified(world: World) -> None:
    """More looks at an organisation that are over, by many officers, each with its checks and their papers."""
    last = world.organisation.verifications.get()
    over = {"ended_at": clock.now(), "ended_reason": "Ya no vale."}
    made = copies(last, MORE, **over, ended_by=each_of(crowd(MORE)), checked_by=each_of(crowd(MORE)))
    papers = each_of(copies(world.paper, MORE))
    with unchecked():
        for each in made:
            each.checks.filter(kind="identity").update(paper=papers())


def asked_for_papers(world: World) -> None:
    """More organisations of the participant's that the Office asks for papers."""
    at, by = clock.now(), world.person("officer")
    with unchecked():
        VerificationRequest.objects.bulk_create(
            VerificationRequest(organisation=each, kinds=["tax", "power"], note="Por favor.", asked_at=at, asked_by=by)
            for each in organisations_of(world, "participant")
        )


def waits_for_the_participant(world: World) -> None:
    """More that a participant's desk names: requests to join, invitations, papers asked for, clarifications."""
    asked_for_papers(world)
    copies(world.join_request, MORE, asked_by=each_of(crowd(MORE)))
    clarified(world)
    invitations = copies(world.organisation, MORE)
    numbers = iter(range(10_000, 20_000))
    person = world.person("participant")
    copies(
        world.invitation, MORE, organisation=each_of(invitations), email=person.email,
        token_hash=lambda: f"{next(numbers)}",
    )  # fmt: skip
