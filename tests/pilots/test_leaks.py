"""Markers in every column of every table that isn't meant for everybody: none comes out of anything public.

Rows that everybody sees keep the columns named in `PUBLIC`; every other text of theirs is a marker, and so is every
text of every row that isn't public: drafts, what is scheduled, proposals, people, reviews, papers. What is sealed has
markers of its own (`tests.sealed`). Then everything that is published as data is taken, and every page that a visitor
can click to is opened.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from zeal import zeal_ignore

from challenges.actions import question as questions
from challenges.models import Challenge, ChallengeDocument, Correction
from govtech import clock
from govtech.shell.registry import feeds
from pilots.feeds.tables import TABLES
from pilots.filters import released
from pilots.models import Award, BudgetYear, Resolution
from startups.models import Organisation, PanelMember
from tests import people
from tests.challenges import factories
from tests.pilots import awards, calls
from tests.sealed import found_in, sealed
from tests.visits import body
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

SIGN = "zqx"
MARK = re.compile(rb"(zqx[0-9]{3})(?:-([0-9]+))?")
APPS = ("accounts", "audit", "files", "notifications", "programme", "challenges", "startups", "pilots")
ANYBODY = AnonymousUser()
# Codes, numbers, hashes, and what must be empty in these rows: the database takes no other words in them.
CODES = {
    "files.StoredFile.sha256", "notifications.OutgoingEmail.language", "startups.Organisation.country",
    "startups.Organisation.earlier_size", "startups.Organisation.size", "startups.JoinRequest.country",
    "pilots.InitiativePartner.country", "challenges.SavedSearch.mail_before", "startups.Recusation.decision",
}  # fmt: skip
# What pages show besides and data don't: who judges and who signs, by name and post (LCSP art. 63), logos, why a
# published answer was taken away, initiatives, the programme's own contents. Whoever makes a public page that shows
# more says so here.
ON_PAGES = (
    "accounts.User.full_name", "accounts.User.post", "startups.PanelMember.post", "files.StoredFile.public_id",
    "pilots.Initiative", "programme.", "challenges.Question.moved_out_reason",
    "pilots.Charter.scope", "pilots.Charter.users", "pilots.Charter.place", "pilots.Charter.data",
    "pilots.Charter.risks", "pilots.Charter.exit_plan",
)  # fmt: skip
# Columns that everybody may read of a row that everybody may know of.
PUBLIC_WORDS = {
    "challenges.Challenge": "public_id reference slug title title_en summary summary_en problem problem_en affected "
    "affected_en tried tried_en outcome outcome_en baseline baseline_en target target_en place place_en systems "
    "systems_en data_available data_available_en legal_limits legal_limits_en contribution contribution_en adoption "
    "adoption_en ip_clause data_clause subcontracting_clause case_file buyer_profile_url ended_reason",
    "challenges.Criterion": "name name_en guidance guidance_en anchors anchors_en",
    "challenges.ChallengeDocument": "title",
    "challenges.Correction": "field old_text new_text reason",
    "challenges.Question": "public_id text answer",
    "challenges.PlannedChallenge": "public_id title title_en summary summary_en dropped_reason",
    "startups.Organisation": "public_id name tax_id country capabilities description website",
    "files.StoredFile": "public_id name content_type sha256 path",
    "pilots.Resolution": "public_id reason",
    "pilots.Award": "public_id reason",
    "pilots.Pilot": "public_id reference slug title title_en summary summary_en hypothesis hypothesis_en ended_reason "
    "decision_reason decision_reason_en lessons next_step",
    "pilots.Milestone": "title",
    "pilots.Indicator": "name name_en unit source",
    "pilots.BudgetLine": "code name name_en application",
    "pilots.Expenditure": "title",
    "pilots.Commitment": "supplier_name supplier_tax_id",
    "pilots.LedgerEntry": "document_no",
}
PUBLIC = {label: set(names.split()) for label, names in PUBLIC_WORDS.items()}


def plantable() -> Iterator[tuple[type[models.Model], Any]]:
    """Yield every column that holds words."""
    for app in APPS:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            for column in model._meta.concrete_fields:
                words = isinstance(column, (models.CharField, models.TextField, models.JSONField))
                if words and not column.choices and not column.primary_key and not getattr(column, "generated", False):
                    yield model, column


def hidden_rows(model: Any, column: str) -> Any:
    """Return the rows of a model of which not everybody may know this column."""
    rows = model._default_manager.all()
    shown = SHOWN.get(f"{model._meta.label}.{column}") or SHOWN.get(model._meta.label)
    if shown is not None:
        return rows.exclude(pk__in=[row.pk for row in shown()])
    if hasattr(rows, "visible_to"):
        return rows.exclude(pk__in=list(rows.visible_to(ANYBODY).values_list("pk", flat=True)))
    return rows.none()


def named() -> Any:
    """Return the organisations that are public: listed, or winners, or named by an open procedure."""
    found = list(Organisation.objects.listed())
    for row in released.challenges(released.public_challenges()):
        found += row.tenderers
        found += [award.proposal.organisation for award in (row.resolved.announced if row.resolved else [])]
    return found


def downloadable() -> Any:
    """Return the files that everybody may download: documents of calls, replaced ones too, and resolutions."""
    public = Challenge.objects.visible_to(ANYBODY)
    found = [row.file for row in ChallengeDocument.objects.filter(challenge__in=public).select_related("file")]
    for row in Correction.objects.filter(challenge__in=public).select_related("old_file", "new_file"):
        found += [each for each in (row.old_file, row.new_file) if each]
    rows = Resolution.objects.visible_to(ANYBODY).select_related("document")
    return found + [row.document for row in rows if row.document]


SHOWN: dict[str, Any] = {
    "pilots.Award": Award.objects.announced,
    "startups.Organisation": named,
    **{
        f"startups.Organisation.{name}": Organisation.objects.listed
        for name in ("capabilities", "description", "website")
    },
    "files.StoredFile": downloadable,
}


def marked(value: Any, mark: str) -> Any:
    """Return JSON with the marker behind every word in it."""
    if isinstance(value, dict):
        return {key: marked(each, mark) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each, mark) for each in value]
    return f"{value} {mark}" if isinstance(value, str) else value


def plant() -> tuple[dict[str, str], list[str]]:
    """Plant the markers; return which column each names, and the columns that took none."""
    found, refused = {}, []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for number, (model, column) in enumerate(plantable()):
            name = f"{model._meta.label}.{column.name}"
            mark = f"{SIGN}{number:03d}"
            rows = model._default_manager.all()
            if column.name in PUBLIC.get(model._meta.label, set()):
                rows = hidden_rows(model, column.name)
            if not rows.exists() or _planted(rows, column, mark):
                found[mark] = name
            else:
                refused.append(name)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return found, refused


def _planted(rows: Any, column: Any, mark: str) -> bool:
    """Put the marker into a column of rows, as many as it takes; say whether one took it."""
    taken = 0
    if isinstance(column, models.JSONField):
        for row in rows:
            value = marked(getattr(row, column.attname), mark)
            with transaction.atomic():
                models.QuerySet(type(row)).filter(pk=row.pk).update(**{column.attname: value})
            taken += 1
        return taken > 0
    for row in rows:
        for text in (f"{mark}-{row.pk}", mark):
            if column.max_length and len(text) > column.max_length:
                continue
            try:
                with transaction.atomic():
                    models.QuerySet(type(row)).filter(pk=row.pk).update(**{column.attname: text})
            except DatabaseError:
                continue
            taken += 1
            break
    return taken > 0


@pytest.fixture
def planted() -> tuple[dict[str, str], list[str]]:
    """Everything there is to hide, and to show: one of each thing in the world, and every way a call can go."""
    world = World()
    for name, made in vars(World).items():
        if isinstance(made, cached_property):
            getattr(world, name)
    for way in (calls.decided, calls.corrected, calls.refused, calls.awarded_openly, calls.cancelled):
        way()
    calls.ended("void")()
    awards.prepared(awards.ranked(("11000.00", "13000.00")))
    factories.published_challenge(publish_at=clock.now() + timedelta(minutes=5))
    sealed(world.challenge, world.draft_proposal.challenge)
    _questions(world.challenge)
    return plant()


def _questions(challenge: Challenge) -> None:
    """Ask what is answered in a draft, and what turns out to be a private matter."""
    by, officer = people.delegate(challenge.department), people.officer()
    drafted, private = (questions.ask(challenge, text=f"¿{each}?", by=people.person()) for each in ("Uno", "Dos"))
    questions.save_draft(drafted, text="Aún no.", by=by, at=clock.now())
    questions.answer(private, text="Solo para quien pregunta.", by=by, at=clock.now())
    questions.move_out(private, reason="Es un asunto propio.", by=officer, at=clock.now())


def outputs() -> Iterator[str]:
    """Yield the address of everything that is published as data, in both languages."""
    slugs = list(Challenge.objects.visible_to(ANYBODY).values_list("slug", flat=True))
    years = list(BudgetYear.objects.visible_to(ANYBODY).values_list("year", flat=True))
    for language in ("es", "en"):
        with translation.override(language):
            yield from map(reverse, (
                "pilots:open_data", "pilots:ocds_all_releases", "pilots:ocds_all_records", "pilots:catalogue_jsonld",
                "pilots:catalogue_rdf", "pilots:api_description", "challenges:json", "challenges:fragment",
                "challenges:embed", "challenges:feed", "challenges:calendar_feed", "startups:data_csv",
                "startups:data_json", "startups:chain_heads", "startups:chain_feed", "shell:sitemap",
            ))  # fmt: skip
            for table in TABLES:
                for form in ("csv", "xlsx", "columns"):
                    yield reverse(f"pilots:data_{form}", kwargs={"table": table})
                yield reverse("pilots:api_rows", kwargs={"table": table}) + "?limit=200"
            for feed in feeds:
                for form in ("atom", "json", "html"):
                    yield reverse(f"pilots:feed_{form}", kwargs={"feed": feed.key})
            for slug in slugs:
                yield reverse("pilots:ocds_releases", kwargs={"slug": slug})
                yield reverse("pilots:ocds_record", kwargs={"slug": slug})
                yield reverse("challenges:deadline", kwargs={"slug": slug})
            for year in years:
                for name in ("entries", "balances", "payments"):
                    yield reverse(f"pilots:budget_{name}", kwargs={"year": year})


def content(address: str) -> bytes:
    """Return what a visitor gets, spreadsheets unpacked, headers included; nothing of what isn't there."""
    answer = Client().get(address)
    found = body(answer)
    if address.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(found)) as archive:
            found = b"".join(archive.read(name) for name in archive.namelist())
    return found + json.dumps(dict(answer.headers)).encode()


def leaks(addresses: Any, names: dict[str, str]) -> dict[str, str]:
    """Return the columns whose marker was found, with the row and the first address that shows it."""
    found: dict[str, str] = {}
    for address in addresses:
        text = content(address)
        for mark, key in set(MARK.findall(text)):
            found.setdefault(f"{names[mark.decode()]} {key.decode()}".strip(), address)
        for mark in found_in(text):
            found.setdefault(f"sealed {mark}", address)
    return found


def clicked(most: int = 400) -> Iterator[str]:
    """Yield the addresses that a visitor can click to, beginning at the home page."""
    todo, seen = ["/", reverse("pilots:open_data"), reverse("challenges:list")], set()
    while todo and len(seen) < most:
        address = todo.pop(0)
        if address in seen:
            continue
        seen.add(address)
        yield address
        answer = Client().get(address)
        if "text/html" in answer.headers.get("Content-Type", "") and answer.status_code == 200 and not answer.streaming:
            for link in re.findall(rb'href="(/[^"#]*)', answer.content):
                path = unescape(link.decode())
                if not path.startswith(("/static/", "/en/", "/cuenta/", "/gestion/")) and path not in seen:
                    todo.append(path)


def test_no_marker_comes_out(planted: Any) -> None:
    names, refused = planted
    assert set(refused) <= CODES
    with zeal_ignore():
        addresses = list(outputs())
        assert len(addresses) > 150
        assert leaks(addresses, names) == {}
        pages = list(clicked())
        assert len(pages) > 100
        found = leaks(pages, names)
    assert {name: page for name, page in found.items() if not name.startswith(ON_PAGES)} == {}
    shown = {int(name.split()[1]) for name in found if name.startswith("accounts.User.full_name")}
    public = set(PanelMember.objects.values_list("user", flat=True))
    assert shown <= public | set(Resolution.objects.published().values_list("published_by", flat=True))


def test_the_search_finds_what_is_planted_where_it_may_not_be(monkeypatch: Any) -> None:
    calls.decided()
    monkeypatch.setitem(PUBLIC, "challenges.Challenge", PUBLIC["challenges.Challenge"] - {"summary", "adoption"})
    names, _refused = plant()

    with clock.travel(calls.LAST), zeal_ignore():
        found = leaks([reverse("pilots:ocds_all_records"), reverse("challenges:feed")], names)

    assert {name.split()[0] for name in found} == {"challenges.Challenge.summary"}
