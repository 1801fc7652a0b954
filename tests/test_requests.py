"""Requests that no page of the portal makes: forged, malformed, oversized, with fields that no form has.

None of them ends in an error of ours (the client raises those), and none changes what the form doesn't name.
"""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from govtech.accounts.models import User
from startups.models import Membership, Organisation, OrganisationRole
from tests.access import ROLES
from tests.startups.factories import company_nif, member
from tests.test_access import STATED
from tests.visits import Address, addresses, body
from tests.world import World, undone

EVERY = [*addresses()]
OURS = [each for each in EVERY if not each.name.startswith("admin:")]
NOBODYS: dict[str, Any] = {
    "year": 1999,
    "quarter": 1,
    "member": 987654321,
    "invitation": 987654321,
    "pk": 987654321,
    "key": "problem",
    "uidb36": "1",
    "object_id": "987654321",
    "app_label": "accounts",
    "url": "nothing",
    "content_type_id": 987654321,
    "part": 987654321,
}
PREFERRED = (
    "participant",
    "delegate",
    "officer",
    "director",
    "auditor",
    "reviewer",
    "rival",
    "visitor",
    "administrator",
)


def filled(each: Address, **parts: Any) -> str:
    """Return an address of that kind which leads to nobody's object, or to `parts`."""
    kwargs = {key: NOBODYS.get(key, "z" * 12) for key in each.keys}
    if "uidb36" in each.keys:
        kwargs["key"] = "bad-key"
    return reverse(each.name, kwargs={**kwargs, **each.pattern.default_args, **parts})


# Posted to by programs that have opened no page; what entitles is in the address, so an invented one leads nowhere.
WITHOUT_TOKEN = {"notifications:unsubscribe": 404}


# Forged --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["visitor", "participant", "officer", "administrator"])
def test_a_form_of_another_site_is_refused_everywhere(role: str, world: World) -> None:
    found, expected = {}, {}
    for each in EVERY:
        if each.pattern.name is None:  # the administration's answer to what it doesn't have
            continue
        expected[filled(each)] = WITHOUT_TOKEN.get(each.name, 403)
        with undone():
            found[filled(each)] = world.client(role, enforce_csrf_checks=True).post(filled(each)).status_code

    assert len(found) > 200
    assert {address: status for address, status in found.items() if status != expected[address]} == {}


@pytest.mark.parametrize("role", ["participant", "delegate", "officer", "director", "auditor", "administrator"])
def test_an_invented_id_leads_nowhere(role: str, world: World) -> None:
    found = {}
    for each in OURS:
        # what an invitation or a link of the sign-in library leads to says itself that it is not valid
        if each.keys and each.name not in ("startups:invitation", "account_reset_password_from_key"):
            with undone():
                found[filled(each)] = world.client(role).get(filled(each)).status_code

    assert len(found) > 80
    assert {address: status for address, status in found.items() if status not in (403, 404, 405)} == {}


# Malformed -----------------------------------------------------------------------------------------

PARAMETERS = (
    "q",
    "code",
    "page",
    "kind",
    "state",
    "sort",
    "field",
    "start",
    "filas",
    "min",
    "max",
    "area",
    "department",
)
STRANGE = {
    "nul": "%00",
    "half a letter": "%ff%fe",
    "long": "A" * 10_000,
    "huge": "9" * 400,
    "below": "-1",
    "not a number": "NaN",
    "quotes": "%27%22%3E%3Csvg%20onload%3Dalert(1)%3E",
    "list": "1&page=2&q=3",
}


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("role", ["visitor", "participant", "officer", "director"])
def test_no_query_string_breaks_a_page(role: str, value: str, world: World) -> None:
    with_choices = {name for each in OURS for name in each.pattern.default_args}
    query = "&".join(f"{name}={STRANGE[value]}" for name in PARAMETERS)
    found, raw = {}, []
    for each in OURS:
        if STATED[each.name].get[role] == 200 and not each.keys and each.name not in with_choices:
            with undone():
                response = world.client(role).get(f"{filled(each)}?{query}")
            found[each.name] = response.status_code
            if b"<svg onload" in body(response) and "calendar" not in response.headers.get("Content-Type", ""):
                raw.append(each.name)

    assert len(found) > 8
    assert {name: status for name, status in found.items() if status not in (200, 302, 400, 404, 422)} == {}
    assert raw == []


@pytest.mark.parametrize("part", ["%00", "%ff", "A" * 3_000, "%F0%9F%92%A5", "..%2f..%2fetc"])
def test_no_part_of_an_address_breaks_a_page(part: str, world: World) -> None:
    found = {}
    for each in OURS:
        texts = [key for key in each.keys if key not in NOBODYS]
        if texts and each.name not in ("startups:invitation",):
            address = filled(each).replace("z" * 12, part)
            for role in ("participant", "officer"):
                with undone():
                    found[f"{role} {each.name}"] = world.client(role).get(address).status_code

    assert len(found) > 100
    assert {key: status for key, status in found.items() if status not in (400, 403, 404, 405)} == {}


@pytest.mark.parametrize("part", ["%00", "A" * 3_000])
def test_no_invitation_breaks_its_page(part: str, world: World) -> None:
    with undone():
        address = filled(next(each for each in OURS if each.name == "startups:invitation")).replace("z" * 12, part)

        assert world.client("rival").get(address).status_code in (302, 404)


@pytest.mark.parametrize("year", [0, 1, 9999, 10_000, 2_147_483_648, 10**20])
def test_no_year_breaks_a_page(year: int, world: World) -> None:
    found = {}
    for each in OURS:
        if "year" in each.keys:
            with undone():
                found[each.name] = world.client("officer").get(filled(each, year=year)).status_code

    assert len(found) > 5
    assert set(found.values()) <= {404, 405}


class _Forms(HTMLParser):
    """Reads the forms of a page: where each goes, and its fields with their values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.is_open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.is_open = values.get("method", "").lower() == "post"
            if self.is_open:
                self.found.append((values.get("action", ""), {}))
        name = values.get("name", "") if tag in ("input", "select", "textarea", "button") else ""
        if self.is_open and values.get("type") != "file" and name not in ("", "csrfmiddlewaretoken"):
            self.found[-1][1].setdefault(name, values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.is_open = self.is_open and tag != "form"


def forms_of(world: World) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield (role, page, address, fields) of every form that somebody finds on a page; the same one once."""
    seen = set()
    for name in sorted(STATED):
        route = STATED[name]
        for role in PREFERRED:
            if route.get[role] != 200:
                continue
            page = reverse(name, kwargs=route.kwargs(world))
            with undone():
                response = world.client(role).get(page)
            if not response.headers.get("Content-Type", "").startswith("text/html"):
                break
            for action, fields in _Forms(response.content.decode()).found:
                if (key := (action or page, *sorted(fields))) not in seen:
                    seen.add(key)
                    yield role, name, action or page, fields


VALUES = {
    "nul": "a\x00b",
    "long": "A" * 10_000,
    "odd": "\U0001f4a5\u202e'\"><svg onload=alert(1)>",
    "number": "-99999999999999999999.999",
    "power": "1E+400",
    "not a number": "NaN",
}


KEPT = ("version", "decision", "answer")


@pytest.fixture(scope="module")
def forms(world: World) -> list[tuple[str, str, str, dict[str, str]]]:
    """All forms of the portal."""
    return [*forms_of(world)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", VALUES)
def test_no_value_breaks_a_form(kind: str, world: World, forms: list[Any]) -> None:
    raw, found = [], {}
    for role, name, address, fields in forms:
        # a version or the count of rows is kept, so that the values themselves are looked at
        kept = {
            key: value for key, value in fields.items() if "FORMS" in key or key in ("version", "decision", "answer")
        }
        with undone():
            response = world.client(role).post(address, {**dict.fromkeys(fields, VALUES[kind]), **kept})
        found[f"{role} on {name} to {address}"] = response.status_code
        if b"<svg onload" in body(response):
            raw.append(address)

    assert len(found) > 40
    assert {where: status for where, status in found.items() if status >= 500} == {}
    assert raw == []


# Fields that no form has ---------------------------------------------------------------------------

EXTRA = {
    "id": "1",
    "pk": "1",
    "public_id": "aaaaaaaaaaaa",
    "status": "published",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "groups": "1",
    "user_permissions": "1",
    "email": "otro@example.test",
    "password": "x",
    "department": "1",
    "department_id": "1",
    "organisation": "1",
    "organisation_id": "1",
    "challenge": "1",
    "slug": "otro",
    "reference": "RETO-2026-999",
    "opened_at": "2026-01-01",
    "opens_at": "2020-01-01",
    "closes_at": "2050-01-01",
    "publish_at": "2020-01-01",
    "approved_at": "2020-01-01",
    "submitted_at": "2020-01-01",
    "verified_at": "2020-01-01",
    "verified_by": "1",
    "withdrawn_at": "2020-01-01",
    "tax_id": "B00000000",
    "country": "PT",
    "created_by": "1",
    "proposal_count": "9",
    "route": "open",
    "max_amount_net": "999999",
    "role": "owner",
    "by": "1",
    "at": "2020-01-01",
    "award": "1",
    "final_decision": "scale",
    "decided_at": "2020-01-01",
    "p": "1",
    "credit": "999999",
}
Named = tuple[str, str, Callable[[World], Any], set[str]]
CHOSEN = {"language": "es", "kind": "sme", "in_group": "yes", "full_name": "Paula Nueva"}  # where a field needs a value
# (route, role, the row that it writes, the columns that its form names)
FORMS: list[Named] = [
    ("accounts:profile", "participant", lambda w: w.person("participant"), {"full_name", "post", "language"}),
    (
        "startups:edit_organisation",
        "participant",
        lambda w: Organisation.objects.get(pk=w.organisation.pk),
        {"name", "kind", "address", "website", "founded_on", "size", "changed_at"},
    ),
    (
        "challenges:step",
        "delegate",
        lambda w: type(w.draft).objects.get(pk=w.draft.pk),
        {"title", "summary", "problem", "affected", "tried", "policy_area_id"}
        | {f"{name}_en" for name in ("title", "summary", "problem", "affected", "tried")},
    ),
    ("startups:section", "participant", lambda w: type(w.draft_proposal).objects.get(pk=w.draft_proposal.pk), set()),
    ("startups:price", "participant", lambda w: type(w.draft_proposal).objects.get(pk=w.draft_proposal.pk), set()),
    (
        "pilots:charter",
        "delegate",
        lambda w: type(w.pilot).objects.get(pk=w.pilot.pk),
        {"title", "summary", "title_en", "summary_en"},  # it runs: the rest was signed
    ),
]


def columns(row: Any) -> dict[str, Any]:
    """Return what stands in a row."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "search"}


@pytest.mark.parametrize(("name", "role", "load", "named"), FORMS, ids=[form[0] for form in FORMS])
def test_fields_that_a_form_doesnt_name_are_not_written(
    name: str, role: str, load: Callable[[World], Any], named: set[str], world: World
) -> None:
    address = reverse(name, kwargs=STATED[name].kwargs(world))
    client = world.client(role)
    with undone():
        fields = max((fields for _action, fields in _Forms(client.get(address).content.decode()).found), key=len)
        before = columns(load(world))
        # what the form has stays as it stands, but where the extra name is one of its own
        data = {**{key: value for key, value in EXTRA.items() if key not in named}, **fields}
        data |= {key: value for key, value in CHOSEN.items() if key in fields}
        accepted = client.post(address, data).status_code
        after = columns(load(world))
        groups = set(world.person(role).groups.all())

    assert accepted == 302
    assert {key for key, value in after.items() if value != before[key]} <= named
    assert groups == set(world.person(role).groups.all())


def test_who_registers_gets_no_rights_by_asking(world: World) -> None:
    words = {"full_name": "Ana", "email": "ana@example.test", "password1": "correcta-pila-9", "website": ""}
    with undone():
        Client().post(reverse("account_signup"), {**EXTRA, **words, "password2": words["password1"]})
        made = User.objects.get(email=words["email"])
        rights = (made.is_staff, made.is_superuser, made.is_active, made.groups.count())

    assert rights == (False, False, True, 0)


def test_who_registers_an_organisation_does_not_verify_it(world: World) -> None:
    words = {"name": "Nueva Ficticia SL", "kind": "sme", "country": "ES", "tax_id": company_nif(9_999_999)}
    with undone():
        response = world.client("rival").post(reverse("startups:new_organisation"), {**EXTRA, **words})
        made = Organisation.objects.get(name=words["name"])
        owners = set(Membership.objects.filter(organisation=made).values_list("user", flat=True))

    assert response.status_code == 302
    assert (made.verified_at, made.verified_by, made.withdrawn_at) == (None, None, None)
    assert made.created_by_id == world.person("rival").pk
    assert owners == {world.person("rival").pk}


# Rights that end -----------------------------------------------------------------------------------


def _leave_group(world: World, role: str) -> None:
    world.person(role).groups.clear()


def _end_appointment(world: World, role: str) -> None:
    appointment = world.appointment
    appointment.until_on = appointment.from_on
    type(appointment).objects.filter(pk=appointment.pk).update(until_on=appointment.from_on)


def _leave_organisation(world: World, role: str) -> None:
    rows = Membership.objects.filter(user=world.person(role))
    for row in rows.select_related("organisation"):
        member(row.organisation, OrganisationRole.OWNER)  # somebody stays
        rows.filter(pk=row.pk).update(left_at=row.joined_at, left_by=row.user_id)


def _close_account(world: World, role: str) -> None:
    User.objects.filter(pk=world.person(role).pk).update(is_active=False)


ENDS = [
    ("officer", "accounts:delegates", _leave_group, 403),
    ("director", "audit:list", _leave_group, 403),
    ("delegate", "challenges:mine", _end_appointment, 403),
    ("delegate", "challenges:draft", _end_appointment, 404),
    ("participant", "startups:proposal", _leave_organisation, 404),
    ("participant", "startups:members", _leave_organisation, 404),
    *((role, "shell:desk", _close_account, 302) for role in ROLES[1:]),
]


@pytest.mark.parametrize(("role", "name", "end", "status"), ENDS, ids=[f"{row[0]}-{row[1]}" for row in ENDS])
def test_a_right_that_ends_ends_with_the_next_page(
    role: str, name: str, end: Callable[[World, str], None], status: int, world: World
) -> None:
    address = reverse(name, kwargs=STATED[name].kwargs(world))
    with undone():
        before = world.client(role).get(address).status_code
        end(world, role)
        after = world.client(role).get(address).status_code

    assert (before, after) == (200, status)
