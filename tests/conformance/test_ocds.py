"""Contracting data against the published OCDS 1.1 schema and codelists, merged by somebody else's program."""

import json
from collections.abc import Callable
from typing import Any

import ocdsmerge
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from challenges.models import Challenge
from govtech import clock
from tests.conformance import schemas
from tests.pilots import calls
from tests.visits import body

pytestmark = [pytest.mark.django_db, schemas.needed]


def package(name: str, **kwargs: Any) -> Any:
    with clock.travel(calls.LAST), translation.override("es"):
        return json.loads(body(Client().get(reverse(f"pilots:ocds_{name}", kwargs=kwargs))))


@pytest.mark.parametrize("way", calls.WAYS, ids=lambda way: way.__name__)
def test_every_way_of_a_challenge_is_valid_and_compiles_to_the_same(way: Callable[[], Challenge]) -> None:
    challenge = way()
    found = package("record", slug=challenge.slug)
    [record] = found["records"]
    released = package("releases", slug=challenge.slug)

    assert schemas.problems("record-package-schema", found) == []
    assert schemas.problems("release-package-schema", released) == []
    assert [each for one in released["releases"] for each in schemas.strange_codes(one)] == []
    assert list(schemas.strange_codes(record["compiledRelease"])) == []
    assert released["releases"] == record["releases"]
    merger = ocdsmerge.Merger(schemas.ocds("release-schema"))
    assert merger.create_compiled_release(record["releases"]) == record["compiledRelease"]
    versioned = merger.create_versioned_release(record["releases"])
    assert schemas.problems("versioned-release-validation-schema", versioned) == []


def test_a_year_and_everything_are_valid_packages() -> None:
    first = calls.corrected()
    calls.cancelled()

    for key in ("releases", "records"):
        found = package(f"year_{key}", year=first.publish_at.year)
        assert schemas.problems(f"{key[:-1]}-package-schema", found) == []
        with clock.travel(calls.LAST):
            lines = body(Client().get(reverse(f"pilots:ocds_all_{key}"))).decode().splitlines()
        assert [json.loads(line) for line in lines] == found[key]


def test_the_check_itself_finds_what_is_wrong() -> None:
    found = package("record", slug=calls.upcoming().slug)
    release = found["records"][0]["compiledRelease"]
    release["tender"] |= {"status": "sealed", "numberOfTenderers": "three", "secret": 1}
    release["date"] = "yesterday"
    release["parties"][0]["roles"] = ["spy"]

    assert len(schemas.problems("record-package-schema", found)) >= 3
    assert len(list(schemas.strange_codes(release))) == 3
