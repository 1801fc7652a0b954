"""The tables of docs/who-sees-what.md are true: role by phase by proposal, over pages, files, exports and mails."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from govtech import clock
from govtech.notifications.models import Notice, OutgoingEmail
from pilots.models import Award, Letter
from tests.phases import ORGANISATIONS, PHASES, PRICES, SHOWN, TITLES, Call
from tests.pilots import awards
from tests.startups import evaluations
from tests.visits import body

pytestmark = pytest.mark.django_db

DOC = Path(__file__).parent.parent / "docs" / "who-sees-what.md"
LETTERS = "ABCD"
MOMENTS = {"sealed": 0, "opened": 1, "scoring": 3, "consensus": 4, "locked": 5}  # hours, see tests.phases
DAYS = {"proposed": 2, "released": 3, "running": 4}
PUBLIC_SINCE = ("released", "running")
PUBLIC = "ABC"  # in the ranking of the resolution, whose call publishes identities
TOO_EARLY = ("sealed", "opened", "scoring", "consensus")  # no price is open

Table = dict[str, list[str]]


@cache
def tables() -> dict[str, Table]:
    """Return what the document states: by table, role and phase."""
    found: dict[str, Table] = {}
    for block in re.split(r"^### ", DOC.read_text(), flags=re.M)[1:]:
        name = block.splitlines()[0].strip()
        rows = block.split("```text\n")[1].split("```")[0].splitlines()
        assert rows[0].split() == list(PHASES)
        for row in rows[1:]:
            roles, cells = re.split(r"\s{2,}", row.strip(), maxsplit=1)
            for role in roles.split(", "):
                found.setdefault(name, {})[role] = cells.split()
    return found


def stated(phase: str) -> dict[str, dict[str, str]]:
    """Return what the document states of a phase, by table and role."""
    place = list(PHASES).index(phase)
    return {name: {role: cells[place] for role, cells in table.items()} for name, table in tables().items()}


def moment(call: Call, phase: str) -> datetime:
    """Return an instant of the phase, after everything that `tests.phases` did."""
    if phase in DAYS:
        return awards.WORKING + timedelta(days=DAYS[phase], hours=1)
    with clock.travel(awards.SPRING):
        at = evaluations.later(call.challenge, MOMENTS[phase])
    return at if phase != "sealed" else call.challenge.opens_at + timedelta(hours=2)


# Where each proposal is looked for -------------------------------------------------------------------------


def of_proposal(call: Call, letter: str, phase: str) -> Iterator[tuple[str, str]]:
    """Yield the tables of one proposal's own pages and files, with their addresses."""
    proposal = call.proposals[letter]
    key = {"public_id": proposal.public_id}
    yield "Its page", reverse("startups:proposal", kwargs=key)
    file = key | {"attachment": call.files(letter)["economic"].public_id}
    yield "Its economic file", reverse("startups:file", kwargs=file)
    yield "Its score sheet", reverse("startups:score", kwargs=key)
    if phase == "proposed":
        draft = {"slug": call.challenge.slug, "proposal": proposal.public_id}
        yield "Its letter before the release", reverse("pilots:letter_draft", kwargs=draft)
    for letter_sent in Letter.objects.filter(proposal=proposal):
        yield "Its letter", reverse("pilots:letter", kwargs={"public_id": letter_sent.public_id})
    for award in Award.objects.filter(proposal=proposal):
        yield "Its award and papers", reverse("pilots:my_award", kwargs={"public_id": award.public_id})


def of_call(call: Call) -> Iterator[tuple[str, str]]:
    """Yield the tables of what is about the whole call, with their addresses."""
    slug = {"slug": call.challenge.slug}
    yield "The call, for everybody", reverse("challenges:detail", kwargs=slug)
    yield "Consensus", reverse("startups:consensus", kwargs=slug)
    yield "Lock", reverse("startups:lock", kwargs=slug)
    yield "Ranking", reverse("startups:ranking", kwargs=slug)
    yield "Evaluation report (PDF)", reverse("startups:evaluation_report", kwargs=slug)
    yield "Award", reverse("pilots:award", kwargs=slug)
    yield "Resolution", reverse("pilots:resolution", kwargs=slug)
    yield "Case file (ZIP)", reverse("pilots:case_file_zip", kwargs=slug)
    yield "Minor contracts (CSV)", reverse("pilots:minor_contracts_csv", kwargs={"year": 2026, "quarter": 2})
    yield "Data about oneself (download)", reverse("accounts:download")


POSTED = ("Case file (ZIP)", "Data about oneself (download)")


# What an answer says ---------------------------------------------------------------------------------------


def names(call: Call, text: str) -> str:
    """Return the proposals that a text names: by organisation, title or price, or by their address."""
    return "".join(letter if any(mark in text for mark in marks(call, letter)) else "." for letter in LETTERS)


def marks(call: Call, letter: str) -> list[str]:
    """Return what stands for a proposal and for no other."""
    return [ORGANISATIONS[letter], TITLES[letter], SHOWN[letter], PRICES[letter], call.proposals[letter].public_id]


def text_of(response: HttpResponse) -> str:
    """Return the words of an answer; of a zip those of its documents that can be read."""
    data = body(response)
    if not data.startswith(b"PK"):
        return unescape(data.decode(errors="ignore"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(
            [*archive.namelist(), *(archive.read(name).decode(errors="ignore") for name in archive.namelist())]
        )


def of_whole(call: Call, response: HttpResponse) -> str:
    """Return the cell of an answer about the whole call."""
    refused = {302: ">>>>", 403: "xxxx", 404: "----"}
    if response.status_code != 200:
        return refused.get(response.status_code, str(response.status_code))
    if response["Content-Type"] == "application/pdf":
        return "pdf" if body(response).startswith(b"%PDF") else "broken"
    return names(call, text_of(response))


def of_one(call: Call, name: str, letter: str, response: HttpResponse, may_see: str) -> str:
    """Return the cell of an answer about one proposal. A page that names another one than `may_see` says so."""
    refused = {302: ">", 403: "x", 404: "-"}
    if response.status_code != 200:
        return refused.get(response.status_code, str(response.status_code))
    if name == "Its economic file":
        return letter if body(response).startswith(b"%PDF") else "broken"
    named = names(call, text_of(response))
    others = {each for each in named if each not in f".{letter}{may_see}"}
    return (letter if letter in named else ".") + "".join(f"!{each}" for each in sorted(others))


def told(user: Any) -> str:
    """Return everything that was written to a person: notices and mails."""
    rows = [f"{each.params} {each.address}" for each in Notice.objects.filter(recipient=user)]
    mails = OutgoingEmail.objects.filter(recipient=user)
    return "\n".join([*rows, *(f"{each.subject} {each.body_text} {each.body_html}" for each in mails)])


def seen(call: Call, phase: str) -> dict[str, dict[str, str]]:
    """Return who sees what now: by table and role."""
    found: dict[str, dict[str, str]] = {}
    own = {letter: list(of_proposal(call, letter, phase)) for letter in LETTERS}
    whole = list(of_call(call))
    names_of_own = dict.fromkeys(name for pages in own.values() for name, _ in pages)
    for role in stated(phase)["Its page"]:
        client, user = Client(), call.people.get(role)
        if user is not None:
            client.force_login(user)
        may_see = (PUBLIC if phase in PUBLIC_SINCE else "") + stated(phase)["Its page"][role]
        for name in names_of_own:
            cells = [
                of_one(call, name, letter, client.get(address), may_see)
                for letter in LETTERS
                for given, address in own[letter]
                if given == name
            ]
            found.setdefault(name, {})[role] = "".join(cells)
        for name, address in whole:
            response = client.post(address) if name in POSTED else client.get(address)
            found.setdefault(name, {})[role] = of_whole(call, response)
        if user is not None:
            found.setdefault("Notices and mails", {})[role] = names(call, told(user))
    return found


@pytest.fixture(autouse=True)
def plain_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse in a word: what the pages of errors say is tested elsewhere, and there are thousands here."""
    for code in (403, 404):
        monkeypatch.setattr(f"govtech.urls.handler{code}", lambda *_, code=code, **__: HttpResponse(status=code))


@pytest.mark.timeout(600)  # some three hundred pages a phase
@pytest.mark.parametrize("phase", PHASES)
def test_everybody_sees_what_the_document_says_and_nothing_else(phase: str) -> None:
    call = PHASES[phase]()
    with clock.travel(moment(call, phase)), zeal_ignore():  # what is read matters here, not how often
        found = seen(call, phase)

    there = {
        name: {role: cell for role, cell in rows.items() if cell != "none"} for name, rows in stated(phase).items()
    }
    assert found == {name: rows for name, rows in there.items() if rows}


def test_the_document_states_every_role_in_every_phase() -> None:
    everybody = {
        *("participant", "other participant", "reviewer", "recused", "chair", "secretary", "officer"),
        *("interested officer", "director", "auditor", "delegate", "visitor"),
    }
    for name, table in tables().items():
        assert set(table) | ({"visitor"} if name == "Notices and mails" else set()) == everybody, name
        assert {len(cells) for cells in table.values()} == {len(PHASES)}, name
