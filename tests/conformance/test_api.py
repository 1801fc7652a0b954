"""The API asked all that its own OpenAPI description allows, and much that it doesn't, by somebody else's program."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from govtech import clock
from pilots.feeds import api
from tests.conformance import schemas
from tests.pilots import calls

EXAMPLES = 25  # of each operation


@pytest.fixture
def answering(db: None, monkeypatch: Any) -> Iterator[Any]:
    """The portal as a WSGI application that stays in the test's transaction, with something of everything to show."""
    monkeypatch.setattr(api, "A_MINUTE", 10**9)
    cache.clear()
    calls.decided()
    calls.corrected()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    portal = WSGIHandler()
    yield lambda environ, start: portal({"REMOTE_ADDR": "127.0.0.1", **environ}, start)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")  # of the fuzzer's own libraries
def test_no_question_that_can_be_asked_breaks_it(answering: Any) -> None:
    asked = 0
    described = schemathesis.openapi.from_wsgi(reverse("pilots:api_description"), answering)
    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
        response_headers_conformance,
    ]  # fmt: skip
    for result in described.get_all_operations():
        operation = result.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

            @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
            def ask(case: Any) -> None:
                nonlocal asked
                asked += 1
                case.call_and_validate(checks=checks)

            given(case=operation.as_strategy(generation_mode=mode))(ask)()
    assert asked > EXAMPLES * 10


@pytest.mark.django_db
def test_the_description_is_itself_a_schema_that_its_answers_meet() -> None:
    cache.clear()
    calls.decided()
    described = Client().get(reverse("pilots:api_description")).json()
    with clock.travel(calls.LAST):
        for name in ("challenges", "pilots", "payments"):
            found = Client().get(reverse("pilots:api_rows", kwargs={"table": name})).json()["items"]
            assert found
            for row in found:
                schema = {**described["components"]["schemas"][name], "components": described["components"]}
                jsonschema.Draft202012Validator(schema, format_checker=schemas.checker).validate(row)
