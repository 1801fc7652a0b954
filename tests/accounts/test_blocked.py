"""Who was behind an erased account: seen by nobody, told to an authority by one procedure, destroyed in time."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from govtech import clock
from govtech.accounts import erasure, export, retention
from govtech.accounts.models import BlockedPerson
from govtech.audit.models import AuditEvent
from tests import people
from tests.conftest import as_application

pytestmark = pytest.mark.django_db
ASKED = {"authority": "Juzgado 3", "reference": "PO 12/2027"}


@pytest.fixture
def erased():
    """Somebody whose account the web process erased, with the rights it has."""
    leaver = people.person("Leandra Quesevá")
    leaver.address = leaver.email
    with as_application():
        erasure.erase(leaver, by=leaver, at=clock.now())
    leaver.refresh_from_db()
    return leaver


def said(**options):
    out = StringIO()
    call_command("blocked", stdout=out, **options)
    return out.getvalue()


def test_it_is_kept_and_the_application_cant_read_it(erased):
    assert BlockedPerson.objects.get().identity["name"] == "Leandra Quesevá"
    assert BlockedPerson.objects.get().identity["emails"] == [erased.address]
    with as_application():
        assert BlockedPerson.objects.filter(until__gt=clock.now()).count() == 1
        for read in (lambda: list(BlockedPerson.objects.all()), lambda: BlockedPerson.objects.update(identity={})):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                read()
        with pytest.raises(CommandError, match="owner"), transaction.atomic():
            said(show=erased.pk, by=people.director().email, **ASKED)
    assert not admin.site.is_registered(BlockedPerson)
    assert "Quesevá" not in str(b"".join(export.archive(erased, at=clock.now())))


def test_it_is_told_to_an_authority_and_put_on_record(erased):
    director = people.director()

    told = said(show=erased.pk, by=director.email, **ASKED)

    assert "Leandra Quesevá" in told
    assert erased.address in told
    event = AuditEvent.objects.get(kind="account.unblocked")
    assert (event.actor_id, event.reason) == (director.pk, "Juzgado 3 · PO 12/2027")
    assert "Quesevá" not in str(vars(event))


@pytest.mark.parametrize("lacking", ["authority", "reference", "by"])
def test_without_writ_or_director_nothing_is_told(erased, lacking):
    options = {**ASKED, "by": people.director().email, lacking: ""}
    with pytest.raises(CommandError):
        said(show=erased.pk, **options)
    with pytest.raises(CommandError, match="director"):
        said(show=erased.pk, **ASKED, by=people.officer().email)
    assert not AuditEvent.objects.filter(kind="account.unblocked").exists()
    assert "Quesevá" not in said()
    assert f"account {erased.pk}" in said()


def test_after_three_years_it_is_destroyed(erased):
    with clock.travel(clock.now() + timedelta(days=3 * 365 - 5)), as_application():
        retention.run(at=clock.now())
        assert BlockedPerson.objects.filter(until__isnull=False).count() == 1
    with clock.travel(clock.now() + timedelta(days=3 * 366)):
        at = clock.now()
        with pytest.raises(CommandError, match="time is over"):
            said(show=erased.pk, by=people.director().email, **ASKED)
        with as_application():
            retention.run(at=at)
    assert not BlockedPerson.objects.exists()


def test_no_other_model_reaches_it():
    for model in apps.get_models():
        reached = [field for field in model._meta.get_fields() if field.related_model is BlockedPerson]
        assert reached == [], model
