"""Files on their way: kept once whatever becomes of our answer, kept while something of ours is away, never unsaid."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from govtech import clock
from govtech.errors import DomainError
from govtech.files import actions as files
from startups.actions import attachment as actions
from startups.actions import envelope as envelopes
from startups.actions.keys import codec_for
from startups.models import Attachment, Proposal, Upload, UploadPart
from tests.files import samples
from tests.files.scanners import Scanner, running
from tests.startups.calls import own_draft
from tests.startups.factories import owner_of
from tests.startups.test_upload_attacks import address, begun, piece

pytestmark = pytest.mark.django_db


@pytest.fixture
def private(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES_DIR = tmp_path / "private"
    return settings.PRIVATE_FILES_DIR


@pytest.fixture
def clamd(settings: Any) -> Iterator[Scanner]:
    with running() as found:
        settings.CLAMD_ADDRESS = found.address
        yield found


@pytest.fixture
def proposal(client: Client, private: Path) -> Proposal:
    found = own_draft()
    client.force_login(owner_of(found.organisation))
    return found


@pytest.fixture(autouse=True)
def _many_requests() -> Iterator[None]:
    """Each piece locks the proposal: that is no query in a loop."""
    with zeal_ignore():
        yield


def stored(private: Path) -> set[Path]:
    return {path for path in private.rglob("*") if path.is_file()}


def test_a_lost_answer_to_the_last_piece_gives_no_second_file(
    client: Client, proposal: Proposal, private: Path, django_capture_on_commit_callbacks: Any
) -> None:
    data = samples.pdf()
    before = stored(private)
    url = begun(client, proposal, "plan.pdf", len(data)).json()["url"]
    with django_capture_on_commit_callbacks(execute=True):
        done = piece(client, url, 0, data)

    asked = begun(client, proposal, "plan.pdf", len(data))
    again = piece(client, url, 0, data)
    at_the_end = piece(client, url, len(data), b"")

    assert [answer.json() for answer in (asked, again, at_the_end)] == [done.json()] * 3
    assert Attachment.objects.count() == 1
    assert UploadPart.objects.count() == 0
    assert len(stored(private) - before) == 1, "its pieces are gone"
    assert "plan.pdf" in client.get(address(proposal, "files")).content.decode()


def test_who_finishes_second_gets_what_the_first_made(client: Client, proposal: Proposal) -> None:
    """As two processes would that both saw the file whole: the second gets the lock when the first lets go."""
    data = samples.pdf()
    begun(client, proposal, "plan.pdf", len(data))
    upload, at = Upload.objects.get(), clock.now()
    stale, by = Upload.objects.get(), upload.started_by

    first = actions.append(upload, start=0, data=data, by=by, at=at)

    assert actions._finish(stale, by=by, at=at) == first
    assert Attachment.objects.count() == 1


def test_a_file_taken_out_may_come_again(
    client: Client, proposal: Proposal, django_capture_on_commit_callbacks: Any
) -> None:
    data = samples.pdf()
    for _time in range(2):
        answer = begun(client, proposal, "plan.pdf", len(data))
        assert piece(client, answer.json()["url"], 0, data).status_code == 201
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address(proposal, "remove_file", attachment=Attachment.objects.get().public_id))

    assert not Attachment.objects.exists()


def test_what_arrived_whole_is_not_given_up_nor_counted_twice(
    client: Client, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MAX_FILES", 1)
    data = samples.pdf()
    url = begun(client, proposal, "plan.pdf", len(data)).json()["url"]
    assert piece(client, url, 0, data).status_code == 201, "it takes the room of its own upload"
    upload = Upload.objects.get()

    with pytest.raises(DomainError, match="ha llegado entero"):
        actions.cancel(upload, by=upload.started_by, at=clock.now())

    assert Attachment.objects.count() == 1
    actions.sweep(at=clock.now() + actions.VALID_FOR)
    assert Attachment.objects.count() == 1
    assert not Upload.objects.exists()


def test_a_scanner_that_is_away_costs_nothing_of_what_arrived(
    client: Client, proposal: Proposal, private: Path, clamd: Scanner, django_capture_on_commit_callbacks: Any
) -> None:
    data = samples.pdf()
    url = begun(client, proposal, "plan.pdf", len(data)).json()["url"]
    clamd.says = b""
    with django_capture_on_commit_callbacks(execute=True):
        away = piece(client, url, 0, data)

    assert away.status_code == 422
    assert away.json()["again"] is True
    assert "virus en este momento" in away.json()["message"]
    clamd.says = None
    known = begun(client, proposal, "plan.pdf", len(data)).json()
    assert known["offset"] == len(data)
    assert piece(client, known["url"], known["offset"], b"").status_code == 201
    assert len(clamd.seen) == 2


def test_content_is_checked_before_the_proposal_is_locked(
    proposal: Proposal, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = []
    check, lock = actions.files.check, actions.lock
    monkeypatch.setattr(actions.files, "check", lambda upload: (order.append("check"), check(upload))[1])
    monkeypatch.setattr(actions, "lock", lambda found: (order.append("lock"), lock(found))[1])

    upload = SimpleUploadedFile("plan.pdf", samples.pdf())
    actions.add(proposal, upload, envelope="technical", by=owner_of(proposal.organisation), at=clock.now())

    assert order == ["check", "lock"]


def test_what_fails_after_the_bytes_leaves_none_of_them(
    proposal: Proposal, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_fields: Any) -> None:
        raise RuntimeError

    before = stored(private)
    monkeypatch.setattr(Attachment.objects, "create", fails)
    upload = SimpleUploadedFile("plan.pdf", samples.pdf())

    with pytest.raises(RuntimeError):
        actions.add(proposal, upload, envelope="technical", by=owner_of(proposal.organisation), at=clock.now())

    assert stored(private) == before


def test_handing_in_says_which_file_is_still_on_its_way(client: Client, proposal: Proposal) -> None:
    url = begun(client, proposal, "anexo.pdf", 1_000).json()["url"]
    piece(client, url, 0, bytes(900))
    review = reverse("startups:review", kwargs={"public_id": proposal.public_id})

    page = client.get(review).content.decode()
    declared = {"signatory_name": "Ana Ruiz", "signatory_post": "Administradora", "has_power": "on", "declares": "on"}
    answer = client.post(review, {**declared, "seen": envelopes.mark_of(envelopes.working_copy(proposal))})

    assert "«anexo.pdf»: ha llegado el 90 %" in page
    assert "No será parte de lo que presentes ahora" in page
    assert "«anexo.pdf» aún está llegando (90 %)" in page, "on the check list, too"
    assert answer.status_code == 302
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any("«anexo.pdf» no había llegado entero (90 %)" in text for text in said)


def test_nothing_is_said_where_nothing_comes(client: Client, proposal: Proposal) -> None:
    data = samples.pdf()
    piece(client, begun(client, proposal, "plan.pdf", len(data)).json()["url"], 0, data)

    assert "aún está llegando" not in client.get(address(proposal, "review")).content.decode()


def test_a_file_goes_out_in_constant_memory_through_the_whole_portal(client: Client, proposal: Proposal) -> None:
    at, by, name = clock.now(), owner_of(proposal.organisation), "larga"
    codec = codec_for(proposal, at=at)
    block = bytes(range(256)) * 4096  # 1 MB
    size = 12 * len(block)
    kept = files.store_bytes(
        block * 12, name="m.pdf", content_type="application/pdf", by=by, at=at, codec=codec.for_file("technical", name)
    )
    Attachment.objects.create(
        public_id=name,
        proposal=proposal,
        file=kept,
        name=codec.seal("technical", f"name/{name}", b"m.pdf"),
        added_at=at,
        added_by=by,
    )
    url = reverse("startups:file", kwargs={"public_id": proposal.public_id, "attachment": name})
    list(client.get(url).streaming_content)  # what is loaded once isn't counted

    tracemalloc.start()
    sent = sum(len(piece) for piece in client.get(url).streaming_content)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sent == size
    assert most < size / 4
