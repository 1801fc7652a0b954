"""Published schemas, from the folder that `SCHEMAS` names: see `make conformance`."""

import csv
import json
import os
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

FOLDER = Path(os.environ.get("SCHEMAS") or "/nonexistent")
needed = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="no published schemas: make conformance SCHEMAS=<folder with ocds-1.1 and dcat-ap-es>"
)
OCDS = FOLDER / "ocds-1.1"

checker = jsonschema.FormatChecker(formats=[])


@checker.checks("date-time", raises=ValueError)
def _instant(text: Any) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@checker.checks("uri", raises=ValueError)
def _address(text: Any) -> bool:
    return not isinstance(text, str) or all(urlsplit(text)[:2])


@cache
def ocds(name: str) -> Any:
    """Return a schema of OCDS as data."""
    return json.loads((OCDS / f"{name}.json").read_text())


@cache
def codes(name: str) -> set[str]:
    """Return the codes of a codelist."""
    with (OCDS / "codelists" / name).open(encoding="utf-8-sig") as file:
        return {row["Code"] for row in csv.DictReader(file)}


@cache
def _validator(name: str) -> Any:
    release = ocds("release-schema")
    resource = Resource.from_contents(release, default_specification=DRAFT4)
    registry: Registry = Registry().with_resource(release["id"], resource)
    return jsonschema.Draft4Validator(ocds(name), registry=registry, format_checker=checker)


def problems(name: str, data: Any) -> list[str]:
    """Return what is wrong with data by a schema of OCDS; for each where it stands."""
    found = [deep for error in _validator(name).iter_errors(data) for deep in (error.context or [error])]
    return sorted(f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found)


def strange_codes(data: Any, schema: Any = None, path: str = "") -> Iterator[str]:
    """Yield values that their codelist doesn't have, and names that the schema doesn't know."""
    root = ocds("release-schema")
    schema = schema or root
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    if codelist := schema.get("codelist"):
        for value in data if isinstance(data, list) else [data]:
            if value not in codes(codelist):
                yield f"{path}: {value} is not in {codelist}"
    elif isinstance(data, list):
        for each in data:
            yield from strange_codes(each, schema.get("items") or {}, f"{path}[]")
    elif isinstance(data, dict) and "properties" in schema:
        for name, value in data.items():
            plain = name.removesuffix("_en")
            if plain not in schema["properties"]:
                yield f"{path}/{name}: not in the schema"
            else:
                yield from strange_codes(value, schema["properties"][plain], f"{path}/{name}")
