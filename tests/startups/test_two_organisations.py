"""Two organisations in one call: whatever one changes in addresses and forms, or left open in a tab, reaches nothing.

`tests/test_seal.py` opens every address as everybody; here are the tricks that need a hand: own pages with the other's
ids in them, ids that count, guessed names of files, pages that were open before something changed.
"""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.audit.models import AuditEvent
from startups.actions import attachment as attachments
from startups.actions import proposal as proposals
from startups.models import (
    Attachment,
    Membership,
    OrganisationRole,
    Proposal,
    ProposalSection,
    ProposalStatus,
    Receipt,
    Submission,
)
from tests.files import samples
from tests.startups.calls import open_call
from tests.startups.factories import SIGNATORY, draft_proposal, hand_in, member, organisation, owner_of
from tests.visits import body

pytestmark = pytest.mark.django_db
TITLE = "Zarzaparrilla inconfundible"
SECRET = ("arzaparrilla", "nconfundible", "Ajena Ficticia", "memoria-ajena")
DECLARED = {**SIGNATORY, "has_power": "on", "declares": "on"}


class Two:
    """Mine and theirs, both handed in; theirs with a file and a colleague."""

    def __init__(self) -> None:
        self.call = open_call()
        self.mine = draft_proposal(self.call, organisation())
        self.theirs = draft_proposal(self.call, organisation(name="Ajena Ficticia SL"), texts={"title": TITLE})
        self.me, self.them = owner_of(self.mine.organisation), owner_of(self.theirs.organisation)
        upload = SimpleUploadedFile("memoria-ajena.pdf", samples.pdf())
        self.file: Attachment = attachments.add(self.theirs, upload, envelope="technical", by=self.them, at=clock.now())
        hand_in(self.mine)
        self.receipt = hand_in(self.theirs)
        self.client = Client()
        self.client.force_login(self.me)

    def state(self) -> list[Any]:
        """Return everything of theirs that a trick could change."""
        return [
            list(ProposalSection.objects.filter(proposal=self.theirs).order_by("key").values_list("key", "version")),
            list(Proposal.objects.filter(pk=self.theirs.pk).values_list("status", "submitted_at", "withdrawn_at")),
            list(Attachment.objects.filter(proposal=self.theirs).values_list("public_id", "removed_at")),
            Submission.objects.filter(proposal=self.theirs).count(),
            sorted(Membership.objects.filter(organisation=self.theirs.organisation).values_list("user", "role")),
        ]


@pytest.fixture
def two() -> Two:
    return Two()


def address(name: str, proposal: Proposal, **kwargs: Any) -> str:
    return reverse(f"startups:{name}", kwargs={"public_id": proposal.public_id, **kwargs})


def quiet(answer: Any) -> bool:
    """Say whether an answer tells nothing of theirs, headers included."""
    said = body(answer).decode(errors="replace") + str(dict(answer.headers))
    return not any(word in said for word in SECRET)


def test_their_ids_in_my_addresses_lead_nowhere(two: Two):
    number, file = two.receipt.register_number, two.file.public_id
    tries = [
        address("receipt", two.mine, number=number),
        address("receipt_pdf", two.mine, number=number),
        address("receipt_json", two.mine, number=number),
        address("file", two.mine, attachment=file),
    ]

    for each in tries:
        answer = two.client.get(each)
        assert (answer.status_code, quiet(answer)) == (404, True), each
    before = two.state()
    for each in (address("remove_file", two.mine, attachment=file), address("receipt_entry", two.mine, number=number)):
        assert two.client.post(each, {"number": "2026/1"}).status_code == 404
    assert two.state() == before


def test_their_ids_in_my_forms_change_nothing_of_theirs(two: Two):
    before = two.state()
    chosen = {"organisation": two.theirs.organisation.public_id}
    smuggled = {"proposal": two.theirs.pk, "public_id": two.theirs.public_id, **chosen}

    answers = [
        two.client.post(reverse("startups:propose", kwargs={"slug": two.call.slug}), chosen),
        two.client.post(address("review", two.mine), {**DECLARED, "signatory_name": "Otra Firma", **smuggled}),
        two.client.post(address("withdraw", two.mine), smuggled),
        *(two.client.post(address(name, two.theirs), DECLARED) for name in ("review", "withdraw", "price", "files")),
        two.client.post(address("section", two.theirs, part="solution"), {"solution": "pisado", "solution-version": 1}),
    ]

    assert all(quiet(answer) for answer in answers)
    assert {answer.status_code for answer in answers[3:]} == {404}
    assert two.state() == before
    assert Proposal.objects.filter(organisation=two.theirs.organisation).count() == 1


def test_ids_that_count_and_guessed_names_of_files_find_nothing(two: Two):
    stored = two.file.file
    guesses = [f"/propuestas/{two.theirs.pk}/", f"/en/proposals/{two.theirs.pk}/", f"/retos/{two.call.pk}/"]
    guesses += [address("file", two.theirs, attachment=str(two.file.pk)), address("file", two.theirs, attachment="1")]
    guesses += [
        f"/{folder}/{name}"
        for folder in ("media", "private", "archivos", "files", "static", "ficheros")
        for name in (stored.path, stored.public_id, "memoria-ajena.pdf")
    ]
    guesses += [f"/verificar/{code}/" for code in (two.receipt.register_number, two.receipt.pk, "1")]
    guesses += [f"/static/../private/{stored.path}", f"/static/%2e%2e/private/{stored.path}"]

    for each in guesses:
        answer = two.client.get(each)
        assert (answer.status_code, quiet(answer)) == (404, True), each


def test_neighbours_of_my_register_number_are_not_mine(two: Two):
    for number in range(1, Receipt.objects.count() + 2):
        name = f"{two.receipt.register_number[:-6]}{number:06d}"
        answer = two.client.get(address("receipt", two.mine, number=name))
        is_mine = Receipt.objects.filter(register_number=name, submission__proposal=two.mine).exists()
        assert answer.status_code == (200 if is_mine else 404)


# Tabs that stayed open ------------------------------------------------------------------------------


def test_whoever_left_can_do_nothing_from_an_open_tab(two: Two):
    gone = member(two.theirs.organisation, OrganisationRole.OWNER)
    tab = Client()
    tab.force_login(gone)
    assert tab.get(address("proposal", two.theirs)).status_code == 200
    Membership.objects.filter(user=gone).update(left_at=clock.now(), left_by=two.them)
    before = two.state()

    answers = [
        tab.get(address("proposal", two.theirs)),
        tab.get(address("file", two.theirs, attachment=two.file.public_id)),
        tab.get(address("receipt_json", two.theirs, number=two.receipt.register_number)),
        tab.post(address("section", two.theirs, part="solution"), {"solution": "x", "solution-version": 1}),
        tab.post(address("review", two.theirs), DECLARED),
        tab.post(address("withdraw", two.theirs)),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert all(quiet(answer) for answer in answers)
    assert two.state() == before
    assert AuditEvent.objects.filter(kind="proposal.seal_tried", actor_id=gone.pk).count() == len(answers)


@pytest.mark.parametrize("role", [OrganisationRole.READER, OrganisationRole.EDITOR])
def test_whose_part_became_smaller_cannot_hand_in_from_an_open_tab(two: Two, role: str):
    lesser = member(two.theirs.organisation, OrganisationRole.OWNER)
    tab = Client()
    tab.force_login(lesser)
    assert tab.get(address("review", two.theirs)).status_code == 200
    Membership.objects.filter(user=lesser).update(left_at=clock.now(), left_by=two.them)
    member(two.theirs.organisation, role, lesser)
    before = two.state()

    for name in ("review", "withdraw"):
        tab.post(address(name, two.theirs), {**DECLARED, "signatory_name": "Firma Vieja"})

    assert two.state() == before


def test_a_tab_of_a_withdrawn_proposal_brings_nothing_back(two: Two):
    tab = Client()
    tab.force_login(two.them)
    assert tab.get(address("review", two.theirs)).status_code == 200
    proposals.withdraw(two.theirs, by=two.them)
    before = two.state()

    tab.post(address("review", two.theirs), DECLARED)
    tab.post(address("section", two.theirs, part="solution"), {"solution": "x", "solution-version": 1})

    assert two.state() == before
    two.theirs.refresh_from_db()
    assert two.theirs.status == ProposalStatus.WITHDRAWN
