"""Puts the reference data into an installation after each migration, and back after a flush in tests.

Adds what is missing by its key and never overwrites: an administrator's edits stay.
"""

from datetime import date, timedelta
from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps

from govtech.reference import content

SUNDAY = 6


def load_reference(sender: AppConfig, using: str = "default", apps: Any = global_apps, **kwargs: Any) -> None:
    """Load departments, districts, policy areas, CPV codes, holidays and rules. Safe to repeat."""
    try:
        models = {model.__name__: model.objects.using(using) for model in apps.get_app_config("reference").get_models()}
        departments, districts, rules = models["Department"], models["District"], models["Rules"]
    except (LookupError, KeyError):  # migrated back to nothing
        return
    _load_departments(departments)
    districts.bulk_create(
        [districts.model(number=number, name=name, slug=slug) for number, name, slug in content.DISTRICTS],
        ignore_conflicts=True,
    )
    areas = models["PolicyArea"]
    areas.bulk_create(
        [
            areas.model(slug=slug, name=name, name_en=name_en, order=place * 10)
            for place, (slug, name, name_en) in enumerate(content.POLICY_AREAS, start=1)
        ],
        ignore_conflicts=True,
    )
    codes = models["CpvCode"]
    codes.bulk_create(
        [codes.model(code=code, label=label, label_en=label_en) for code, label, label_en in content.CPV_CODES],
        ignore_conflicts=True,
    )
    _load_holidays(models["Holiday"])
    if not rules.exists():
        rules.create(valid_from=content.RULES_FROM, source=content.RULES_SOURCE)


def _load_departments(departments: Any) -> None:
    rows = [
        *content.DEPARTMENTS,
        *(
            (f"D{number:02}", f"Distrito de {name}", f"{name} District", name, "district", None)
            for number, name, _slug in content.DISTRICTS
        ),
    ]
    missing = {row[0] for row in rows} - set(departments.values_list("code", flat=True))
    if not missing:
        return
    new = [row for row in rows if row[0] in missing]
    departments.bulk_create(
        [
            departments.model(
                code=code,
                name=name,
                name_en=name_en,
                short_name=short_name,
                kind=kind,
                dir3="",
                valid_from=content.MANDATE if kind == "area" else None,
            )
            for code, name, name_en, short_name, kind, _parent in new
        ]
    )
    ids = dict(departments.values_list("code", "pk"))
    for code, *_rest, parent in new:
        if parent:
            departments.filter(code=code).update(parent_id=ids[parent])


def _load_holidays(holidays: Any) -> None:
    """Load each year that has no day yet: a year that somebody edited is left alone."""
    years = set(content.HOLIDAY_YEARS) - {day.year for day in holidays.values_list("on", flat=True)}
    if not years:
        return
    holidays.bulk_create(
        [holidays.model(on=day, name=name) for day, name in sorted(madrid_holidays(years).items())],
        ignore_conflicts=True,
    )


def madrid_holidays(years: set[int]) -> dict[date, str]:
    """Return day and Spanish name of each national, regional and local holiday of those years."""
    from holidays import country_holidays  # noqa: PLC0415 - slow to import, needed once in a life

    days = dict(country_holidays("ES", subdiv="MD", years=years, language="es"))
    for year in years:
        for month, day, name in content.LOCAL_HOLIDAYS:
            local = date(year, month, day)
            days.setdefault(local + timedelta(days=1) if local.weekday() == SUNDAY else local, name)
    return days
