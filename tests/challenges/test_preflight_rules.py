"""Each rule of the check list: something that triggers it and something that doesn't. No rule without its reason."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from challenges.calculations.reading import longest_sentence, reading_score
from challenges.forms.calendar import proposal
from challenges.models import Challenge, CriterionKind, Route
from challenges.policies import preflight
from challenges.policies.check import ADVICE, OK, STOP, Check
from challenges.policies.reason import REASONS
from govtech import clock
from govtech.reference.models import Rules
from tests.challenges import factories

pytestmark = pytest.mark.django_db
MADRID = ZoneInfo("Europe/Madrid")
PLAIN = (
    "Cuando falla una tubería, la Junta lo sabe tarde. A veces pasan tres horas. Las personas mayores se quedan sin "
    "agua y nadie las avisa. Algunas dependen de un aparato que la necesita para seguir en casa."
)
HARD = (
    "La implementación de procedimientos administrativos telemáticos interoperables requiere la coordinación "
    "interdepartamental de los responsables competentes en materia de transformación digital, garantizando la "
    "trazabilidad documental, el cumplimiento normativo y la racionalización de las actuaciones procedimentales."
)
LONG = "Esto es " + "una frase que no se acaba nunca " * 6
READABLE = {"summary": "Se sabe tarde.", "affected": "Muchas.", "tried": "Poco.", "outcome": "Saberlo antes."}

# rule: (level, columns that trigger it, columns that don't)
TEXTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "title_words": (STOP, {"title": "🚀 12"}, {"title": "Agua"}),
    "title_solution": (ADVICE, {"title": "Una app para los cortes"}, {"title": "Sabemos tarde de los cortes de agua"}),
    "text_solution": (
        ADVICE,
        {"outcome": "Queremos desarrollar una plataforma que avise."},
        {"outcome": "Que la plataforma que ya usamos deje de dar avisos falsos."},
    ),
    "brand": (ADVICE, {"problem": "Se avisa por WhatsApp."}, {"problem": "Se avisa por un grupo de mensajes."}),
    "summary_missing": (STOP, {"summary": ""}, {"summary": "Se sabe tarde."}),
    "policy_area_missing": (STOP, {"policy_area": None}, {}),
    "problem_missing": (STOP, {"problem": ""}, {"problem": PLAIN}),
    "problem_short": (ADVICE, {"problem": "Se sabe tarde."}, {"problem": PLAIN}),
    "affected_missing": (STOP, {"affected": ""}, {"affected": "310 casos"}),
    "tried_missing": (ADVICE, {"tried": ""}, {"tried": "Llamadas"}),
    "outcome_missing": (STOP, {"outcome": ""}, {"outcome": "Saberlo antes"}),
    "baseline_missing": (STOP, {"baseline": ""}, {"baseline": "190 minutos"}),
    "baseline_figure": (ADVICE, {"baseline": "Se tarda mucho"}, {"baseline": "190 minutos"}),
    "target_missing": (STOP, {"target": ""}, {"target": "45 minutos"}),
    "target_figure": (ADVICE, {"target": "Bastante menos"}, {"target": "45 minutos"}),
    "place_missing": (STOP, {"place": ""}, {"place": "Tetuán"}),
    "personal_data_missing": (STOP, {"has_personal_data": None}, {"has_personal_data": False}),
    "data_missing": (ADVICE, {"data_available": ""}, {"data_available": "Ninguno"}),
    "duration_missing": (STOP, {"duration_months": None}, {"duration_months": 12}),
    "contribution_missing": (ADVICE, {"contribution": ""}, {"contribution": "Una técnica"}),
    "adoption_missing": (ADVICE, {"adoption": ""}, {"adoption": "El Distrito"}),
    "adoption_unit": (
        ADVICE,
        {"adoption": "Ya veremos, con el presupuesto de 2028."},
        {"adoption": "El Distrito de Tetuán, con el presupuesto de 2028."},
    ),
    "adoption_budget": (
        ADVICE,
        {"adoption": "El Distrito de Tetuán, si puede."},
        {"adoption": "El Distrito de Tetuán, con su partida de mantenimiento."},
    ),
    "amount_missing": (STOP, {"max_amount_net": None}, {"max_amount_net": Decimal("1000.00")}),
    "amount_limit": (STOP, {"max_amount_net": Decimal("15000.00")}, {"max_amount_net": Decimal("14999.99")}),
    "report_missing": (
        STOP,
        {"awards_planned": 2, "independent_objects_reason": "Dos barrios."},
        {"awards_planned": 2, "independent_objects_reason": "Dos barrios.", "route": Route.OPEN},
    ),
    "calendar_missing": (STOP, {"award_until": None}, {}),
    "too_long": (STOP, {"place": "barrio " * 601}, {"place": "barrio " * 600}),
    "long_sentence": (ADVICE, {"systems": LONG}, {"systems": LONG.replace(" no ", " no. ")}),
    "reading": (ADVICE, {"problem": HARD, **READABLE}, {"problem": PLAIN, **READABLE}),
}
# Tried in a test of their own below: they need rows, days or the Office.
ELSEWHERE = {
    "criteria_missing", "weights", "judgement_missing", "price_missing", "calendar_days", "answers_late", "august",
    "christmas", "few_days", "terms_missing", "training_missing",
}  # fmt: skip


def lines(challenge: Challenge, rule: str) -> list[Check]:
    """Return what a rule says of a challenge, what is in order left out."""
    found = preflight.checks(challenge, at=clock.now())
    return [check for check in found if check.rule == rule and check.level != OK]


def test_every_rule_has_its_reason_and_is_tried_here() -> None:
    assert set(TEXTS) | ELSEWHERE == set(REASONS)
    assert not set(TEXTS) & ELSEWHERE


@pytest.mark.parametrize("rule", TEXTS)
def test_a_rule_of_the_texts(rule: str) -> None:
    level, bad, good = TEXTS[rule]
    challenge = factories.draft_challenge()

    for name, value in bad.items():
        setattr(challenge, name, value)
    found = lines(challenge, rule)
    challenge.refresh_from_db()
    for name, value in good.items():
        setattr(challenge, name, value)

    assert [check.level for check in found[:1]] == [level]
    assert str(found[0].reason)
    assert lines(challenge, rule) == []


def test_what_was_tried_and_the_systems_there_are_may_have_names() -> None:
    challenge = factories.draft_challenge(tried="Un grupo de WhatsApp.", systems="SAP y Oracle.")

    assert lines(challenge, "brand") == []


@pytest.mark.parametrize(
    ("rule", "kinds", "weights", "good"),
    [
        ("criteria_missing", "", (), ("jf", (90, 10))),
        ("weights", "jf", (90, 9), ("jf", (90, 10))),
        ("judgement_missing", "f", (100,), ("jf", (90, 10))),
        ("price_missing", "jj", (90, 10), ("jf", (90, 10))),
    ],
)
def test_a_rule_of_the_criteria(rule: str, kinds: str, weights: Any, good: Any) -> None:
    challenge = factories.draft_challenge()
    names = {"j": CriterionKind.JUDGEMENT, "f": CriterionKind.FORMULA}

    def write(kinds: str, weights: tuple[int, ...]) -> None:
        challenge.criteria.all().delete()
        for position, (kind, weight) in enumerate(zip(kinds, weights, strict=True), 1):
            challenge.criteria.create(position=position, kind=names[kind], name="x", weight_percent=weight)

    write(kinds, weights)
    assert len(lines(challenge, rule)) == 1
    write(*good)
    assert lines(challenge, rule) == []


def close(challenge: Challenge, opens_on: date, closes_on: date, answers_on: date | None = None) -> Challenge:
    """Give a challenge its days; the rest of its calendar stays far behind."""

    def noon(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 12, tzinfo=MADRID)

    challenge.opens_at, challenge.closes_at = noon(opens_on), noon(closes_on)
    challenge.answers_due_at = noon(answers_on or opens_on + timedelta(days=3))
    return challenge


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        ("august", (date(2026, 7, 1), date(2026, 8, 5)), (date(2026, 7, 1), date(2026, 9, 2))),
        ("christmas", (date(2026, 11, 20), date(2026, 12, 23)), (date(2026, 11, 20), date(2026, 12, 21))),
        ("christmas", (date(2026, 12, 1), date(2027, 1, 7)), (date(2026, 12, 1), date(2027, 1, 8))),
        (
            "answers_late",
            (date(2026, 3, 2), date(2026, 3, 31), date(2026, 3, 30)),
            (date(2026, 3, 2), date(2026, 3, 31), date(2026, 3, 12)),
        ),
        ("calendar_days", (date(2026, 3, 2), date(2026, 4, 4)), (date(2026, 3, 2), date(2026, 3, 31))),
        ("calendar_days", (date(2026, 3, 2), date(2026, 3, 10)), (date(2026, 3, 2), date(2026, 3, 31))),
    ],
)
def test_a_rule_of_the_calendar(rule: str, bad: tuple[date, ...], good: tuple[date, ...]) -> None:
    with clock.travel(datetime(2026, 1, 12, 9, tzinfo=MADRID)):
        challenge = factories.draft_challenge()

        found = lines(close(challenge, *bad), rule)
        fine = [check for check in lines(close(challenge, *good), rule) if check.field == "closes_at"]

    assert found
    assert all(str(check.reason) for check in found)
    assert fine == []


def test_fewer_than_twenty_days_are_advised_against_where_the_rules_allow_them() -> None:
    with clock.travel(datetime(2026, 1, 12, 9, tzinfo=MADRID)):
        challenge = factories.draft_challenge()
        Rules.objects.update(open_days_minimum=14)

        assert lines(close(challenge, date(2026, 3, 2), date(2026, 3, 17)), "few_days")
        assert not lines(close(challenge, date(2026, 3, 2), date(2026, 3, 24)), "few_days")


def test_the_terms_of_the_office_count_under_review() -> None:
    draft = factories.draft_challenge(cpv=None)
    assert lines(draft, "terms_missing") == []
    sent = factories.submitted_challenge(cpv=None)
    assert [check.level for check in lines(sent, "terms_missing")] == [STOP]


def test_the_score_of_a_text() -> None:
    assert reading_score("Muy corto.") is None
    assert reading_score(PLAIN) > reading_score(HARD)
    assert longest_sentence("Una corta. Esta tiene cinco palabras justas.") == (5, "Esta tiene cinco palabras justas.")


def test_no_day_of_the_year_is_proposed_a_calendar_that_is_advised_against() -> None:
    with clock.travel(datetime(2026, 1, 12, 9, tzinfo=MADRID)):
        at, challenge = clock.now(), factories.draft_challenge()
        for number in range(7, 370, 3):
            for name, value in proposal(at, date(2026, 1, 12) + timedelta(days=number)).items():
                setattr(challenge, name, value)

            found = [check for check in preflight.checks(challenge, at=at) if check.step == "calendar"]
            assert [(check.level, check.rule) for check in found] == [("ok", "")], (challenge.opens_at, found)
