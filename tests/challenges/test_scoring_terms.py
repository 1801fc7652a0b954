"""What a call says of its scoring: whole in the form, complete before publication, fixed afterwards by the database."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from challenges.actions.correction import correct_criteria
from challenges.actions.start import from_past
from challenges.forms.criteria import CriterionForm
from challenges.forms.review import TermsForm
from challenges.models import Challenge, Criterion
from challenges.models.version import content_of
from challenges.policies import correction as correction_terms
from govtech import clock
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db
SENT = {"route": "minor", "cpv": "72000000-5", "offer_validity_days": "90", "reserve_list_length": "2"}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({}, ("none", None, None, 50)),
        ({"abnormal_rule": "mean", "abnormal_percent": "25"}, ("mean", 25, None, 50)),
        ({"abnormal_rule": "regulation", "abnormal_percent": "25"}, ("regulation", None, None, 50)),
        ({"shortlist_size": "3", "shortlist_mark_percent": "60"}, ("none", None, 3, 60)),
        ({"abnormal_rule": "maximum"}, None),
        ({"shortlist_mark_percent": "49"}, None),
    ],
)
def test_the_form_takes_whole_rules_only(sent: dict, stored: tuple | None) -> None:
    form = TermsForm({**SENT, **sent}, challenge=factories.draft_challenge(), asks_report=False)

    assert form.is_valid() == (stored is not None), form.errors
    if stored:
        names = ("abnormal_rule", "abnormal_percent", "shortlist_size", "shortlist_mark_percent")
        assert tuple(form.cleaned_data[name] for name in names) == stored


@pytest.mark.parametrize(
    "values",
    [{"abnormal_rule": "mean", "abnormal_percent": 10}, {"shortlist_size": 3}, {"shortlist_mark_percent": 70}],
)
def test_the_database_keeps_what_was_published(values: dict) -> None:
    challenge = factories.open_challenge()

    with pytest.raises(DatabaseError, match="fixed once the call is published"), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(**values)


def test_nothing_is_published_with_a_presentation_that_nobody_knows_who_gives() -> None:
    challenge = factories.submitted_challenge()
    challenge.criteria.filter(position=5).update(kind="pitch")

    with pytest.raises(DatabaseError, match="a presentation has"), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(status="published")


def test_published_weights_stay_100_by_any_statement() -> None:
    challenge = factories.open_challenge()
    row = Criterion.objects.filter(challenge=challenge).order_by("position")[0]

    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Criterion.objects.create(challenge=challenge, position=9, name="Otro", weight_percent=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Criterion.objects.filter(pk=row.pk).update(weight_percent=row.weight_percent + 1)
    assert sum(Criterion.objects.filter(challenge=challenge).values_list("weight_percent", flat=True)) == 100


LEVELS = "No responde.\nApenas.\nEn parte.\nLo esencial.\nTodo.\nTodo, y probado."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", ""),
        (LEVELS.replace("\n", "\r\n  "), LEVELS),
        (LEVELS + "\n\n", LEVELS),
        ("Uno\nDos", None),
        ("x\n" * 7, None),
    ],
)
def test_levels_are_six_or_none(sent: str, kept: str | None) -> None:
    form = CriterionForm({"name": "Encaje", "weight_percent": "60", "kind": "judgement", "anchors": sent})

    assert form.is_valid() == (kept is not None)
    if kept is not None:
        assert form.cleaned_data["anchors"] == kept
    else:
        assert list(form.errors) == ["anchors"]


def test_levels_are_read_in_the_call_and_change_by_a_correction_only(client: Client) -> None:
    draft = factories.draft_challenge()
    draft.criteria.filter(position=1).update(anchors=LEVELS, anchors_en=LEVELS.replace("Todo", "All"))
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.criteria.filter(position=2).update(anchors="Una\nDos")
    assert content_of(draft)["criteria"][0]["anchors"] == LEVELS
    assert from_past(draft)["criteria"][0]["anchors"] == LEVELS

    challenge = factories.open_challenge()
    row = challenge.criteria.get(position=1)
    with pytest.raises(DatabaseError, match="by a correction"), transaction.atomic():
        challenge.criteria.filter(pk=row.pk).update(anchors=LEVELS)
    at, by = clock.now(), people.officer()
    least = correction_terms.least_closing(challenge, at=at)
    correct_criteria(
        challenge,
        rows={row.pk: {"anchors": LEVELS}},
        reason="Se dice qué es cada nivel.",
        closes_at=least,
        by=by,
        at=at,
    )
    page = client.get(challenge.get_absolute_url()).content.decode()
    assert "Todo, y probado." in page
