"""The steps of a draft while one writes: help beside each question, what a save brings back, and where to go on."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from challenges.actions import challenge as actions
from challenges.forms.criteria import CriterionForm, PassMarkForm
from challenges.forms.step import FORMS
from govtech import clock
from govtech.shell.writing import keep_key
from tests import people
from tests.challenges import factories
from tests.challenges.test_challenge_pages import criteria

pytestmark = pytest.mark.django_db
BACKGROUND = {"HTTP_X_REQUESTED_WITH": "fetch"}


@pytest.mark.parametrize("key", FORMS)
def test_every_question_says_what_good_looks_like_with_an_example(key: str) -> None:
    form = FORMS[key](None, challenge=factories.draft_challenge(), at=clock.now())

    silent = [field.name for field in form.spanish() if "«" not in str(field.help_text)]

    assert silent == []


def test_every_question_of_a_criterion_has_its_example() -> None:
    fields = {**CriterionForm.base_fields, **PassMarkForm.base_fields}

    assert [name for name in fields if not name.endswith("_en") and "«" not in str(fields[name].help_text)] == []


@pytest.fixture
def author() -> Any:
    return people.delegate(name="Carmen Vidal")


def background(author: Any, challenge: Any, step: str, **data: Any) -> dict[str, Any]:
    client = Client()
    client.force_login(author)
    answer = client.post(f"/mis-retos/{challenge.public_id}/{step}/", data, **BACKGROUND)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_save_brings_the_check_list_and_the_steps_anew(author: Any) -> None:
    challenge = factories.draft_challenge(complete=False, by=author)

    first = background(author, challenge, "resultado", version=0, outcome="Saberlo antes")
    second = background(author, challenge, "resultado", version=1, outcome="Saberlo antes", baseline="3", target="1")

    assert "Falta la meta" in first["parts"][0]
    assert "Falta la meta" not in second["parts"][0]
    assert "Las propuestas se valoran por cuánto acercan la cifra a la meta." in first["parts"][0]
    assert 'data-live="steps"' in first["parts"][0]
    assert 'aria-current="step"' in first["parts"][0]
    assert first["status"].startswith("Guardado a las")


def test_what_stops_stands_apart_from_advice_and_the_step_on_the_screen_comes_first(author: Any) -> None:
    challenge, client = factories.draft_challenge(complete=False, by=author), Client()
    client.force_login(author)

    answer = client.get(f"/mis-retos/{challenge.public_id}/piloto/")

    rows = [(level, "/piloto/" in url) for level, _text, url, _why in answer.context["checks"]]
    order = ["stop", "advice", "ok"]
    assert rows == sorted(rows, key=lambda row: (order.index(row[0]), not row[1]))
    assert {("stop", True), ("stop", False), ("advice", True)} <= set(rows)
    page = answer.content.decode()
    assert page.index("Por corregir") < page.index("Consejos")


def test_each_line_leads_to_the_question_where_it_is_mended(author: Any) -> None:
    challenge, client = factories.draft_challenge(complete=False, by=author), Client()
    client.force_login(author)
    rows = client.get(f"/mis-retos/{challenge.public_id}/").context["checks"]
    leads = [url.partition("#") for _level, _text, url, _why in rows if url]
    assert len([place for _url, _sign, place in leads if place]) > 9

    for url, _sign, place in leads:
        page = client.get(url).content.decode()
        assert not place or f'id="{place}"' in page, (url, place)


def test_criteria_that_nobody_saved_are_said_to_be_a_proposal(author: Any) -> None:
    challenge, client = factories.draft_challenge(complete=False, by=author), Client()
    client.force_login(author)
    url = f"/mis-retos/{challenge.public_id}/criterios/"
    assert "Estos criterios son una propuesta" in client.get(url).content.decode()

    background(author, challenge, "criterios", version=0, **criteria(60, 40))

    assert "Estos criterios son una propuesta" not in client.get(url).content.decode()


def test_a_save_says_who_else_is_writing(author: Any) -> None:
    challenge = factories.draft_challenge(complete=False, by=author)
    background(people.delegate(name="Lucía Ramos"), challenge, "contexto", version=0, place="Tetuán")

    status = background(author, challenge, "resultado", version=0, outcome="Saberlo antes")["status"]

    assert "Lucía" in status
    assert "«Dónde y con qué se cuenta»" in status


def test_one_goes_on_where_it_was_left(author: Any) -> None:
    challenge, client = factories.draft_challenge(complete=False, by=author), Client()
    client.force_login(author)
    url = f"/mis-retos/{challenge.public_id}/seguir/"
    assert client.get(url)["Location"].endswith("/problema/")

    for minutes, key in ((1, "pilot"), (2, "setting")):
        at = clock.now() + timedelta(minutes=minutes)
        actions.save_step(challenge, key, version=0, data={}, by=author, at=at)

    assert client.get(url)["Location"].endswith("/contexto/")


def test_what_is_not_saved_is_kept_in_the_browser_sealed_for_its_author(author: Any) -> None:
    challenge, client = factories.draft_challenge(complete=False, by=author), Client()
    client.force_login(author)

    page = client.get(f"/mis-retos/{challenge.public_id}/problema/").content.decode()

    assert f'data-keep="{author.pk}"' in page
    assert f'data-keep-key="{escape(keep_key(author))}"' in page
    assert keep_key(author) != keep_key(people.delegate())
    assert f'data-forget="{author.pk}"' in client.get("/cuenta/logout/").content.decode()
