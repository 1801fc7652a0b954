"""The parts of `make bench` work on little data; the catalogue reads much of it by its indexes, and finds the same."""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client

from bench import client as load
from bench import data, processor, texts
from bench.__main__ import Row, markdown, table
from bench.stage import Form
from challenges.filters import found
from challenges.filters.challenge import ChallengeFilter
from challenges.filters.found import Found
from challenges.models import Challenge, ChallengeStep

ROWS = 400


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database with generated challenges, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        data.fill(ROWS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE challenges_challenge")
        yield
        transaction.set_rollback(True)


# The data -------------------------------------------------------------------------------------------------


def test_generated_challenges_are_in_every_phase_and_have_what_hangs_on_them(filled: None) -> None:
    made = Challenge.objects.filter(pk__lte=ROWS).with_phase()
    phases = Counter(made.values_list("phase", flat=True))

    assert made.count() == ROWS
    assert {"open", "closing_soon", "upcoming", "closed", "finished", "void", "piloting", "preparing"} <= set(phases)
    assert all(sum(row.weight_percent for row in each.criteria.all()) == 100 for each in made[:20])
    assert ChallengeStep.objects.filter(challenge__created_by__email=data.DELEGATE).exists()


def test_generated_texts_are_always_the_same_and_have_a_common_and_a_rare_word() -> None:
    made = [" ".join(texts.words(number).fields.values()) for number in range(300)]

    assert made == [" ".join(texts.words(number).fields.values()) for number in range(300)]
    assert len(set(made)) == 300
    assert 0.4 < sum(data.COMMON in text for text in made) / 300 < 0.9
    assert 0 < sum(data.RARE in text for text in made) / 300 < 0.1


# The catalogue on it --------------------------------------------------------------------------------------


def catalogue(query: str) -> ChallengeFilter:
    return ChallengeFilter(QueryDict(query), user=AnonymousUser())


def all_pages(query: str, size: int) -> list[int]:
    paginator = Found(catalogue(query), size)
    return [row.pk for number in paginator.page_range for row in paginator.page(number).object_list]


@pytest.mark.parametrize("size", [7, 60])
@pytest.mark.parametrize(
    "query",
    ["", "state=open", "state=open&state=ended", "state=upcoming", "state=evaluation", "sort=newest", "sort=amount",
     "district=tetuan", "amount=5000&length=3", "q=patinetes", "q=patinetes&sort=closing", "q=zzzzqqqq"],
)  # fmt: skip
def test_pages_read_by_indexes_are_the_whole_order_cut_up(filled: None, query: str, size: int) -> None:
    assert all_pages(query, size) == [row.pk for row in catalogue(query).found()]


@pytest.mark.parametrize("few", [10, 10_000])
def test_of_many_matches_the_newest_are_ranked_and_the_older_follow_by_date(
    filled: None, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(found, "RANKED", 30)
    monkeypatch.setattr(found, "FEW", few)
    newest = [row.pk for row in catalogue(f"q={data.COMMON}&sort=newest").found()]
    ranked = [row.pk for row in catalogue(f"q={data.COMMON}").found() if row.pk in newest[:30]]

    assert len(newest) > 100
    assert all_pages(f"q={data.COMMON}", 20) == ranked + newest[30:]


@pytest.mark.parametrize(
    "query", ["", "page=12", "sort=newest", "sort=amount", "state=open", f"q={data.COMMON}", f"q={data.RARE}"]
)
def test_no_plan_needs_to_scan_the_whole_table(filled: None, client: Client, query: str) -> None:
    asked: dict[str, Any] = {}

    def note(execute: Any, statement: str, values: Any, *rest: Any) -> Any:
        asked[statement] = values
        return execute(statement, values, *rest)

    with connection.execute_wrapper(note):
        assert client.get(f"/retos/?{query}").status_code == 200

    plans = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement, values in asked.items():
            if statement.lstrip("( \n").startswith(("SELECT", "WITH")):
                cursor.execute("EXPLAIN (FORMAT JSON) " + statement, values)
                plan = cursor.fetchone()[0]
                plans[statement] = plan if isinstance(plan, list) else json.loads(plan)
    scanned = [
        sql for sql, plan in plans.items() if ("Seq Scan", "challenges_challenge") in set(nodes(plan[0]["Plan"]))
    ]
    assert scanned == []
    assert any("challenges_challenge" in {table for _, table in nodes(plan[0]["Plan"])} for plan in plans.values())


def nodes(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield plan["Node Type"], plan.get("Relation Name", "")
    for part in plan.get("Plans", ()):
        yield from nodes(part)


# The measuring --------------------------------------------------------------------------------------------


class Echo(BaseHTTPRequestHandler):
    """Answers with what was sent; the third answer of a connection is its last."""

    protocol_version = "HTTP/1.1"
    seen: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append(f"{self.path} {body}")  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "2")
        if len(self.server.seen) == 3:  # type: ignore[attr-defined]
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def test_the_client_repeats_its_request_with_a_rising_number_and_survives_a_closed_connection() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    request = load.Request("/a/{n}/", "POST", body="version={n}", first=5)

    done = load.run(load.Work(server.server_port, [request], seconds=60, limit=6))

    server.shutdown()
    server.server_close()
    assert server.seen == [f"/a/{n}/ version={n}" for n in range(5, 11)]  # type: ignore[attr-defined]
    assert (done.answers, done.turns) == ({"200": 6}, [6])


@pytest.mark.parametrize(
    ("got", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Le", False),
    ],
)
def test_an_answer_is_whole_when_its_last_byte_is_there(got: bytes, whole: bool) -> None:
    assert bool(load.parse(got)[1]) is whole


def test_processor_time_of_a_family_rises_with_work() -> None:
    before = processor.seconds(os.getpid())
    while processor.seconds(os.getpid()) == before:
        sum(range(100_000))

    assert processor.memory(os.getpid()) > 10_000_000


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    page = (
        '<form><input name="q"></form><form><input type="hidden" name="version" value="3"><textarea name="t">a &amp; b'
        '</textarea><select name="s"><option value="1"><option value="2" selected></select><input type="checkbox" '
        'name="c" value="x"><input type="radio" name="r" value="y" checked><input type="file" name="f"></form>'
    )

    assert Form(page).with_field("version") == {"version": "3", "t": "a & b", "s": "2", "r": "y"}


def test_the_table_says_what_was_asked_and_whether_it_was_met() -> None:
    def row(name: str, per_unit: list[float], **limits: Any) -> Row:
        made = Row(name, None, list, **limits)  # type: ignore[arg-type]
        made.costs, made.rates, made.per_unit, made.ratio = [0.001], [100.0], per_unit, [0.5]
        return made

    rows = [row("few", [2.0], most=1.0), row("many", [3.0, 9.0, 3.0], most=2.5, beside="few")]
    lines = table(rows, row("bare view", [1.0]))

    assert [line["met"] for line in lines] == [None, False, True]
    assert lines[2]["times the small one"] == 1.5
    assert "| many | 100.0 | 0.5 |  | 3.0 | 1.5 | 2.5 | yes |" in markdown(lines, {"processors": 2})
