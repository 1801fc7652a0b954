"""The shape of the code, where the import contracts can't see: relations, addresses, accessors, constraints, size."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

BASE: Path = settings.BASE_DIR
APPS = ["govtech", "challenges", "startups", "pilots"]  # from below to above
CORE = ["reference", "accounts", "audit", "files", "notifications", "shell", "programme"]  # inside govtech, likewise
OURS = [
    model
    for model in apps.get_models(include_auto_created=False)
    if model.__module__.partition(".")[0] in APPS and not model._meta.proxy
]
LINES = 400  # aim at 150; past 300 look for the second noun in a module; past this it must be named below

# Pairs of `x_at` and `x_by` that need no shared constraint, each with the reason.
UNPAIRED = {
    "files.StoredFile.created_at": "a document that the portal makes has no maker",
    "programme.Page.updated_at": "the texts that come with the portal were written by nobody in it",
}
# Modules over LINES, each with the reason.
LONG: dict[str, str] = {
    "challenges/filters/challenge.py": "one search: words, filters and counts; next to leave are the ways out",
    "govtech/shell/pages.py": "one kept page from request to answer: next to leave is what listens to Valkey",
    "challenges/models/challenge.py": "one table: its states, its columns and what the database refuses",
    "govtech/shell/templatetags/components.py": "the one library of components, a short function each",
    "pilots/actions/budget.py": "years, lines and credit: next to leave is the move of a year",
}


def rank(module: str) -> int:
    """Return how high a module's app stands; the apps of govtech among themselves count below the others."""
    top, _, rest = module.partition(".")
    inner = rest.partition(".")[0]
    return APPS.index(top) * 100 + (CORE.index(inner) if top == "govtech" and inner in CORE else 0)


def sources_of(app: str) -> Iterator[Path]:
    """Yield the modules and templates of an app; for govtech, all templates that belong to no other app."""
    yield from (path for path in (BASE / app).rglob("*.py") if "migrations" not in path.parts)
    for folder in (BASE / "templates").iterdir():
        if folder.name == app or (app == "govtech" and folder.name not in APPS):
            yield from folder.rglob("*.*") if folder.is_dir() else [folder]


def lower_apps() -> Iterator[tuple[str, list[str]]]:
    """Yield each app that has apps above it, with those."""
    for position, app in enumerate(APPS[:-1]):
        yield app, APPS[position + 1 :]


def hits(pattern: str, app: str) -> list[str]:
    """Return each line of an app's sources that matches, as `path:line: text`."""
    return [
        f"{path.relative_to(BASE)}:{number}: {line.strip()}"
        for path in sources_of(app)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_imports_point_one_way() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout


def test_no_relation_points_upwards() -> None:
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.get_fields()
        if field.concrete
        and field.related_model
        and field.related_model.__module__.partition(".")[0] in APPS
        and rank(field.related_model.__module__) > rank(model.__module__)
    ]

    assert upward == []


@pytest.mark.parametrize(("app", "above"), list(lower_apps()))
def test_no_address_of_a_higher_app_in_a_lower_one(app: str, above: list[str]) -> None:
    assert hits(rf"""["']({"|".join(above)}):""", app) == []


@pytest.mark.parametrize(("app", "above"), list(lower_apps()))
def test_no_reverse_accessor_of_a_higher_app_in_a_lower_one(app: str, above: list[str]) -> None:
    accessors = {
        name
        for model in OURS
        if model.__module__.partition(".")[0] not in above
        for relation in model._meta.related_objects
        if relation.related_model.__module__.partition(".")[0] in above and not relation.hidden
        for name in (relation.get_accessor_name(), relation.name)
    }
    own = {
        name
        for model in OURS
        if model.__module__.partition(".")[0] not in above
        for field in model._meta.get_fields()
        if not field.auto_created or field.concrete or field.related_model.__module__.partition(".")[0] not in above
        for name in (field.name, getattr(field, "get_accessor_name", str)())
    }
    names = sorted(filter(None, accessors - own))

    assert not names or hits(rf"\.({'|'.join(names)})\.(all|filter|get|count|exists|first|order_by)\b", app) == []
    assert not names or hits(rf"\b({'|'.join(names)})__[a-z]+\s*=", app) == []


def fields_of(condition: object) -> Iterator[str]:
    """Yield the name of each field that a condition mentions."""
    if isinstance(condition, Q):
        for child in condition.children:
            if isinstance(child, tuple):
                yield child[0].partition("__")[0]
                yield from fields_of(child[1])
            else:
                yield from fields_of(child)
    elif isinstance(condition, F):
        yield condition.name.partition("__")[0]
    elif hasattr(condition, "get_source_expressions"):
        for expression in condition.get_source_expressions():
            yield from fields_of(expression)


def test_each_instant_and_its_person_share_a_constraint() -> None:
    alone = []
    for model in OURS:
        fields = {field.name: field for field in model._meta.concrete_fields}
        checked = [
            set(fields_of(constraint.condition))
            for constraint in model._meta.constraints
            if isinstance(constraint, CheckConstraint)
        ]
        for at in (name for name in fields if name.endswith("_at")):
            by = at.removesuffix("_at") + "_by"
            if (
                by in fields
                and (fields[at].null or fields[by].null)
                and not any({at, by} <= names for names in checked)
            ):
                alone.append(f"{model._meta.label}.{at}")

    assert sorted(alone) == sorted(UNPAIRED)


def test_no_model_has_a_default_order() -> None:
    assert [model._meta.label for model in OURS if model._meta.ordering] == []


def test_every_known_status_is_checked_by_the_database() -> None:
    unchecked = [
        f"{model._meta.label}.status"
        for model in OURS
        for field in model._meta.concrete_fields
        if field.name == "status" and isinstance(field, models.CharField) and field.choices
        if not any(
            isinstance(constraint, CheckConstraint) and "status" in set(fields_of(constraint.condition))
            for constraint in model._meta.constraints
        )
    ]

    assert unchecked == []


def test_only_actions_write_a_status() -> None:
    edges = re.compile(r"/(views|forms|filters|tasks|admin|desk|feeds|api|listeners|policies|models)(/|\.py)")
    writes = [
        hit
        for app in APPS
        for hit in hits(r"\.status\s*=(?!=)|\.update\([^)]*\bstatus=", app)
        if edges.search("/" + hit.partition(":")[0])
    ]

    assert writes == []


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"""<style\b|\sstyle=|\son[a-z]+=["']|<script(?![^>]*\bsrc=)|javascript:""")
    found = [
        f"{path.relative_to(BASE)}:{number}"
        for path in (BASE / "templates").rglob("*.html")
        if not {"email", "emails", "mail"} & set(path.parts)  # mail programs know no style sheets
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", line))
    ]

    assert found == []


def test_modules_are_short() -> None:
    """A lamp, not a wall: a module may be named in LONG, with its reason."""
    long = {
        str(path.relative_to(BASE))
        for app in APPS
        for path in (BASE / app).rglob("*.py")
        if not {"migrations", "demo"} & set(path.parts)  # written by a machine; data, not code
        if len(path.read_text().splitlines()) > LINES
    }

    assert long <= set(LONG)
