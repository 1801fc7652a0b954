"""Corrections of a published call: every public text, the criteria with time in proportion, documents that stay."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from challenges.actions import correction as actions
from challenges.actions import lifecycle
from challenges.actions import question as questions
from challenges.calculations.step import STEPS
from challenges.models import Challenge, ChallengeDocument, Correction, CorrectionKind, Criterion
from challenges.policies import correction as terms
from challenges.policies.challenge import CORRECTABLE
from govtech import clock
from govtech.errors import DomainError
from govtech.notifications.models import Notice
from govtech.reference.models import Rules
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


def upload(name: str = "anexo.csv", body: str = "barrio;avisos\nTetuán;310\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body.encode(), content_type="text/csv")


def test_every_public_text_of_the_steps_can_be_corrected() -> None:
    texts = {
        name
        for step in ("problem", "outcome", "setting", "pilot")
        for name in STEPS[step]
        if Challenge._meta.get_field(name).get_internal_type() in ("CharField", "TextField")
    }

    assert len(texts) > 20
    assert texts <= set(CORRECTABLE)


@pytest.mark.parametrize("field", ["title", "summary_en", "buyer_profile_url"])
def test_a_text_is_corrected_and_its_address_stays(field: str) -> None:
    challenge = factories.open_challenge()
    slug, new = challenge.slug, "https://contrataciondelestado.es/1" if field.endswith("url") else "Otro texto"

    lifecycle.correct(challenge, field=field, new_text=new, reason="Errata.", by=people.officer(), at=clock.now())

    challenge.refresh_from_db()
    assert (getattr(challenge, field), challenge.slug) == (new, slug)


def test_an_address_that_is_none_is_refused() -> None:
    challenge = factories.open_challenge()

    with pytest.raises(DomainError) as refusal:
        lifecycle.correct(
            challenge,
            field="buyer_profile_url",
            new_text="javascript:1",
            reason="x",
            by=people.officer(),
            at=clock.now(),
        )
    assert refusal.value.field == "new_text"


# Criteria ------------------------------------------------------------------------------------------


def swapped(challenge: Challenge) -> dict[int, dict[str, Any]]:
    """Return five points of weight from the first criterion to the second."""
    first, second = challenge.criteria.order_by("position")[:2]
    return {
        first.pk: {"weight_percent": first.weight_percent - 5, "threshold_points": Decimal(0)},
        second.pk: {"weight_percent": second.weight_percent + 5},
    }


def test_criteria_change_with_time_in_proportion_and_keep_what_they_said() -> None:
    challenge = factories.open_challenge()
    late = challenge.closes_at - timedelta(days=3)
    with clock.travel(late):
        least = terms.least_closing(challenge, at=late)
        assert least - late >= (challenge.closes_at - challenge.opens_at) / 2
        for closes_at in (None, challenge.closes_at, least - timedelta(days=1)):
            with pytest.raises(DomainError, match=r"136\.2") as refusal:
                actions.correct_criteria(
                    challenge, rows=swapped(challenge), reason="Pesaba mal.", closes_at=closes_at,
                    by=people.officer(), at=late,
                )  # fmt: skip
            assert refusal.value.field == "closes_at"
        rows = swapped(challenge)
        made = actions.correct_criteria(
            challenge, rows=rows, reason="Pesaba mal.", closes_at=least, by=people.officer(), at=late
        )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    challenge.refresh_from_db()
    assert challenge.closes_at == least
    assert sum(challenge.criteria.values_list("weight_percent", flat=True)) == 100
    for pk, row in rows.items():
        assert Criterion.objects.get(pk=pk).weight_percent == row["weight_percent"]
    weights = [row for row in made if row.field.endswith("weight_percent")]
    assert [int(row.old_text) - int(row.new_text) for row in weights] == [5, -5]
    assert {row.kind for row in made} == {CorrectionKind.CRITERIA}


def test_early_in_the_call_the_time_there_is_is_enough() -> None:
    challenge = factories.open_challenge()

    actions.correct_criteria(
        challenge, rows=swapped(challenge), reason="Pesaba mal.", by=people.officer(), at=clock.now()
    )

    before = challenge.closes_at
    challenge.refresh_from_db()
    assert challenge.closes_at == before


def test_the_open_time_counted_is_that_of_the_publication() -> None:
    challenge = factories.open_challenge()
    first = terms.open_time(challenge)
    until = challenge.closes_at + timedelta(days=7)
    until = datetime.combine(factories.workday(until.date()), challenge.closes_at.timetz())
    lifecycle.extend(challenge, closes_at=until, reason="Más.", by=people.officer(), at=clock.now())

    assert terms.open_time(Challenge.objects.get(pk=challenge.pk)) == first
    rules = Rules.objects.in_force(clock.local_date(clock.now()))
    assert rules.correction_open_percent == 50


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"weight_percent": 99}, "deben sumar 100|suman"),
        ({"threshold_points": Decimal(100)}, "mínimo"),
        ({"name": "  "}, "nombre"),
        ({"weight_percent": 0}, "pesa"),
        ({}, "ya lo dice|Es lo que dice"),
    ],
)
def test_criteria_that_make_no_sense_are_refused(row: dict[str, Any], words: str) -> None:
    challenge = factories.open_challenge()
    criterion = challenge.criteria.order_by("position").first()

    with pytest.raises(DomainError):
        actions.correct_criteria(challenge, rows={criterion.pk: row}, reason="x", by=people.officer(), at=clock.now())
    assert not Correction.objects.exists()


def test_only_officers_before_the_closing_correct_criteria() -> None:
    challenge = factories.open_challenge()
    for person in (people.director(), challenge.created_by, people.person(), people.auditor()):
        with pytest.raises(PermissionDenied):
            actions.correct_criteria(challenge, rows=swapped(challenge), reason="x", by=person, at=clock.now())
    with clock.travel(challenge.closes_at), pytest.raises(DomainError, match="cerrado"):
        actions.correct_criteria(
            challenge, rows=swapped(challenge), reason="x", by=people.officer(), at=challenge.closes_at
        )


def test_the_database_takes_no_criterion_without_its_correction() -> None:
    challenge = factories.open_challenge()
    criterion = challenge.criteria.order_by("position").first()

    for change in ({"name": "Otro"}, {"guidance": "Otra cosa"}, {"weight_percent": criterion.weight_percent - 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Criterion.objects.filter(pk=criterion.pk).update(**change)


def test_the_page_proposes_the_time_and_corrects(client: Client) -> None:
    challenge = factories.open_challenge()
    officer = people.officer()
    with clock.travel(challenge.closes_at - timedelta(days=2)):
        client.force_login(officer)
        address = f"/retos/{challenge.slug}/corregir/criterios/"
        form = client.get(address).context["form"]
        sent = {
            name: form[name].field.widget.format_value(form[name].value()) if form[name].value() is not None else ""
            for name in form.fields
        }
        name = next(key for key in sent if key.startswith("name_") and not key.startswith("name_en"))
        sent = {key: value if value is not None else "" for key, value in sent.items()} | {
            name: "Nombre corregido", "reason": "Errata en el nombre.",
        }  # fmt: skip
        assert client.post(address, sent | {"reason": ""}).status_code == 422
        answer = client.post(address, sent)

    assert answer.status_code == 302, answer.context["form"].errors
    challenge.refresh_from_db()
    assert challenge.criteria.filter(name="Nombre corregido").exists()
    assert Correction.objects.filter(challenge=challenge, kind=CorrectionKind.DEADLINE).exists()
    page = Client().get(f"/retos/{challenge.slug}/").content.decode()
    assert "Errata en el nombre." in page


# Documents -----------------------------------------------------------------------------------------


def test_a_document_is_replaced_and_the_old_one_stays(client: Client) -> None:
    challenge, officer = factories.open_challenge(), people.officer()
    first = actions.correct_document(
        challenge, upload=upload(), title="Anexo", reason="Faltaba.", by=officer, at=clock.now()
    )
    document = ChallengeDocument.objects.get(challenge=challenge)
    second = actions.correct_document(
        challenge, document=document, upload=upload(body="barrio;avisos\nTetuán;311\n"), title="Anexo corregido",
        reason="Una cifra.", by=officer, at=clock.now(),
    )  # fmt: skip

    assert (first.old_file, second.old_file) == (None, first.new_file)
    base = f"/retos/{challenge.slug}/documentos/"
    assert "311" in b"".join(client.get(f"{base}{second.new_file.public_id}/").streaming_content).decode()
    assert "310" in b"".join(client.get(f"{base}{second.old_file.public_id}/").streaming_content).decode()
    page = client.get(f"/retos/{challenge.slug}/").content.decode()
    assert second.old_file.public_id in page
    assert Notice.objects.filter(kind="challenge.corrected", recipient=challenge.created_by).count() == 2


def test_only_officers_before_the_closing_correct_documents() -> None:
    challenge = factories.open_challenge()
    for person in (people.director(), challenge.created_by, people.person()):
        with pytest.raises(PermissionDenied):
            actions.correct_document(challenge, upload=upload(), title="x", reason="x", by=person, at=clock.now())
    with clock.travel(challenge.closes_at), pytest.raises(DomainError):
        actions.correct_document(
            challenge, upload=upload(), title="x", reason="x", by=people.officer(), at=challenge.closes_at
        )


# More time -----------------------------------------------------------------------------------------


def test_the_later_days_are_shown_before_they_move(client: Client) -> None:
    challenge = factories.open_challenge()
    client.force_login(people.officer())
    day = factories.workday(clock.local_date(challenge.closes_at), 14)
    sent = {"closes_at": f"{day:%Y-%m-%d}T14:00", "kind": "deadline", "reason": "Más plazo.", "moves_later": "on"}
    address = f"/retos/{challenge.slug}/ampliar/"

    shown = client.post(address, sent)
    assert shown.status_code == 200
    assert Challenge.objects.get(pk=challenge.pk).closes_at == challenge.closes_at
    seen = {name: new.isoformat() for _label, _old, new, name in shown.context["shown"]}
    assert len(seen) == 3
    assert client.post(address, sent | seen).status_code == 302

    moved = Challenge.objects.get(pk=challenge.pk)
    assert moved.evaluation_until.isoformat() == seen["seen_evaluation_until"]
    assert moved.closes_at > challenge.closes_at


def test_a_correction_tells_nobody_who_asked() -> None:
    challenge, asker = factories.open_challenge(), people.person("Asunta Secreta")
    questions.ask(challenge, text="¿?¿?", by=asker)

    lifecycle.correct(challenge, field="title", new_text="Otro", reason="Errata.", by=people.officer(), at=clock.now())

    assert not Notice.objects.filter(recipient=asker).exists()
