"""Tables of open data in every format: the same rows everywhere, only what is public, described column by column."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from govtech import clock
from pilots.feeds import api, column
from pilots.feeds.tables import TABLES
from pilots.models import Award, Pilot
from tests.challenges import factories
from tests.pilots import calls, money
from tests.visits import body

pytestmark = pytest.mark.django_db


def taken(route: str, /, **kwargs: Any) -> Any:
    with clock.travel(calls.LAST):
        return Client().get(reverse(f"pilots:{route}", kwargs=kwargs))


def csv_of(name: str) -> list[dict[str, str]]:
    text = body(taken("data_csv", table=name)).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def xlsx_of(name: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body(taken("data_xlsx", table=name))))


def items(name: str, query: str = "") -> dict[str, Any]:
    with clock.travel(calls.LAST):
        answer = Client().get(reverse("pilots:api_rows", kwargs={"table": name}) + query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


@pytest.fixture
def decided() -> Any:
    cache.clear()
    return calls.decided()


@pytest.mark.parametrize("name", TABLES)
def test_every_format_has_the_same_rows_and_columns(decided: Any, name: str) -> None:
    with clock.travel(calls.LAST - timedelta(hours=1)):
        factories.planned_challenge()
    if name in ("corrections", "questions"):
        calls.corrected()
    names = [each.name for each in TABLES[name].columns]
    found = items(name)["items"]
    assert found
    lines = csv_of(name)
    sheet = xlsx_of(name).worksheets[0]

    assert [list(each) for each in (found[0], lines[0])] == [names, names]
    assert [cell.value for cell in sheet[1]] == names
    assert len(found) == len(lines) == sheet.max_row - 1
    first = names[0]
    assert [str(each[first]) for each in found] == [each[first] for each in lines]
    assert [str(each[first]) for each in found] == [str(row[0].value) for row in sheet.iter_rows(min_row=2)]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described_in_every_place(name: str) -> None:
    schema = json.loads(taken("data_columns", table=name).content)
    described = json.loads(taken("api_description").content)["components"]["schemas"][name]["properties"]
    about = xlsx_of(name).worksheets[1]
    page = taken("open_data").content.decode()

    for each in TABLES[name].columns:
        [field] = [row for row in schema["fields"] if row["name"] == each.name]
        assert field["description"] == str(each.words) == described[each.name]["description"]
        assert [each.name, each.kind, str(each.words)] in [[cell.value for cell in row] for row in about.iter_rows()]
    assert str(TABLES[name].title) in page
    assert reverse("pilots:data_csv", kwargs={"table": name}) in page


def test_amounts_are_those_of_the_record(decided: Any) -> None:
    award = Award.objects.select_related("commitment").get(resolution__challenge=decided)

    [pilot] = items("pilots")["items"]
    [line] = csv_of("pilots")

    assert Decimal(pilot["paid_gross"]) == award.commitment.p
    assert line["paid_gross"] == f"{award.commitment.p}".replace(".", ",")
    assert xlsx_of("pilots").worksheets[0].cell(2, 12).value == float(award.commitment.p)
    assert sum(Decimal(each["amount_gross"]) for each in items("payments")["items"]) == award.commitment.p


def test_no_spreadsheet_takes_a_cell_for_a_formula() -> None:
    with clock.travel(calls.LAST - timedelta(hours=1)):
        challenge = money.published(title='=HYPERLINK("http://malo.example")', summary="@SUM(1)\x0b")

    [line] = csv_of("challenges")
    sheet = xlsx_of("challenges").worksheets[0]

    assert line["title"].startswith("'=HYPERLINK")
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("s", challenge.title)
    assert (sheet["D2"].data_type, sheet["D2"].value) == ("s", "@SUM(1)")


def test_a_table_read_in_pieces_is_whole(monkeypatch: Any) -> None:
    for _each in range(5):
        with clock.travel(calls.LAST - timedelta(hours=1)):
            money.published()
    whole = csv_of("challenges")
    monkeypatch.setattr(column, "CHUNK", 2)

    assert csv_of("challenges") == whole
    assert len(whole) == 5


def test_there_is_no_other_table() -> None:
    for name in ("data_csv", "data_xlsx", "data_columns", "api_rows"):
        assert taken(name, table="people").status_code == 404


# The API --------------------------------------------------------------------------------------------------


def test_pages_are_the_whole_cut_up() -> None:
    cache.clear()
    for _each in range(5):
        with clock.travel(calls.LAST - timedelta(hours=1)):
            money.published()
    whole = items("challenges")["items"]
    found, query = [], "?limit=2"
    while query:
        page = items("challenges", query)
        assert (page["total"], page["pages"]) == (5, 3)
        found += page["items"]
        query = "?" + page["next"].partition("?")[2] if page["next"] else ""

    assert found == whole
    assert items("challenges", "?page=4&limit=2")["items"] == []


def test_filters_narrow_and_are_kept_by_the_links(decided: Any) -> None:
    with clock.travel(calls.LAST - timedelta(hours=1)):
        money.published()

    assert [each["reference"] for each in items("challenges", "?state=finished")["items"]] == [decided.reference]
    assert items("pilots", f"?challenge={decided.reference}")["total"] == 1
    assert items("payments", "?year=2026&limit=1")["next"].endswith("?year=2026&limit=1&page=2")
    assert items("payments", "?year=2025")["total"] == 0
    assert items("challenges", "?changed_since=2099-01-01")["total"] == 0
    assert items("awards", "?changed_since=2026-01-01T00:00:00Z")["total"] == 1


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("page=-1", "page"), ("page=٣", "page"),
        (f"page={10**30}", "page"), ("state=%00", "state"), (f"state={'a' * 61}", "state"),
        ("changed_since=ayer", "changed_since"), ("changed_since=0001-01-01T00:00:00%2B14:00", "changed_since"),
        ("changed_since=2026-13-45", "changed_since"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_says_why(query: str, parameter: str) -> None:
    cache.clear()
    answer = Client().get(reverse("pilots:api_rows", kwargs={"table": "challenges"}) + f"?{query}")

    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert answer.json()["error"]


def test_one_row_by_its_key(decided: Any) -> None:
    pilot = Pilot.objects.get(challenge=decided)

    assert taken("api_row", table="pilots", key=pilot.reference).json() == items("pilots")["items"][0]
    for name, key in (
        ("pilots", "NADA"),
        ("milestones", "1"),
        ("payments", "abc"),
        ("payments", "9" * 30),
        ("pilots", "a\0b"),
    ):
        answer = taken("api_row", table=name, key=key)
        assert (answer.status_code, list(answer.json())) == (404, ["error"])


def test_an_unchanged_answer_is_not_sent_again_and_any_site_may_read_it() -> None:
    cache.clear()
    address = reverse("pilots:api_rows", kwargs={"table": "challenges"})
    first = Client().get(address)

    assert Client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert first["Access-Control-Allow-Origin"] == "*"
    asked_before = Client().options(address, headers={"Origin": "https://otra.example"})
    assert (asked_before.status_code, asked_before["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    refused = Client().post(address)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_who_asks_too_often_is_told_to_wait(monkeypatch: Any) -> None:
    cache.clear()
    monkeypatch.setattr(api, "A_MINUTE", 3)
    address = reverse("pilots:api_description")

    statuses = [Client().get(address).status_code for _each in range(4)]
    refused = Client().get(address)

    assert statuses == [200, 200, 200, 429]
    assert refused["Retry-After"] == "60"
    assert Client().get(address, REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize("name", TABLES)
def test_many_rows_take_as_many_queries_as_one(name: str, django_assert_max_num_queries: Any) -> None:
    cache.clear()
    calls.decided()
    calls.corrected()
    with clock.travel(calls.LAST), django_assert_max_num_queries(8):
        assert Client().get(reverse("pilots:api_rows", kwargs={"table": name})).status_code == 200
        body(Client().get(reverse("pilots:data_csv", kwargs={"table": name})))
