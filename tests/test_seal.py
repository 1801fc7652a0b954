"""What an organisation writes reaches nobody outside it before the opening, by whatever way.

Every address is opened as everybody else, with every id of the sealed objects; lists are searched for a marker; mails
are rendered; logs are listened to; the database's dump and the private files are read byte by byte. After the opening
the economic part stays shut until the lock, and who is recused keeps seeing nothing.
"""

import itertools
import logging
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from zeal import zeal_ignore

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.embedded import PostgresServer
from govtech.embedded.postgres import OWNER_ROLE, programs
from govtech.notifications import reminders
from govtech.notifications.mails import message_of
from govtech.notifications.models import Notice, OutgoingEmail
from govtech.shell.registry import feeds
from pilots.feeds.tables import TABLES
from startups.actions import opening as openings
from startups.actions import panel as panels
from startups.models import Attachment, PanelMember, PanelRole, Partner, ProposalComment, Receipt, Upload
from tests import people
from tests.access import ROLES
from tests.sealed import ALLY, MONEY_MARK, NAME, STEM, Sealed, found_in, sealed
from tests.startups import evaluations
from tests.test_access import STATED
from tests.visits import addresses, body
from tests.world import World, undone

OUTSIDERS = [*(role for role in ROLES if role != "participant"), "former", "chair", "left"]
PAGES = [each for each in addresses() if not each.name.startswith("admin:")]
APPS = ("shell", "accounts", "notifications", "audit", "challenges", "startups", "pilots")
# Pages on an organisation itself, for those who register or verify it, and the audit of its registration.
ON_ORGANISATIONS = {"startups:organisation", "startups:verification", "startups:verifications", "audit:list"}
SEARCH = "?" + "&".join(f"{name}={STEM}" for name in ("q", "code", "kind", "field", "search", "text", "status", "page"))


INSTANTS = {"created", "msecs", "relativeCreated"}  # of a record: numbers that may look like an amount


class Listener(logging.Handler):
    """Hears whatever is logged, at any level; keeps what tells too much."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.heard: Counter[str] = Counter()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard[record.name] += 1
        told = {key: value for key, value in record.__dict__.items() if key not in INSTANTS}
        if found_in(line := f"{self.format(record)} {told}"):
            self.leaks.append(line[:300])


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """Listen to all logs while the module runs, SQL included while the proposals are written."""
    handler, root = Listener(), logging.getLogger()
    others = {each: each.level for each in root.handlers}
    for each in others:
        each.setLevel(logging.WARNING)  # they needn't write all this
    loggers = {
        logging.getLogger(name): logging.getLogger(name).level for name in (None, "django", "django.db.backends")
    }
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    for each, level in {**loggers, **others}.items():
        each.setLevel(level)


@pytest.fixture(scope="module")
def secret(listener: Listener, world: World) -> Iterator[Sealed]:
    """The sealed proposals in the world's open challenge and in another."""
    challenge, another = world.challenge, world.draft_proposal.challenge
    for name in ("proposal", "rival_proposal", "question", "invitation"):  # others are at work too
        getattr(world, name)
    chair = people.person("Carmen Presidenta")
    for user, role in ((chair, PanelRole.CHAIR), (world.person("reviewer"), PanelRole.MEMBER)):
        panels.name_member(challenge, user, role=role, by=people.officer(), at=clock.now())
    connection.force_debug_cursor = True
    try:
        made = sealed(challenge, another)
    finally:
        connection.force_debug_cursor = False
    world.add("former", made.former)
    world.add("chair", chair)
    world.add("owner", made.owner)
    for role in ("partner", "invited", "left"):
        world.add(role, getattr(made, role))
    world.add("recused_officer", people.officer())
    world.sign_in_everybody()
    with override_settings(USERSESSIONS_TRACK_ACTIVITY=False):  # a fifth of the time of a crawl
        yield made


def candidates(secret: Sealed, world: World) -> dict[str, list[Any]]:
    """Return what could stand in each part of an address and lead to something sealed.

    In an address of two parts the first is the first of its list: a proposal's for its files, and so on.
    """
    own = [proposal.public_id for proposal in secret.proposals]
    files = Attachment.objects.filter(proposal=secret.submitted).order_by("pk")
    receipts = Receipt.objects.filter(submission__proposal__in=secret.proposals).order_by("-pk")
    return {
        "slug": [world.challenge.slug, secret.draft.challenge.slug],
        "public_id": [*own, secret.organisation.public_id, world.challenge.public_id],
        "attachment": list(files.values_list("public_id", flat=True)),
        "partner": list(Partner.objects.filter(proposal__in=secret.proposals).values_list("public_id", flat=True)),
        "comment": list(
            ProposalComment.objects.filter(proposal__in=secret.proposals).values_list("public_id", flat=True)
        ),
        "upload": list(Upload.objects.filter(proposal__in=secret.proposals).values_list("public_id", flat=True)),
        "file": list(files.values_list("file__public_id", flat=True)),
        "paper": ["x" * 12],
        "proposal": own,
        "clarification": ["x" * 12],
        **{key: ["x" * 12] for key in ("material", "question", "entry")},  # of training: nothing sealed hangs on it
        "kind": ["captions"],  # of a video's tracks
        "language": ["es"],
        "image": ["x" * 12],
        "file_id": list(files.values_list("file__public_id", flat=True)),
        "number": [row.register_number for row in receipts],
        "code": ["RETOS", *(row.code for row in receipts)],
        "member": list(secret.organisation.memberships.values_list("public_id", flat=True)),
        "invitation": [world.invitation.public_id],
        "token": ["x" * 20],
        "year": [2026],
        "quarter": [1],
        "table": list(TABLES),
        "feed": [feed.key for feed in feeds],
        "name": ["20260101-000000"],
        "key": ["problem"],
        "version": ["0"],
        "part": [1],
        "uidb36": ["1"],
        "pk": [1],
    }


class Noun:
    """Stands in for the world: says from which of its objects a statement of access takes a part of an address."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __getattr__(self, name: str) -> "Noun":
        return self if name == "public_id" else Noun(name)


def noun_of(name: str) -> str:
    """Return whose id stands in an address: "organisation", "draft_proposal" and the like; empty where unknown."""
    try:
        found = STATED[name].kwargs(Noun())["public_id"]
    except (LookupError, TypeError, AttributeError):
        return ""
    return found.name if isinstance(found, Noun) else ""


NOUNS = {
    each.name: noun_of(each.name) for each in PAGES if each.name.startswith("startups:") and "public_id" in each.keys
}


def ids_for(name: str, parts: dict[str, list[Any]]) -> list[Any]:
    """Return the ids to try in an address of startups: of its own noun all, of another one."""
    proposals = [each for each in parts["public_id"] if each in parts["proposal"]]
    others = [each for each in parts["public_id"] if each not in parts["proposal"]]
    return [*proposals, *others[:1]] if "proposal" in NOUNS[name] else [*others[:1], *proposals[:1]]


def every_address(parts: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Yield the name and address of every page with what could stand in it; everything sealed in those of startups."""
    for name, pattern, keys in PAGES:
        known = {**parts, "key": ["bad-key"]} if "uidb36" in keys else parts
        if not name.startswith("startups:"):
            known = {**known, "slug": known["slug"][:1], "public_id": [known["public_id"][0], known["public_id"][-1]]}
        elif "public_id" in keys:
            known = {**known, "public_id": ids_for(name, known)}
        lists = [known[key][:1] if key != keys[-1] else known[key] for key in keys]
        if keys == ("slug", "public_id"):
            lists = [known["slug"][:1], known["public_id"][:1]]
        for values in itertools.product(*lists):
            yield name, reverse(name, kwargs={**dict(zip(keys, values, strict=True)), **pattern.default_args})


def readable(response: Any) -> bytes:
    """Return what the answer holds, its headers too (a redirect or a file's name tells as well)."""
    headers = "\n".join(f"{key}: {value}" for key, value in response.headers.items())
    return body(response) + b"\n" + headers.encode()


def crawl(
    world: World,
    roles: list[str],
    parts: dict[str, list[Any]],
    *,
    method: str = "get",
    within: tuple[str, ...] | None = None,
) -> Iterator[Any]:
    """Yield (role, name, address, content, response) of every address, or those `within` apps, as each of the roles."""
    found = [
        (name, address)
        for name, address in dict.fromkeys(every_address(parts))
        if within is None or name.split(":")[0] in within
    ]
    for role in roles:
        for name, address in found:
            with undone(), zeal_ignore():  # what is read matters here, not how often
                response = getattr(world.client(role), method)(address)
                yield role, name, address, readable(response), response


def test_what_an_address_is_about_is_known() -> None:
    found = Counter("proposal" in noun or noun for noun in NOUNS.values())

    assert found[True] > 25
    assert found["organisation"] > 10


def test_every_part_of_an_address_has_candidates(secret: Sealed, world: World) -> None:
    known = candidates(secret, world)

    assert {(each.name, key) for each in PAGES for key in each.keys if key not in known} == set()


def test_its_members_read_it(secret: Sealed, world: World) -> None:
    address = reverse("startups:proposal", kwargs={"public_id": secret.submitted.public_id})

    with undone():
        page = readable(world.client("owner").get(address))

    assert {"zarzamoraTITLE", "zarzamoraSOLUCION", "mandragoraHITO", "zarzamoraNOMBRE"} <= found_in(page)
    assert NAME.encode() in page


def test_a_partner_reads_it(secret: Sealed, world: World) -> None:
    with undone():
        page = readable(world.client("partner").get(secret.submitted.get_absolute_url()))

    assert {"zarzamoraTITLE", "mandragoraHITO", "zarzamoraNOMBRE", "zarzamoraPAPEL"} <= found_in(page)


@pytest.mark.timeout(400)
def test_the_invited_reads_the_invitation_and_nothing_else(secret: Sealed, world: World) -> None:
    seen: dict[str, set[str]] = {}
    names = set()
    for _role, name, _address, content, _response in crawl(world, ["invited"], candidates(secret, world)):
        seen.setdefault(name, set()).update(found_in(content))
        if NAME.encode() in content:
            names.add(name)

    assert {name: marks for name, marks in seen.items() if marks} == {"startups:partner_invitation": {"zarzamoraPAPEL"}}
    assert names == {"startups:partner_invitation"}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_else_finds_it_at_any_address(role: str, secret: Sealed, world: World) -> None:
    leaks, documents, names = {}, set(), set()
    for _role, name, address, content, response in crawl(world, [role], candidates(secret, world)):
        if marks := found_in(content):
            leaks[address] = marks
        if name not in ON_ORGANISATIONS and (NAME.encode() in content or (ALLY.encode() in content and role != "left")):
            names.add(address)
        if response.headers.get("Content-Type") == "application/pdf":
            documents.add(name)

    assert leaks == {}
    assert names == set(), "the organisation is named"
    assert documents <= {
        "challenges:document",
        "challenges:draft_document",
        "pilots:needs_report",
        "pilots:annual_report",
    }


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_else_finds_it_by_searching(role: str, secret: Sealed, world: World) -> None:
    leaks = {}
    lists = [reverse(each.name) for each in PAGES if not each.keys and each.name.split(":")[0] in APPS]
    for address in [*lists, reverse("challenges:detail", kwargs={"slug": world.challenge.slug})]:
        with undone():
            content = readable(world.client(role).get(address + SEARCH))
        if marks := found_in(content):
            leaks[address] = marks

    assert leaks == {}


@pytest.mark.parametrize("role", ["rival", "delegate", "reviewer", "officer", "director", "auditor", "administrator"])
def test_no_form_gives_it_away(role: str, secret: Sealed, world: World) -> None:
    parts = candidates(secret, world)
    parts = {key: values[:1] for key, values in parts.items()}
    parts["public_id"].append(secret.organisation.public_id)

    leaks = {
        address: marks
        for _role, _name, address, content, _response in crawl(world, [role], parts, method="post", within=APPS)
        if (marks := found_in(content))
    }

    assert leaks == {}


def test_the_administration_knows_nothing_of_it(secret: Sealed, world: World) -> None:
    leaks, opened = {}, 0
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        wanted = [reverse(f"{base}_changelist"), reverse(f"{base}_changelist") + f"?q={STEM}", reverse(f"{base}_add")]
        for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)[:3]:
            wanted += [reverse(f"{base}_{what}", args=[pk]) for what in ("change", "history", "delete")]
        for address in wanted:
            with undone(), zeal_ignore():
                response = world.client("administrator").get(address)
            opened += response.status_code == 200
            if marks := found_in(readable(response)):
                leaks[address] = marks

    assert leaks == {}
    assert opened > 20
    assert not {model._meta.label for model in admin.site._registry} & {
        f"startups.{name}" for name in ("Proposal", "ProposalSection", "Attachment", "Submission", "Receipt")
    }


def test_no_mail_or_notice_to_others_tells_it(secret: Sealed, world: World) -> None:
    with undone():
        assert reminders.send_all(at=clock.now()) == 0
        members = {secret.owner.pk, secret.partner.pk}
        mails = OutgoingEmail.objects.exclude(recipient__in=members)
        texts = {}
        for email in mails.order_by("pk"):
            message = message_of(email)
            parts = [message.subject, message.body, *(str(each[0]) for each in message.alternatives)]
            texts[f"{email.kind} to {email.to}"] = " ".join(str(part) for part in parts)
        for notice in Notice.objects.exclude(recipient__in=members):
            texts[f"notice {notice.kind} {notice.pk}"] = f"{notice.params} {notice.address}"

    assert len(texts) > 5
    assert {title for title, text in texts.items() if found_in(text) or NAME in text} == set()


def test_neither_the_audit_nor_the_logs_tell_it(secret: Sealed, listener: Listener) -> None:
    events = {str(row) for row in AuditEvent.objects.values_list()}
    about = {str(row) for row in AuditEvent.objects.exclude(kind__startswith="organisation.").values_list()}

    assert any("proposal.submitted" in event for event in events)
    assert {event for event in events if found_in(event)} == set()
    assert {event for event in about if NAME in event} == set()
    assert listener.heard["django.db.backends"] > 100, "SQL was listened to"
    assert listener.leaks == []


# After the opening ---------------------------------------------------------------------------------


@pytest.fixture
def opened(secret: Sealed, world: World) -> Iterator[evaluations.Panel]:
    """The challenge is opened and admitted, its panel has declared: the reviewer and an officer are recused."""
    challenge, by = world.challenge, people.officer()
    with undone(), clock.travel(evaluations.later(challenge)):
        at = clock.now()
        openings.prepare(challenge, reason="El plazo ha terminado.", by=people.officer(), at=at)
        openings.open_proposals(challenge, by=people.officer(), at=at)
        challenge.refresh_from_db()
        evaluations.admitted(challenge)
        parts = {
            "member": (people.person(), PanelRole.MEMBER),
            "adviser": (world.person("recused_officer"), PanelRole.ADVISER),
            "secretary": (people.officer(), PanelRole.SECRETARY),
        }
        for user, role in parts.values():
            panels.name_member(challenge, user, role=role, by=by, at=at)
        recused = {world.person(role).pk for role in ("reviewer", "recused_officer")}
        for member in (
            PanelMember.objects.filter(challenge=challenge).select_related("user", "challenge").order_by("pk")
        ):
            panels.declare(member, has_conflict=False, text="", by=member.user, at=at)
            for proposal in evaluations.proposals_of(challenge):
                has_conflict = proposal == secret.submitted and member.user_id in recused
                words = "Trabajé allí hasta el año pasado." if has_conflict else ""
                panels.declare_on(member, proposal, has_conflict=has_conflict, reason=words, by=member.user, at=at)
        yield


RECUSED = ["reviewer", "recused_officer"]
STRANGERS = ["left", "visitor", "rival", "former", "delegate", "administrator", *RECUSED]


@pytest.mark.timeout(400)
def test_the_opening_opens_the_technical_part_to_those_who_judge(secret: Sealed, world: World, opened: None) -> None:
    parts = candidates(secret, world)
    parts["slug"], parts["public_id"] = parts["slug"][:1], [secret.submitted.public_id, secret.organisation.public_id]
    seen: dict[str, set[str]] = {}
    economic, names = {}, set()

    roles = [*STRANGERS, "officer", "director", "auditor", "chair"]
    for role, name, address, content, _response in crawl(world, roles, parts, within=APPS):
        seen.setdefault(role, set()).update(found_in(content))
        if marks := found_in(content, mark=MONEY_MARK):
            economic[role, address] = marks
        if role in STRANGERS and NAME.encode() in content and name not in ON_ORGANISATIONS:
            names.add((role, name))

    assert economic == {}, "the price is open before the lock"
    assert {role for role, marks in seen.items() if marks} == {"officer", "director", "auditor", "chair"}
    assert seen["officer"] >= {f"{STEM}TITLE", f"{STEM}SOLUCION", f"{STEM}RISKS", f"{STEM}FIRMA", f"{STEM}CUERPO"}
    assert names <= {(role, "startups:declare") for role in RECUSED}, "the organisation is named"


# What is stored ------------------------------------------------------------------------------------


HEX = re.compile(rb"[0-9a-f]{16,}")


def dump(database: PostgresServer, output: str) -> bytes:
    """Return the whole database as text, binary columns in the given form."""
    command = [programs(copy=False) / "pg_dump", "-h", database.sockets, "-U", OWNER_ROLE]
    command += [connection.settings_dict["NAME"]]
    environment = {**os.environ, "PGOPTIONS": f"-c bytea_output={output}"}
    return subprocess.run([str(part) for part in command], env=environment, capture_output=True, check=True).stdout


def unescaped(text: bytes) -> bytes:
    """Return text of a copy with its octal escapes and doubled backslashes as the bytes they stand for."""
    found = re.compile(rb"\\\\(?:\\\\|([0-3][0-7]{2}))")
    return found.sub(lambda each: bytes([int(each[1], 8)]) if each[1] else b"\\", text)


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_database_and_files_before_the_opening_holds_none_of_it(
    postgres: PostgresServer, settings: Any, tmp_path: Path
) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    world = World()
    made = sealed(world.challenge, world.draft_proposal.challenge)

    hexadecimal, escaped = dump(postgres, "hex"), dump(postgres, "escape")
    binary = b"\n".join(bytes.fromhex(run[: len(run) // 2 * 2].decode()) for run in HEX.findall(hexadecimal))
    stored = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert NAME.encode() in hexadecimal
    assert made.submitted.public_id.encode() in escaped
    technical = bytes(made.submitted.submissions.get(superseded_by=None).technical_blob)
    assert technical in binary, "binary columns are read"
    assert technical in unescaped(escaped), "also in the other form"
    assert any(data.startswith(b"%PDF") for data in stored.values()), "what is public lies open"
    assert found_in(hexadecimal, escaped, binary, unescaped(escaped)) == set()
    assert {str(path) for path, data in stored.items() if found_in(data, str(path))} == set()
    assert found_in("zarzamoraTITLE mandragoraHITO 11.317,19") == {"zarzamoraTITLE", "mandragoraHITO", "11.317,19"}
