"""The chain in the open: a head a day, nothing told, and a program that finds what was tampered with."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.accounts.models import Erasure
from govtech.audit.models import AuditEvent
from startups.actions import attachment as attachments
from startups.actions import chain, register
from startups.actions import proposal as proposals
from startups.actions import receipt as documents
from startups.calculations import check_receipts
from startups.models import Proposal, PublishedHead, Receipt
from startups.tasks.chain import publish_receipt_heads
from tests import people
from tests.conftest import as_application
from tests.files import samples
from tests.startups.calls import open_call, own_draft
from tests.startups.evaluations import opened
from tests.startups.factories import draft_proposal, hand_in, member, organisation, owner_of
from tests.visits import body

pytestmark = pytest.mark.django_db
NAME = "Compañía Encadenada SL"
PDF = samples.pdf()


def chained() -> None:
    """Write the links that a commit would write."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def publish(days: float) -> list[PublishedHead]:
    """Publish heads some days from now."""
    with clock.travel(clock.now() + timedelta(days=days)):
        return chain.publish_heads(at=clock.now())


@pytest.fixture
def three() -> list[Receipt]:
    """Receipts of three days; the second replaced by the third; each with its head on the next day."""
    call = open_call()
    proposal, other = draft_proposal(call, organisation(name=NAME)), draft_proposal(call, organisation())
    by = owner_of(proposal.organisation)
    upload = SimpleUploadedFile("memoria.pdf", PDF)
    attachments.add(proposal, upload, envelope="technical", by=by, at=clock.now())
    receipts = []
    for day, each, name in ((0, other, "Ana Uno"), (1, proposal, "Ana Dos"), (2, proposal, by.full_name)):
        with clock.travel(clock.now() + timedelta(days=day)):
            receipts.append(hand_in(each, signatory_name=name))
            chained()
        if day:
            publish(day)
    publish(3)
    return receipts


# Heads ---------------------------------------------------------------------------------------------


def test_nothing_is_published_before_a_receipt_or_before_its_day_has_ended():
    assert publish(9) == []
    receipt = hand_in(own_draft())
    chained()
    midnight = chain.end_of(clock.local_date(receipt.received_at))

    for instant, expected in ((midnight + chain.GRACE - timedelta(seconds=1), 0), (midnight + chain.GRACE, 1)):
        with clock.travel(instant):
            assert len(chain.publish_heads(at=clock.now())) == expected


def test_days_that_were_missed_are_made_up_for_once():
    hand_in(own_draft())
    chained()

    made = publish(5)

    assert [head.seq for head in made] == [1] * 5
    assert [(b.day - a.day).days for a, b in pairwise(made)] == [1] * 4
    assert publish(5) == []
    assert len(publish(6)) == 1
    assert publish_receipt_heads() == 0


def test_a_head_is_of_the_last_receipt_of_its_day(three):
    links = list(chain.links(3))

    assert [head.seq for head in PublishedHead.objects.order_by("day")] == [1, 2, 3]
    assert [head.hash for head in PublishedHead.objects.order_by("day")] == [link["hash"] for link in links]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE startups_publishedhead SET seq = 1", "append-only|permission denied"),
        ("DELETE FROM startups_publishedhead", "append-only|permission denied"),
        (
            "INSERT INTO startups_publishedhead (day, until, seq, hash, published_at) SELECT day + 1, until + '1 day',"
            " seq, hash, now() FROM startups_publishedhead ORDER BY day DESC LIMIT 1",
            "after its day",
        ),
    ],
)
def test_heads_are_neither_changed_nor_forged(three, sql, words):
    with as_application(), pytest.raises(DatabaseError, match=words), transaction.atomic():
        connection.cursor().execute(sql)


def test_a_receipt_older_than_a_published_head_is_refused_by_the_database(three):
    proposal = own_draft()

    with pytest.raises(DatabaseError, match="never older than a published head"), transaction.atomic():
        proposals.submit(
            proposal,
            signatory_name="Ana Vieja",
            signatory_post="Gerente",
            has_power=True,
            declares=True,
            by=owner_of(proposal.organisation),
        )


# What is told ---------------------------------------------------------------------------------------


def test_the_public_files_name_nobody_and_no_code(client: Client, three: list[Receipt]):
    names = ["chain", "chain_data", "chain_heads", "chain_feed"]
    texts = {name: body(client.get(reverse(f"startups:{name}"))).decode() for name in names}
    proposal = three[2].submission.proposal
    hidden = [NAME, proposal.public_id, proposal.challenge.title, proposal.challenge.reference]
    hidden += [each for receipt in three for each in (receipt.code, receipt.submission.manifest["technical"])]

    head = PublishedHead.objects.order_by("-day").first()
    assert all(head.hash in text for text in texts.values())
    assert {(name, word) for name, text in texts.items() for word in hidden if word in text} == set()
    assert set(json.loads(texts["chain_data"])["receipts"][0]) == {
        "seq", "register_number", "received_at", "manifest_hash", "code_hash", "hash",
    }  # fmt: skip
    feed = feedparser.parse(texts["chain_feed"])
    assert not feed.bozo
    assert [entry.summary.split()[0] for entry in feed.entries] == ["3", "2", "1"]


def test_what_was_received_since_the_last_head_is_not_told(client: Client, three: list[Receipt]):
    with clock.travel(clock.now() + timedelta(days=4)):
        hand_in(own_draft())
        chained()

    assert len(json.loads(body(client.get(reverse("startups:chain_data"))))["receipts"]) == 3


# The program ----------------------------------------------------------------------------------------


class Folder:
    """Downloads in a folder, and the downloaded program run on them without the portal's own Python path."""

    def __init__(self, path: Path, client: Client) -> None:
        self.path = path
        for name in ("chain_data", "chain_heads", "chain_program"):
            (path / name).write_bytes(body(client.get(reverse(f"startups:{name}"))))

    def run(self, *options: str) -> tuple[int, str]:
        """Run it; return its status and words."""
        command = [sys.executable, "-I", "-S", "chain_program", "chain_data", *options]
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def change(self, change: Any, name: str = "chain_data") -> None:
        """Change a file."""
        data = json.loads((self.path / name).read_text())
        change(data)
        (self.path / name).write_text(json.dumps(data))


@pytest.fixture
def folder(tmp_path: Path, client: Client, three: list[Receipt]) -> Iterator[Folder]:
    made = Folder(tmp_path, client)
    client.force_login(owner_of(three[2].submission.proposal.organisation))
    kwargs = {"public_id": three[2].submission.proposal.public_id, "number": three[2].register_number}
    (tmp_path / "receipt").write_bytes(client.get(reverse("startups:receipt_json", kwargs=kwargs)).content)
    (tmp_path / "memoria.pdf").write_bytes(PDF)
    (tmp_path / "otro.pdf").write_bytes(b"otro")
    return made


def test_the_program_finds_the_downloaded_chain_whole(folder: Folder, three: list[Receipt]):
    status, said = folder.run("--heads", "chain_heads", "--receipt", "receipt", "--file", "memoria.pdf")

    assert status == 0, said
    assert "3 justificantes, 3 cabezas" in said
    assert f"Justificante {three[2].register_number}" in said
    assert "memoria.pdf: es un fichero" in said
    assert folder.run("--receipt", "receipt", "--file", "otro.pdf")[0] == 1
    assert folder.run("--en")[1].startswith("The chain is whole")
    assert folder.run("--receipt", "nothing")[0] == 2


def recomputed(data: dict[str, Any]) -> None:
    """Make the links right again, as somebody with the whole database could."""
    previous = ""
    for place, row in enumerate(data["receipts"], start=1):
        row["seq"], row["hash"] = place, check_receipts.link_hash(previous, row)
        previous = row["hash"]


def tampered(data: dict[str, Any]) -> None:
    data["receipts"][1]["manifest_hash"] = "0" * 64


def dropped(data: dict[str, Any]) -> None:
    del data["receipts"][1]


def dropped_at_the_end(data: dict[str, Any]) -> None:
    del data["receipts"][2]
    del data["heads"][2]


def renumbered(data: dict[str, Any]) -> None:
    data["receipts"][2]["register_number"] = "REG-2026-000009"
    recomputed(data)


def rewritten(data: dict[str, Any]) -> None:
    tampered(data)
    recomputed(data)
    for head in data["heads"]:
        head["hash"] = data["receipts"][head["seq"] - 1]["hash"]


def backdated(data: dict[str, Any]) -> None:
    """A fourth receipt that says it was given before the first head."""
    data["receipts"].append({**data["receipts"][0], "register_number": _following(data), "manifest_hash": "1" * 64})
    recomputed(data)


def _following(data: dict[str, Any]) -> str:
    head, number = data["receipts"][-1]["register_number"].rsplit("-", 1)
    return f"{head}-{int(number) + 1:06d}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (tampered, "no es lo que se encadenó"),
        (dropped, "falta o sobra"),
        (dropped_at_the_end, "se han quitado justificantes"),
        (renumbered, "los números no son seguidos"),
        (rewritten, "se ha reescrito"),
        (backdated, "está antedatado"),
    ],
)
def test_the_program_finds_what_was_done_to_the_chain(folder: Folder, change: Any, words: str):
    folder.change(change)

    status, said = folder.run("--heads", "chain_heads")

    assert status == 1
    assert words in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data["contents"]["economic"].update(amount_net="1.00"), "amount_net"),
        (lambda data: data["contents"]["technical"]["sections"].update(team="Otro"), "team"),
        (lambda data: data["manifest"].update(number=7), "no da el hash"),
        (lambda data: data.update(received_at="2020-01-01T00:00:00+00:00"), "otra cosa que el justificante"),
        (lambda data: data.update(register_number="REG-2020-000001"), "no está en esta cadena"),
    ],
)
def test_the_program_finds_a_forged_receipt(folder: Folder, change: Any, words: str):
    folder.change(change, "receipt")

    status, said = folder.run("--receipt", "receipt")

    assert status == 1
    assert words in said


# The official register ------------------------------------------------------------------------------


def test_the_number_of_the_official_register_stands_on_the_receipt(client: Client, three: list[Receipt]):
    receipt = three[2]
    kwargs = {"public_id": receipt.submission.proposal.public_id, "number": receipt.register_number}
    client.force_login(owner_of(receipt.submission.proposal.organisation))

    refused = client.post(reverse("startups:receipt_entry", kwargs=kwargs), {"number": "sin cifras"})
    for number in ("2026/0123456", "2026/0123457"):
        client.post(reverse("startups:receipt_entry", kwargs=kwargs), {"number": number})

    page = client.get(reverse("startups:receipt", kwargs=kwargs)).content.decode()
    assert refused.status_code == 422
    assert "2026/0123457" in page
    assert receipt.external_entries.count() == 2
    assert "Según la entidad" in page
    data = client.get(reverse("startups:receipt_json", kwargs=kwargs)).json()
    assert (data["external_entry"], data["external_entry_stated_by"]) == ("2026/0123457", "organisation")
    assert "Según la entidad" in data["effect"]
    assert "2026/0123457" in set(AuditEvent.objects.filter(kind="receipt.entry_recorded").values_list("new", flat=True))


def test_a_receipt_says_for_good_who_handed_in_and_for_whom(client: Client):
    receipt = hand_in(draft_proposal(open_call(), organisation(name=NAME)))
    proposal = receipt.submission.proposal
    by, title = owner_of(proposal.organisation), proposal.challenge.title
    was = by.full_name
    type(by).objects.filter(pk=by.pk).update(full_name="Cuenta borrada")
    type(proposal.organisation).objects.filter(pk=proposal.organisation_id).update(name="Otra SL")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        type(proposal.challenge).objects.filter(pk=proposal.challenge_id).update(title="Otro título")
        cursor.execute("SET LOCAL session_replication_role = origin")
    client.force_login(by)

    kwargs = {"public_id": proposal.public_id, "number": receipt.register_number}
    page = client.get(reverse("startups:receipt", kwargs=kwargs)).content.decode()
    facts = documents.contents(Receipt.objects.get(pk=receipt.pk), for_members=True)["facts"]

    assert (facts["by"], facts["organisation"], facts["challenge"]) == (was, NAME, title)
    for words in (was, NAME, title):
        assert words in page
    again = hand_in(Proposal.objects.get(pk=proposal.pk))
    assert again == receipt, "another name today is no other proposal"


def test_of_who_was_erased_a_receipt_keeps_proving_all_but_the_name(
    folder: Folder, client: Client, three: list[Receipt]
):
    receipt = three[2]
    of, by = receipt.submission.proposal.organisation, receipt.submission.submitted_by
    signed = documents.read_both(receipt.submission)["technical"]["signatory"]["name"]
    type(by).objects.filter(pk=by.pk).update(full_name="Cuenta borrada", is_active=False)
    Erasure.objects.create(user=by, erased_at=clock.now())
    client.force_login(member(of))
    kwargs = {"public_id": receipt.submission.proposal.public_id, "number": receipt.register_number}
    told = client.get(reverse("startups:receipt_json", kwargs=kwargs)).content
    (folder.path / "receipt").write_bytes(told)

    assert json.loads(told)["withheld"] == ["receipt", "signatory"]
    assert signed not in told.decode()
    assert folder.run("--receipt", "receipt")[0] == 0
    folder.change(lambda data: data["contents"]["technical"]["sections"].update(team="Otro"), "receipt")
    assert "team" in folder.run("--receipt", "receipt")[1]


def test_the_office_confirms_the_number_that_an_organisation_says():
    challenge = opened(prices=["9000.00"])
    receipt = Receipt.objects.get(submission__proposal__challenge=challenge)
    owner = owner_of(receipt.submission.proposal.organisation)

    for by, words in ((owner, "Según la entidad"), (people.officer(), "La Oficina declara")):
        register.record_entry(receipt, number="2026/0123456", by=by, at=clock.now())
        assert words in documents.effect(documents.entry_of(receipt))
