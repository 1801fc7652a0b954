"""Reference data: loaded once, edited freely, never overwritten, impossible rows refused."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from govtech.errors import DomainError
from govtech.reference.loading import load_reference
from govtech.reference.models import CpvCode, Department, District, Holiday, PolicyArea, Rules

pytestmark = pytest.mark.django_db


def reload() -> None:
    load_reference(apps.get_app_config("reference"))


def test_the_city_is_there() -> None:
    assert Department.objects.filter(kind="area", parent=None).count() == 7
    assert Department.objects.filter(kind="district").count() == 21
    assert list(District.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 22))
    assert PolicyArea.objects.count() == 20
    assert not PolicyArea.objects.filter(name_en="").exists()
    assert Department.objects.get(code="AD01").parent.code == "A04"
    assert Department.objects.get(code="OD").parent.code == "CGA"


def test_cpv_codes_are_well_formed_and_have_both_labels() -> None:
    for code in CpvCode.objects.all():
        code.full_clean()
        assert code.label
        assert code.label_en


@pytest.mark.parametrize(
    ("year", "days"),
    [
        # The national and regional days of domain knowledge, with San Isidro and Almudena.
        (2026, "1-1 6-1 2-4 3-4 1-5 2-5 15-5 15-8 12-10 2-11 9-11 7-12 8-12 25-12"),
        (2027, "1-1 6-1 19-3 25-3 26-3 1-5 3-5 15-5 12-10 1-11 9-11 6-12 8-12 25-12"),
    ],
)
def test_holidays_of_the_year(year: int, days: str) -> None:
    expected = {date(year, int(month), int(day)) for day, month in (text.split("-") for text in days.split())}

    assert {day for day in Holiday.objects.dates() if day.year == year} == expected


def test_a_local_holiday_on_a_sunday_moves_to_monday() -> None:
    assert date(2025, 11, 9).isoweekday() == 7

    assert date(2025, 11, 10) in Holiday.objects.dates()
    assert date(2025, 11, 9) not in Holiday.objects.dates()


def test_loading_again_changes_nothing_that_somebody_edited() -> None:
    Department.objects.filter(code="A01").update(name="Otra cosa")
    PolicyArea.objects.filter(slug="movilidad").update(order=999)
    Holiday.objects.filter(on=date(2026, 8, 15)).delete()
    Rules.objects.update(consensus_range=3)
    counts = [model.objects.count() for model in (Department, District, PolicyArea, CpvCode, Holiday, Rules)]

    reload()

    assert Department.objects.get(code="A01").name == "Otra cosa"
    assert PolicyArea.objects.get(slug="movilidad").order == 999
    assert not Holiday.objects.filter(on=date(2026, 8, 15)).exists()
    assert Rules.objects.get().consensus_range == 3
    assert [model.objects.count() for model in (Department, District, PolicyArea, CpvCode, Holiday, Rules)] == counts


def test_loading_puts_back_what_is_missing() -> None:
    Department.objects.filter(code="OD").delete()
    Holiday.objects.all().delete()

    reload()

    assert Department.objects.get(code="OD").parent.code == "CGA"
    assert date(2026, 5, 15) in Holiday.objects.dates()


def test_a_unit_exists_between_its_days() -> None:
    area = Department.objects.get(code="A01")
    area.valid_to = date(2027, 6, 1)
    area.save()

    assert area not in Department.objects.in_force(date(2023, 6, 16))
    assert area in Department.objects.in_force(date(2023, 6, 17))
    assert area in Department.objects.in_force(date(2027, 6, 1))
    assert area not in Department.objects.in_force(date(2027, 6, 2))


def test_names_follow_the_language() -> None:
    area = PolicyArea.objects.get(slug="movilidad")

    with override("es"):
        assert str(area) == "Movilidad"
    with override("en"):
        assert str(area) == "Mobility"
        assert str(District.objects.get(number=6)) == "Tetuán"


def test_rules_in_force_are_the_latest_that_began() -> None:
    old = Rules.objects.get()
    new = Rules.objects.create(valid_from=date(2027, 1, 1), minor_contract_limit_net=Decimal("18000.00"))

    assert Rules.objects.in_force(date(2026, 12, 31)) == old
    assert Rules.objects.in_force(date(2027, 1, 1)) == new
    assert Rules.objects.in_force(date(2026, 12, 31)).minor_contract_limit_net == Decimal("15000.00")
    with pytest.raises(DomainError):
        Rules.objects.in_force(old.valid_from - timedelta(days=1))


def test_the_database_reads_the_same_rules() -> None:
    Rules.objects.create(valid_from=date(2027, 1, 1), minor_contract_limit_net=Decimal("18000.00"))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT portal_minor_contract_limit('2026-12-31'), portal_minor_contract_limit('2027-01-01'),"
            " (portal_rule('2026-12-31')).minimum_sheets, portal_minor_contract_limit('2000-01-01')"
        )
        assert cursor.fetchone() == (Decimal("15000.00"), Decimal("18000.00"), 2, None)


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (Department, {"code": "X", "name": "X", "short_name": "X", "kind": "team"}, "department_kind_known"),
        (
            Department,
            {
                "code": "X",
                "name": "X",
                "short_name": "X",
                "kind": "area",
                "valid_from": date(2026, 1, 2),
                "valid_to": date(2026, 1, 1),
            },
            "department_dates_in_order",
        ),
        (District, {"number": 0, "name": "X", "slug": "x"}, "district_number_positive"),
        (Rules, {"valid_from": date(2030, 1, 1), "minor_contract_limit_net": 0}, "rules_limit_positive"),
        (Rules, {"valid_from": date(2030, 1, 1), "vat_rate": 101}, "rules_vat_rate_is_percent"),
        (Rules, {"valid_from": date(2030, 1, 1), "questions_close_days": 20}, "rules_question_terms_in_order"),
        (Rules, {"valid_from": date(2030, 1, 1), "minimum_sheets": 0}, "rules_sheets_positive"),
        (Holiday, {"on": date(2026, 1, 1), "name": "Again"}, "reference_holiday_on_key"),
    ],
)
def test_impossible_rows_are_refused(model: Any, values: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(**values)


def test_a_unit_is_not_part_of_itself() -> None:
    area = Department.objects.get(code="A01")

    with pytest.raises(IntegrityError, match="department_not_its_own_parent"), transaction.atomic():
        Department.objects.filter(pk=area.pk).update(parent=area)
