"""The catalogue of open data after DCAT-AP-ES, as JSON-LD and RDF/XML: what the city's and the State's portals read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from challenges.feeds.answers import answered
from govtech import clock
from pilots.calculations.graph import Link, Literal, Node, Text, json_ld, rdf_xml
from pilots.feeds.ocds import LICENCE, text
from pilots.feeds.tables import TABLES
from pilots.filters import released
from pilots.filters.released import ANYBODY, whole
from pilots.models import BudgetYear

EU = "http://publications.europa.eu/resource/authority/"
SECTORS = "http://datos.gob.es/kos/sector-publico/sector"
CC_BY = f"{EU}licence/CC_BY_4_0"
OPEN_DATA_ACT = "http://data.europa.eu/eli/dir/2019/1024/oj"
MEDIA = "http://www.iana.org/assignments/media-types/"
FORMATS = {  # type of file of the Publications Office, media type
    "csv": ("CSV", "text/csv"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("JSON", "application/json"),
    "jsonl": ("JSON", "application/json"),
    "atom": ("ATOM", "application/atom+xml"),
}


@dataclass(frozen=True)
class File:
    """A distribution: its title, what it is, where it is, its format."""

    title: Any
    words: Any
    address: str
    form: str


@dataclass(frozen=True)
class Set:
    """A dataset with its files."""

    name: str
    title: Any
    words: Any
    files: list[File]
    changed: datetime | None


CONTRACTING = _("Contracting data (OCDS 1.1)")
CONTRACTING_WORDS = _(
    "Every challenge as one contracting process, from its publication to its last payment: planning, call, "
    "corrections, awards, contracts, milestones and payments."
)
BUDGET = _("Budget: movements, balances and payments")
BUDGET_WORDS = _("Every movement of the programme's budget by year and line, from its reservation to its payment.")
ORGANISATIONS = _("Organisations of the directory")
ORGANISATIONS_WORDS = _("The organisations that chose to be in the public directory, and what they chose to show.")
FEEDS = _("News as feeds")
FEEDS_WORDS = _("New challenges, corrections and how they end, to follow from elsewhere.")


def sets() -> Iterator[Set]:
    """Yield all datasets, with the same files that the pages offer."""
    changes = {name: _last_change(table) for name, table in TABLES.items()}
    latest = max((each for each in changes.values() if each), default=None)
    yield Set("ocds", CONTRACTING, CONTRACTING_WORDS, list(_ocds()), latest)
    for name, table in TABLES.items():
        yield Set(name, table.title, table.words, list(_of_table(table)), changes[name] or latest)
    yield Set("budget", BUDGET, BUDGET_WORDS, list(_budget()), changes["payments"] or latest)
    yield Set("organisations", ORGANISATIONS, ORGANISATIONS_WORDS, list(_organisations()), latest)
    feed = File(FEEDS, FEEDS_WORDS, _at("challenges:feed"), "atom")
    yield Set("feeds", FEEDS, FEEDS_WORDS, [feed], changes["challenges"] or latest)


def _last_change(table: Any) -> datetime | None:
    return table.rows().aggregate(last=Max(table.changed))["last"] if table.changed else None


def _at(name: str, **kwargs: Any) -> str:
    return whole(reverse(name, kwargs=kwargs))


def _ocds() -> Iterator[File]:
    yield File(_("All releases (JSON Lines)"), CONTRACTING_WORDS, _at("pilots:ocds_all_releases"), "jsonl")
    yield File(_("All records (JSON Lines)"), CONTRACTING_WORDS, _at("pilots:ocds_all_records"), "jsonl")
    for year in released.years():
        for key, words in (("releases", _("Releases of {year} (JSON)")), ("records", _("Records of {year} (JSON)"))):
            title = lambda words=words, year=year: str(words).format(year=year)  # noqa: E731 - read in each language
            yield File(title, CONTRACTING_WORDS, _at(f"pilots:ocds_year_{key}", year=year), "json")


def _of_table(table: Any) -> Iterator[File]:
    for form in ("csv", "xlsx"):
        title = lambda form=form: f"{table.title} ({form.upper()})"  # noqa: E731
        yield File(title, table.words, _at(f"pilots:data_{form}", table=table.name), form)
    yield File(lambda: f"{table.title} (API)", table.words, _at("pilots:api_rows", table=table.name), "json")


def _budget() -> Iterator[File]:
    for year in BudgetYear.objects.visible_to(ANYBODY).order_by("-year"):
        for name in ("entries", "balances", "payments"):
            address = _at(f"pilots:budget_{name}", year=year.year)
            yield File(lambda year=year: f"{BUDGET} {year}", BUDGET_WORDS, address, "csv")


def _organisations() -> Iterator[File]:
    for form in ("csv", "json"):
        title = lambda form=form: f"{ORGANISATIONS} ({form.upper()})"  # noqa: E731
        yield File(title, ORGANISATIONS_WORDS, _at(f"startups:data_{form}"), form)


# The graph ------------------------------------------------------------------------------------------------


def _both(words: Any) -> list[Text]:
    """Return words in Spanish and in English."""
    found = []
    for language in ("es", "en"):
        with translation.override(language):
            found.append(Text(str(words() if callable(words) else words), language))
    return found


def _instant(at: datetime) -> Literal:
    return Literal(timezone.localtime(at).isoformat(timespec="seconds"), "xsd:dateTime")


def _publisher() -> Link:
    return Link(f"http://datos.gob.es/recurso/sector-publico/org/Organismo/{settings.CITY_DIR3}")


def _contact() -> Node:
    node = Node("vcard:Organization", whole("/#oficina"))
    node.add("vcard:fn", Text(settings.OFFICE_NAME, "es"))
    node.add("vcard:organization-name", Text(settings.CITY_COUNCIL_NAME, "es"))
    node.add("vcard:hasUID", _publisher()).add("vcard:hasURL", Link(whole("/")))
    return node.add("vcard:hasEmail", Link(f"mailto:{settings.OFFICE_EMAIL}"))


def _described(node: Node, title: Any, words: Any, at: datetime, issued: datetime) -> Node:
    """Say of a dataset, a service or the catalogue what all say."""
    node.add("dct:title", *_both(title)).add("dct:description", *_both(words))
    node.add("dct:publisher", _publisher()).add("dct:issued", _instant(issued)).add("dct:modified", _instant(at))
    node.add("dct:language", Link(f"{EU}language/SPA"), Link(f"{EU}language/ENG"))
    return node.add("dct:spatial", Link("http://datos.gob.es/recurso/sector-publico/territorio/Provincia/Madrid"))


def _themes(node: Node) -> Node:
    node.add("dcat:keyword", *(Text(word, "es") for word in ("contratación pública", "innovación", "govtech")))
    return node.add("dcat:theme", Link(f"{SECTORS}/sector-publico"), Link(f"{EU}data-theme/GOVE"))


def _distribution(file: File, at: datetime) -> Node:
    kind, media = FORMATS[file.form]
    node = Node("dcat:Distribution", f"{file.address}#distribution")
    node.add("dct:title", *_both(file.title)).add("dct:description", *_both(file.words))
    node.add("dcat:accessURL", Link(file.address)).add("dcat:downloadURL", Link(file.address))
    node.add("dct:format", Link(f"{EU}file-type/{kind}")).add("dcat:mediaType", Link(MEDIA + media))
    node.add("dct:license", Link(CC_BY)).add("dct:modified", _instant(at))
    node.add("dct:language", Link(f"{EU}language/SPA"))
    node.add("dcatap:applicableLegislation", Link(OPEN_DATA_ACT))
    return node.add("dcatap:availability", Link(f"{EU}planned-availability/AVAILABLE"))


def _dataset(each: Set, page: str, at: datetime, issued: datetime) -> Node:
    node = Node("dcat:Dataset", f"{page}#{each.name}")
    _themes(_described(node, each.title, each.words, each.changed or at, issued))
    node.add("dct:identifier", Literal(f"{page}#{each.name}", "xsd:string"))
    node.add("dcat:contactPoint", _contact()).add("dcat:landingPage", Link(page))
    node.add("dct:accrualPeriodicity", Link(f"{EU}frequency/CONT"))
    node.add("dct:accessRights", Link(f"{EU}access-right/PUBLIC"))
    covered = Node("dct:PeriodOfTime").add("dcat:startDate", _instant(issued))
    node.add("dct:temporal", covered)
    node.add("dcatap:applicableLegislation", Link(OPEN_DATA_ACT))
    node.add("adms:versionNotes", *_both(_("Changes of the data are releases; columns may come, none goes.")))
    return node.add("dcat:distribution", *(_distribution(file, each.changed or at) for file in each.files))


def _service(found: list[Set], page: str, at: datetime, issued: datetime) -> Node:
    node = Node("dcat:DataService", f"{page}#api")
    _themes(_described(node, _("API of open data"), _("The tables as JSON, in pages, only for reading."), at, issued))
    node.add("dcat:endpointURL", Link(_at("pilots:api_description").rsplit("/", 1)[0] + "/v1/"))
    node.add("dcat:endpointDescription", Link(_at("pilots:api_description")))
    node.add("dcat:contactPoint", _contact()).add("dct:license", Link(CC_BY))
    node.add("dcatap:applicableLegislation", Link(OPEN_DATA_ACT))
    node.add("dct:accessRights", Link(f"{EU}access-right/PUBLIC")).add("foaf:page", Link(page))
    return node.add("dcat:servesDataset", *(Link(f"{page}#{each.name}") for each in found if each.name in TABLES))


def graph(at: datetime) -> tuple[list[Node], datetime]:
    """Return the catalogue, its datasets and its service, and when something in it last changed."""
    with translation.override(settings.LANGUAGE_CODE):
        page = _at("pilots:open_data")
        found = [each for each in sets() if each.files]
        first = released.public_challenges().aggregate(first=Min("publish_at"))["first"] or at
        last = max((each.changed for each in found if each.changed), default=first)
        catalogue = Node("dcat:Catalog", page)
        title = lambda: str(_("{name}: open data")).format(name=settings.PROGRAMME_NAME)  # noqa: E731
        words = _("Everything public of the programme, for programs and spreadsheets.")
        _described(catalogue, title, words, last, first)
        catalogue.add("foaf:homepage", Link(page)).add("dct:license", Link(CC_BY))
        catalogue.add("dcat:themeTaxonomy", Link(SECTORS), Link(f"{EU}data-theme"))
        catalogue.add("dcat:dataset", *(Link(f"{page}#{each.name}") for each in found))
        catalogue.add("dcat:service", Link(f"{page}#api"))
        nodes = [catalogue, *(_dataset(each, page, last, first) for each in found)]
        agent = Node("foaf:Agent", _publisher().address).add("foaf:name", Text(settings.CITY_COUNCIL_NAME, "es"))
        agent.add("dct:type", Link("http://purl.org/adms/publishertype/LocalAuthority"))
        agent.add("dct:identifier", Literal(settings.CITY_DIR3, "xsd:string"))
        return [*nodes, _service(found, page, last, first), agent], last


def _answer(request: HttpRequest, data: bytes, content_type: str, last: datetime) -> HttpResponse:
    response = answered(request, data, content_type, [last])
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = f'<{LICENCE}>; rel="license"'
    return response


@login_not_required
@require_safe
def as_json_ld(request: HttpRequest) -> HttpResponse:
    """The catalogue as JSON-LD."""
    nodes, last = graph(clock.now())
    return _answer(request, text(json_ld(nodes)).encode(), "application/ld+json; charset=utf-8", last)


@login_not_required
@require_safe
def as_rdf(request: HttpRequest) -> HttpResponse:
    """The catalogue as RDF/XML."""
    nodes, last = graph(clock.now())
    return _answer(request, rdf_xml(nodes), "application/rdf+xml; charset=utf-8", last)
