"""Keys of the seal: rotated, lost and brought back, wrapped by a service beside the environment. Always by commands."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.urls import reverse
from django.utils import translation

from govtech import clock
from govtech.errors import DomainError
from govtech.shell.templatetags.components import when
from startups.actions import envelope as envelopes
from startups.actions import keys, wrapping
from startups.actions import opening as openings
from startups.calculations import sealing
from startups.models import EnvelopeKey, Receipt, Submission
from tests import people
from tests.startups.calls import open_call, own_draft
from tests.startups.evaluations import later, opened, opening_of, with_proposals
from tests.startups.factories import organisation, owner_of, submitted_proposal

pytestmark = pytest.mark.django_db
PRIVATE = rsa.generate_private_key(65537, 2048)


def said(command: str, *arguments: Any) -> str:
    """Run a command and return what it says."""
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def is_whole() -> bool:
    """Say whether everything that was handed in opens and matches."""
    return all(envelopes.verify(each) == "" for each in Submission.objects.select_related("proposal"))


@pytest.fixture
def challenge() -> Any:
    """A challenge with a proposal handed in."""
    return with_proposals(["9000.00"])


@pytest.fixture
def recovery(tmp_path: Path, settings: Any) -> Path:
    """Set a recovery key; return the file of its private half."""
    public, private = tmp_path / "public.pem", tmp_path / "private.pem"
    formats = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(PRIVATE.public_key().public_bytes(*formats))
    private.write_bytes(
        PRIVATE.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    settings.SEALING_RECOVERY_KEY = str(public)
    return private


# Rotation -------------------------------------------------------------------------------------------


def test_rotation_step_by_step_as_the_handbook_says(challenge, settings):
    old, new = settings.SEALING_KEYS[0], sealing.new_key()
    blob = bytes(Submission.objects.get().technical_blob)

    settings.SEALING_KEYS = [new, old]
    assert f"{keys.key_id(old)}: opens; 2 keys, 2 of calls not opened yet" in said("check_sealing_keys")
    assert "2 keys" in said("rotate_sealing_keys")
    listed = said("check_sealing_keys")
    assert keys.key_id(old) not in listed, "nothing needs the old one"
    assert f"{keys.key_id(new)}: opens, wraps new keys; 2 keys" in listed
    settings.SEALING_KEYS = [new]

    assert is_whole()
    assert bytes(Submission.objects.get().technical_blob) == blob, "nothing sealed was touched"


def test_a_rotation_that_fails_changes_nothing(challenge, settings):
    old = settings.SEALING_KEYS[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE startups_envelopekey SET wrapped = '\\x00' WHERE envelope = 'economic'")
    settings.SEALING_KEYS = [sealing.new_key(), old]

    with pytest.raises(sealing.BrokenSealError):
        keys.rotate(at=clock.now())

    assert set(EnvelopeKey.objects.values_list("wrapped_with", flat=True)) == {keys.key_id(old)}


# Loss -----------------------------------------------------------------------------------------------


def test_a_lost_wrapping_key_is_told_and_brought_back_with_the_recovery_key(challenge, settings, recovery):
    said("rotate_sealing_keys")  # also after the recovery key was set late
    settings.SEALING_KEYS = [sealing.new_key()]  # the old one is gone

    assert not is_whole()
    with pytest.raises(CommandError, match="can't be opened"):
        said("check_sealing_keys")
    assert "2 keys came back" in said("recover_sealing_keys", recovery)
    assert is_whole()
    assert "2 with a way back" in said("check_sealing_keys")


def test_new_keys_have_a_way_back_at_once(settings, recovery):
    with_proposals(["9000.00"])
    settings.SEALING_KEYS = [sealing.new_key()]

    said("recover_sealing_keys", recovery)

    assert is_whole()


def test_without_a_way_back_the_loss_is_said_and_stops_each_proposal(challenge, settings, tmp_path):
    settings.SEALING_KEYS = [sealing.new_key()]
    private = tmp_path / "other.pem"
    private.write_bytes(
        PRIVATE.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        )
    )

    with pytest.raises(CommandError, match="can't be read"):
        said("recover_sealing_keys", private)
    assert keys.recover(PRIVATE, at=clock.now()) == (0, 2, 0)
    entry = opening_of(opened(challenge)).record[0]
    assert (entry["matches"], entry["problem"], entry["computed_hash"]) == (False, "key", "")
    assert Submission.objects.get().proposal.opened_at is None


# A key service --------------------------------------------------------------------------------------


class Transit(BaseHTTPRequestHandler):
    """What Vault's transit engine answers to encrypt and decrypt, with one key of its own, in versions."""

    versions = {"v1": AESGCM.generate_key(256)}
    asked: list[str] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        what = self.path.split("/")[3]
        self.asked.append(what)
        bound = base64.b64decode(body["associated_data"])
        try:
            if self.headers["X-Vault-Token"] != "a-token":
                raise PermissionError
            data = self._encrypt(body, bound) if what == "encrypt" else self._decrypt(body, bound)
            status, answer = 200, {"data": data}
        except (PermissionError, InvalidTag):
            status, answer = 403, {"errors": ["permission denied"]}
        except (KeyError, ValueError):
            status, answer = 400, {"errors": ["encryption key not found"]}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _encrypt(self, body: dict[str, str], bound: bytes) -> dict[str, str]:
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(self.versions[max(self.versions)]).encrypt(
            nonce, base64.b64decode(body["plaintext"]), bound
        )
        return {"ciphertext": f"vault:{max(self.versions)}:" + base64.b64encode(sealed).decode()}

    def _decrypt(self, body: dict[str, str], bound: bytes) -> dict[str, str]:
        _vault, version, text = body["ciphertext"].split(":")
        sealed = base64.b64decode(text)
        plain = AESGCM(self.versions[version]).decrypt(sealed[:12], sealed[12:], bound)
        return {"plaintext": base64.b64encode(plain).decode()}

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service(settings: Any) -> Iterator[ThreadingHTTPServer]:
    """A key service on this machine, and the portal set to use it."""
    Transit.asked.clear()
    Transit.versions = {"v1": AESGCM.generate_key(256)}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Transit)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.SEALING_SERVICE_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.SEALING_SERVICE_TOKEN, settings.SEALING_SERVICE_TIMEOUT = "a-token", 5
    wrapping.SERVICE.forget()
    yield server
    server.shutdown()
    server.server_close()
    wrapping.SERVICE.forget()


def test_the_service_wraps_and_opens_and_the_environment_alone_does_not(service, settings):
    with_proposals(["9000.00"])

    assert set(EnvelopeKey.objects.values_list("wrapped_with", flat=True)) == {"service:portal:v1"}
    assert Transit.asked.count("encrypt") == 2
    assert is_whole()
    assert Transit.asked.count("decrypt") == 2, "what it opened is kept for a minute"
    settings.SEALING_SERVICE_URL = ""
    with pytest.raises(wrapping.SealingKeyMissingError):
        keys.codec_of(Submission.objects.get().proposal)


def test_keys_move_to_the_service_and_back_by_rotation(challenge, service, settings):
    assert is_whole(), "those of the environment still open"
    assert "2 keys" in said("rotate_sealing_keys")
    assert "service:portal:v1: opens, wraps new keys; 2 keys" in said("check_sealing_keys")
    assert is_whole()

    address, settings.SEALING_SERVICE_URL = settings.SEALING_SERVICE_URL, ""
    with pytest.raises(wrapping.SealingKeyMissingError):
        keys.rotate(at=clock.now())
    settings.SEALING_SERVICE_URL = address
    assert is_whole()


def test_a_key_moved_to_another_challenge_is_refused_by_the_service(service):
    with_proposals(["9000.00"])
    row = EnvelopeKey.objects.first()

    with pytest.raises(wrapping.KeyServiceError, match="403"):
        wrapping.unwrap(bytes(row.wrapped), name=row.wrapped_with, context="envelope key/0/technical")


def test_a_new_version_of_the_services_key_wraps_anew_and_the_old_one_may_go(service):
    with_proposals(["9000.00"])
    Transit.versions = {**Transit.versions, "v2": AESGCM.generate_key(256)}

    listed = said("check_sealing_keys")
    assert "service:portal:v1: opens; 2 keys" in listed, "the old one is still needed"
    assert "2 keys" in said("rotate_sealing_keys")
    assert "service:portal:v2: opens, wraps new keys; 2 keys" in said("check_sealing_keys")
    assert "0 keys" in said("rotate_sealing_keys")
    del Transit.versions["v1"]
    wrapping.SERVICE.forget()

    assert is_whole()


def test_a_lost_service_is_named_and_what_it_held_comes_back(service, recovery, settings):
    with_proposals(["9000.00"])
    Transit.versions = {"v2": AESGCM.generate_key(256)}
    wrapping.SERVICE.forget()
    out = StringIO()

    with pytest.raises(CommandError, match="can't be opened"):
        call_command("check_sealing_keys", stdout=out, stderr=StringIO())
    assert "service:portal:v1: DOESN'T OPEN (the key service" in out.getvalue()
    assert keys.recover(PRIVATE, at=clock.now()) == (0, 0, 2)
    assert "2 keys came back" in said("recover_sealing_keys", recovery, "--service-is-lost")

    assert is_whole()


def test_a_spoilt_key_keeps_no_other_from_coming_back(challenge, recovery, settings):
    said("rotate_sealing_keys")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE startups_envelopekey SET wrapped = '\\x00'")
        cursor.execute("UPDATE startups_envelopekey SET recovery = '\\x00' WHERE envelope = 'economic'")
    with pytest.raises(CommandError):
        said("check_sealing_keys")

    assert keys.recover(PRIVATE, at=clock.now()) == (1, 1, 0)


def test_whoever_hands_in_without_the_service_reads_what_happened(service, client):
    proposal = own_draft()
    client.force_login(owner_of(proposal.organisation))
    service.shutdown()
    service.server_close()
    wrapping.SERVICE.forget()

    said = {"es": "Ahora mismo no se pueden leer ni guardar", "en": "be read or kept just now"}
    for language, words in said.items():
        with translation.override(language):
            answer = client.get(reverse("startups:price", kwargs={"public_id": proposal.public_id}))
        assert answer.status_code == 503
        assert words in answer.content.decode()
        assert "39/2015" in answer.content.decode()
        assert answer["Retry-After"]


@pytest.mark.parametrize("loss", ["key", "damage"])
def test_what_cant_be_read_any_more_is_said_and_its_receipt_stays_in_sight(client, loss):
    proposal = submitted_proposal(open_call(), organisation())
    receipt = Receipt.objects.get()
    if loss == "key":
        EnvelopeKey.objects.update(wrapped_with="lost")
    else:
        proposal.sections.update(body=b"\x01" + bytes(60))
    client.force_login(owner_of(proposal.organisation))
    where = {"public_id": proposal.public_id}

    page = client.get(proposal.get_absolute_url())
    assert page.status_code == 200
    assert "No se puede leer lo que dice" in page.content.decode()
    assert receipt.register_number in page.content.decode()
    assert when(receipt.received_at) in page.content.decode()
    for name in ("receipt", "receipt_pdf", "receipt_json"):
        answer = client.get(reverse(f"startups:{name}", kwargs={**where, "number": receipt.register_number}))
        assert answer.status_code == 200
    draft = client.get(reverse("startups:price", kwargs=where))
    assert draft.status_code == 503
    assert "Volver a intentarlo no servirá" in draft.content.decode()
    assert client.get(reverse("startups:proposals")).status_code == 200


@pytest.mark.parametrize("trouble", ["down", "token"])
def test_without_the_service_nothing_is_opened_and_nothing_is_called_altered(service, settings, trouble):
    challenge = with_proposals(["9000.00"])
    wrapping.SERVICE.forget()
    if trouble == "down":
        service.shutdown()
        service.server_close()
    else:
        settings.SEALING_SERVICE_TOKEN = "another"

    with clock.travel(later(challenge)):
        openings.prepare(challenge, reason="El plazo ha terminado.", by=people.officer(), at=clock.now())
        with pytest.raises(DomainError):
            openings.open_proposals(challenge, by=people.officer(), at=clock.now())
    challenge.refresh_from_db()
    assert challenge.status == "published"
    with pytest.raises(wrapping.KeyServiceError):
        keys.codec_of(Submission.objects.get().proposal)


def test_the_token_is_read_anew_from_the_file_that_an_agent_renews(settings, tmp_path):
    settings.SEALING_SERVICE_TOKEN_FILE = str(tmp_path / "token")
    for token in ("one", "two"):
        (tmp_path / "token").write_text(f"{token}\n")
        assert wrapping.service_token() == token
