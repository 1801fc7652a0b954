"""The charter before the start: what it needs, two signatures, what changes afterwards. The record of the contract."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from govtech.reference.models import District
from pilots.actions import charter as actions
from pilots.actions import pilot as pilots
from pilots.desk import pilot as desk
from pilots.models import Charter, ContractRecord, PilotStatus
from pilots.policies import charter as policies
from tests import people
from tests.pilots import awards
from tests.startups.factories import member

pytestmark = pytest.mark.django_db
CONTRACT = {
    "reference": "CM-2026-001",
    "formalised_on": date(2026, 4, 24),
    "starts_on": date(2026, 5, 4),
    "ends_on": date(2026, 11, 3),
    "responsible": "Marta Hernando",
    "responsible_post": "Jefa de servicio",
}


@pytest.fixture
def pilot():
    return awards.preparing_pilot()


def sign(pilot, by, at):
    return actions.sign(pilot, version=Charter.objects.get(pilot=pilot).version, by=by, at=at)


def test_an_incomplete_charter_says_what_is_missing_and_cannot_be_signed(pilot):
    with awards.working(4) as at:
        actions.write(pilot, hypothesis="Funciona.", scope="Dos barrios.", by=awards.delegate_of(pilot), at=at)
        pilot = awards.fresh(pilot)
        assert "alcance" not in policies.missing(pilot)
        assert {"plan de salida", "distritos"} <= set(policies.missing(pilot))
        with pytest.raises(DomainError, match="plan de salida"):
            sign(pilot, awards.company_of(pilot), at)


@pytest.mark.parametrize("name", [*policies.NEEDED, *policies.HOURS, "hypothesis", "place"])
def test_each_part_is_needed(pilot, name):
    empty = None if name in policies.HOURS else ""
    with awards.working(4) as at:
        awards.chartered(pilot, at=at, **{name: empty})
        assert len(policies.missing(awards.fresh(pilot))) == 1
        awards.chartered(pilot, at=at)
        assert policies.missing(awards.fresh(pilot)) == []


def test_it_starts_only_with_both_signatures(pilot):
    delegate, company = awards.delegate_of(pilot), awards.company_of(pilot)
    with awards.working(4) as at:
        awards.chartered(pilot, at=at)
        for by, words in ((delegate, "departamento"), (company, "empresa")):
            with pytest.raises(DomainError, match=words):
                pilots.start(pilot, starts_on=awards.STARTS_ON, by=delegate, at=at)
            sign(pilot, by, at)
        assert pilots.start(pilot, starts_on=awards.STARTS_ON, by=delegate, at=at).status == PilotStatus.RUNNING
    told = set(Notice.objects.filter(kind="charter.to_sign").values_list("recipient", flat=True))
    assert told == {company.pk}
    assert Notice.objects.filter(kind="charter.agreed", recipient=delegate).exists()


def test_the_database_refuses_a_start_without_them(pilot):
    with awards.working(4) as at:
        awards.chartered(pilot, at=at)
        sign(pilot, awards.delegate_of(pilot), at)
    with pytest.raises(DatabaseError, match="no charter"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE pilots_pilot SET status = 'running' WHERE id = %s", [pilot.pk])


def test_a_change_has_to_be_signed_again_and_who_signed_is_told(pilot):
    delegate, company = awards.delegate_of(pilot), awards.company_of(pilot)
    with awards.working(4) as at:
        awards.chartered(pilot, at=at)
        read = Charter.objects.get(pilot=pilot).version
        sign(pilot, company, at)
        actions.write(pilot, districts=[District.objects.get(number=6)], by=delegate, at=at)
        charter = Charter.objects.get(pilot=pilot)
        assert (charter.version, charter.company_signed_at, charter.company_signed_by) == (read + 1, None, None)
        with pytest.raises(DomainError, match="cambi"):
            actions.sign(pilot, version=read, by=company, at=at)
    assert Notice.objects.filter(kind="charter.changed", recipient=company).count() == 1


def test_saving_what_stands_changes_no_signature(pilot):
    with awards.working(4) as at:
        awards.agreed(pilot, at=at)
        awards.chartered(pilot, at=at)
        actions.write(pilot, title="Otro título", by=awards.delegate_of(pilot), at=at)
    assert Charter.objects.get(pilot=pilot).is_signed


def test_who_signs(pilot):
    with awards.working(4) as at:
        awards.chartered(pilot, at=at)
        for by in (people.officer(), people.director(), member(pilot.organisation, "editor"), people.person()):
            with pytest.raises(PermissionDenied):
                sign(pilot, by, at)
        both = awards.delegate_of(pilot)
        sign(pilot, both, at)
        with pytest.raises(TransitionError):
            sign(pilot, both, at)


def test_once_started_only_the_public_words_change():
    pilot = awards.running_pilot()
    by = awards.delegate_of(pilot)
    with awards.working(6) as at:
        actions.write(pilot, summary="Otras palabras.", by=by, at=at)
        for change in ({"hypothesis": "Otra."}, {"scope": "Más."}, {"districts": [District.objects.get(number=6)]}):
            with pytest.raises(DomainError, match="pide un cambio"):
                actions.write(pilot, **change, by=by, at=at)
    charter = Charter.objects.get(pilot=pilot)
    for statement in (
        "UPDATE pilots_charter SET scope = 'x' WHERE id = %s",
        "DELETE FROM pilots_charter WHERE id = %s",
        "INSERT INTO pilots_charter_districts (charter_id, district_id) SELECT %s, min(id) FROM reference_district",
    ):
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute(statement, [charter.pk])


def test_pages_from_writing_to_signing(pilot):
    delegate, company = Client(), Client()
    delegate.force_login(awards.delegate_of(pilot))
    company.force_login(awards.company_of(pilot))
    key = {"slug": pilot.slug}
    write, sign_url = reverse("pilots:charter", kwargs=key), reverse("pilots:sign_charter", kwargs=key)
    values = {name: "" if value is None else str(value) for name, value in awards.CHARTER.items()}
    with awards.working(4) as at:
        refused = delegate.post(write, {**values, "title": pilot.title, "it_hours": "muchas"})
        assert refused.status_code == 422
        assert "muchas" in refused.content.decode()
        assert awards.CHARTER["exit_plan"] in refused.content.decode()
        assert delegate.post(write, {**values, "title": pilot.title}).status_code == 302
        assert awards.CHARTER["risks"] in company.get(sign_url).content.decode()
        version = Charter.objects.get(pilot=pilot).version
        assert not desk.company_items(awards.company_of(pilot), at=at)
        for client in (delegate, company):
            page = client.get(sign_url).content.decode()
            assert "Firmar la ficha" in page
            if client is company:
                [item] = desk.company_items(awards.company_of(pilot), at=at)
                assert item.url == sign_url
            assert client.post(sign_url, {"version": version}).status_code == 302
            assert "Firmar la ficha" not in client.get(sign_url).content.decode()
        assert not desk.company_items(awards.company_of(pilot), at=at)
        work = delegate.get(reverse("pilots:work", kwargs=key)).content.decode()
        assert "Empezar el piloto" in work


def test_the_office_writes_down_the_contract_and_the_public_reads_it(pilot):
    office = people.officer()
    with awards.working(4) as at:
        for by in (awards.delegate_of(pilot), awards.company_of(pilot), people.director()):
            with pytest.raises(PermissionDenied):
                actions.record_contract(pilot, **CONTRACT, by=by, at=at)
        with pytest.raises(DomainError) as refusal:
            actions.record_contract(pilot, **{**CONTRACT, "ends_on": date(2026, 5, 1)}, by=office, at=at)
        assert refusal.value.field == "ends_on"
        actions.record_contract(pilot, **CONTRACT, by=office, at=at)
        actions.record_contract(pilot, **{**CONTRACT, "file_number": "300/2026/7"}, by=office, at=at)
        actions.record_contract(pilot, **{**CONTRACT, "file_number": "300/2026/7"}, by=office, at=at)
        page = Client().get(f"/pilotos/{pilot.slug}/").content.decode()
    assert ContractRecord.objects.get().file_number == "300/2026/7"
    assert AuditEvent.objects.filter(kind="pilot.contract_recorded").count() == 2
    assert "CM-2026-001" in page
    assert "Marta Hernando" in page
    assert "300/2026/7" not in page


def test_the_office_is_reminded_of_a_running_pilot_without_its_contract():
    pilot = awards.running_pilot()
    office = people.officer()
    url = reverse("pilots:contract_record", kwargs={"slug": pilot.slug})
    with awards.working(6) as at:
        assert url in [item.url for item in desk.office_items(office, at=at)]
        actions.record_contract(pilot, **CONTRACT, by=office, at=at)
        assert url not in [item.url for item in desk.office_items(office, at=at)]
