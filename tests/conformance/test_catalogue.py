"""The catalogue against the published DCAT-AP-ES shapes, read by somebody else's programs."""

import re
from collections import Counter
from functools import cache
from typing import Any

import pyshacl
import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import translation
from rdflib import DCAT, RDF, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

from govtech import clock
from tests.conformance import schemas
from tests.pilots import calls

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("default")]
SHAPES = (
    "catalog_shape",
    "common_shapes",
    "dataset_shape",
    "distribution_shape",
    "dataservice_shape",
    "mdr-vocabularies.shape",
)
SH = Namespace("http://www.w3.org/ns/shacl#")


def catalogue(form: str = "jsonld") -> Graph:
    with clock.travel(calls.LAST), translation.override("es"):
        answer = Client().get(reverse(f"pilots:catalogue_{form}"))
    return Graph().parse(data=answer.content, format={"jsonld": "json-ld", "rdf": "xml"}[form])


@cache
def shapes() -> Graph:
    found = Graph()
    for name in SHAPES:
        found.parse(schemas.FOLDER / "dcat-ap-es" / f"shacl_{name}.ttl")
    return found


def problems(data: Graph, severity: str = "Violation") -> Counter[str]:
    _conforms, report, _text = pyshacl.validate(data, shacl_graph=shapes(), advanced=True, inference="none")
    found: Counter[str] = Counter()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        if report.value(result, SH.resultSeverity) == SH[severity]:
            path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
            said = [each for each in report.objects(result, SH.resultMessage) if each.language == "en"]
            found[f"{path} {value}: {said[:1]}"] += 1
    return found


@schemas.needed
@pytest.mark.timeout(600)
def test_it_conforms() -> None:
    calls.decided()
    data = catalogue()

    assert problems(data) == {}
    # Recommended, and not known here: a telephone.
    assert [each for each in problems(data, "Warning") if "hasTelephone" not in each] == []


@schemas.needed
@pytest.mark.timeout(600)
def test_the_check_itself_finds_what_is_missing() -> None:
    calls.decided()
    data = catalogue()
    data.remove((None, URIRef("http://purl.org/dc/terms/publisher"), None))

    assert problems(data)


def test_both_forms_say_the_same() -> None:
    calls.decided()

    assert isomorphic(catalogue("jsonld"), catalogue("rdf"))


def test_every_file_it_names_is_there() -> None:
    calls.decided()
    data = catalogue()
    addresses = {str(each) for each in data.objects(None, DCAT.downloadURL)}

    assert len(addresses) > 30
    for address in addresses:
        path = re.sub(r"^https?://[^/]+", "", address)
        with translation.override("es"):
            assert resolve(path).view_name
        with clock.travel(calls.LAST):
            assert Client().head(path).status_code == 200, path


def test_a_portal_without_challenges_has_a_catalogue_too() -> None:
    data: Any = catalogue()

    assert list(data.subjects(RDF.type, DCAT.Catalog))
