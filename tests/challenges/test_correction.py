"""Corrections of a published call: every public text, the criteria with time in proportion, documents that stay."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from challenges.actions import correction as actions
from challenges.actions import lifecycle
from challenges.actions import question as questions
from challenges.calculations.step import STEPS
from challenges.models import Challenge, ChallengeDocument, Correction, CorrectionKind, Criterion
from challenges.policies import calendar
from challenges.policies import correction as terms
from challenges.policies.challenge import CORRECTABLE
from govtech import clock
from govtech.errors import DomainError
from govtech.notifications import kinds
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

    for change in (
        {"name": "Otro"}, {"name_en": "Other"}, {"guidance": "Otra cosa"}, {"guidance_en": "Something else"},
        {"weight_percent": criterion.weight_percent - 1}, {"threshold_points": criterion.threshold_points + 1},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Criterion.objects.filter(pk=criterion.pk).update(**change)


def test_a_criterion_goes_back_to_what_it_said_only_by_another_correction() -> None:
    challenge, officer = factories.open_challenge(), people.officer()
    criterion = challenge.criteria.order_by("position").first()
    first = criterion.guidance
    for words in ("Otra.", "Y otra.", first):
        actions.correct_criteria(
            challenge, rows={criterion.pk: {"guidance": words, "guidance_en": f"{words} In English."}}, reason="x",
            by=officer, at=clock.now(),
        )  # fmt: skip

    for words in ("Otra.", "Y otra."):
        with pytest.raises(IntegrityError), transaction.atomic():
            Criterion.objects.filter(pk=criterion.pk).update(guidance=words)
    assert Criterion.objects.get(pk=criterion.pk).guidance == first


def test_the_pass_mark_changes_by_a_correction_until_the_closing() -> None:
    challenge, officer = factories.open_challenge(), people.officer()
    old = challenge.pass_mark

    def by_hand(mark: int) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Challenge.objects.filter(pk=challenge.pk).update(pass_mark=mark)

    by_hand(1)
    for mark in (Decimal(35), Decimal("36.5")):
        actions.correct_criteria(challenge, rows={}, pass_mark=mark, reason="Alto.", by=officer, at=clock.now())
    challenge.refresh_from_db()
    assert challenge.pass_mark == Decimal("36.50")
    texts = Correction.objects.filter(challenge=challenge, field="pass_mark").order_by("number")
    assert list(texts.values_list("old_text", "new_text")) == [(str(old), "35.00"), ("35.00", "36.50")]
    by_hand(35)
    with clock.travel(challenge.closes_at):
        by_hand(1)


@pytest.mark.parametrize("change", [{"options_net": Decimal("1.00")}, {"route": "open"}])
def test_options_and_route_stay_once_published(change: dict[str, Any]) -> None:
    challenge = factories.open_challenge()

    with pytest.raises(IntegrityError, match="options and route"), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(**change)


def test_everybody_reads_in_their_language_what_was_corrected() -> None:
    challenge, reader = factories.open_challenge(), people.delegate()
    with translation.override("es"):
        actions.correct_criteria(
            challenge, rows=swapped(challenge), reason="Pesaba mal.", by=people.officer(), at=clock.now()
        )
        actions.correct_document(
            challenge, upload=upload(), title="Anexo", reason="Faltaba.", by=people.officer(), at=clock.now()
        )

    with translation.override("en"):
        texts = [
            kinds.words_of(notice.kind, notice.params).text
            for notice in Notice.objects.filter(kind="challenge.corrected", recipient=reader).order_by("pk")
        ]
    assert "has a correction: criteria." in texts[0]
    assert "has a correction: document «Anexo»." in texts[1]


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
    sent = {"closes_at": f"{day:%Y-%m-%d}T14:00", "reason": "Más plazo.", "moves_later": "on"}
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


def test_questions_that_end_later_take_the_term_of_the_answers_with_them() -> None:
    challenge = factories.open_challenge()
    rules = Rules.objects.in_force(clock.local_date(clock.now()))
    until = calendar.at_or_after(challenge.closes_at + timedelta(days=14), like=challenge.closes_at)
    ask_until = calendar.at_or_after(challenge.answers_due_at + timedelta(hours=1), like=challenge.closes_at)
    more = {"reason": "Más.", "by": people.officer(), "at": clock.now()}
    late = calendar.at_or_after(until - timedelta(days=rules.answers_due_days), like=until)
    with pytest.raises(DomainError) as refusal:
        lifecycle.extend(challenge, closes_at=until, questions_close_at=late, **more)
    assert refusal.value.field == "questions_close_at"

    found = lifecycle.extend(challenge, closes_at=until, questions_close_at=ask_until, **more)

    assert found.questions_close_at == ask_until
    assert ask_until < found.answers_due_at < found.closes_at
    assert found.closes_at - found.answers_due_at >= timedelta(days=rules.answers_due_days)
    notice = found.corrections.get(field="calendar")
    assert "respuestas" in notice.new_text.lower()


def test_answers_due_stay_where_questions_end_before() -> None:
    challenge = factories.open_challenge()
    until = calendar.at_or_after(challenge.closes_at + timedelta(days=7), like=challenge.closes_at)
    ask_until = calendar.at_or_after(challenge.questions_close_at + timedelta(hours=1), like=challenge.closes_at)
    assert ask_until < challenge.answers_due_at

    found = lifecycle.extend(
        challenge, closes_at=until, questions_close_at=ask_until, reason="x", by=people.officer(), at=clock.now()
    )

    assert (found.questions_close_at, found.answers_due_at) == (ask_until, challenge.answers_due_at)


def test_after_the_closing_the_page_leads_to_the_incident(client: Client) -> None:
    challenge = factories.open_challenge()
    client.force_login(people.officer())
    address = f"/retos/{challenge.slug}/ampliar/"
    assert "kind" not in client.get(address).context["form"].fields
    with clock.travel(challenge.closes_at):
        client.force_login(people.officer())
        page = client.get(address).content.decode()
        day = factories.workday(clock.local_date(challenge.closes_at), 7)
        sent = {"closes_at": f"{day:%Y-%m-%d}T14:00", "kind": "incident", "reason": "Caída."}
        assert client.post(address, sent).status_code == 422
    assert "/incidencias/nueva/" in page
    assert Challenge.objects.get(pk=challenge.pk).closes_at == challenge.closes_at


def test_a_correction_tells_nobody_who_asked() -> None:
    challenge, asker = factories.open_challenge(), people.person("Asunta Secreta")
    questions.ask(challenge, text="¿?¿?", by=asker)

    lifecycle.correct(challenge, field="title", new_text="Otro", reason="Errata.", by=people.officer(), at=clock.now())

    assert not Notice.objects.filter(recipient=asker).exists()
