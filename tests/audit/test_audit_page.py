"""The audit on screen: who reads it, what it says, and what it never says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from govtech import clock
from govtech.audit import actions
from govtech.audit.models import AuditEvent
from tests import people

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("director", 200), ("officer", 403), ("person", 403),
                                              ("administrator", 403), ("delegate", 403)])  # fmt: skip
def test_auditors_and_directors_read_it(role, status):
    client = signed_in(getattr(people, role)())

    assert client.get("/auditoria/").status_code == status
    assert client.post("/auditoria/").status_code == status


def test_names_are_those_of_people_who_act_for_the_city():
    officer, company = people.officer("Olga Oficial"), people.person("Paula Proponente")
    actions.record("challenge.approved", by=officer, at=AT)
    actions.record("proposal.submitted", by=company, at=AT)
    actions.record("mail.swept", by=None, at=AT)

    page = text_of(signed_in(people.auditor()).get("/auditoria/"))

    assert "Olga Oficial" in page
    assert "Paula" not in page
    assert company.email not in page
    assert "alguien de fuera del Ayuntamiento" in page
    assert "el portal" in page


def test_who_works_for_the_city_and_proposes_is_not_named_beside_the_proposal():
    both = people.officer("Olga Oficial")
    actions.record("proposal.submitted", by=both, at=AT)
    actions.record("question.asked", by=both, at=AT)

    assert "Olga" not in text_of(signed_in(people.auditor()).get("/auditoria/"))


def test_it_narrows_by_kind_and_day():
    officer = people.officer()
    actions.record("alpha.happened", by=officer, at=AT)
    actions.record("beta.happened", by=officer, at=AT + timedelta(days=1))
    client = signed_in(people.auditor())

    def shown(query: str) -> set[str]:
        rows = client.get(f"/auditoria/?{query}").context["rows"]
        return {row["event"].kind for row in rows} & {"alpha.happened", "beta.happened"}

    assert shown("kind=alpha.happened") == {"alpha.happened"}
    assert shown("since=2026-03-03") == {"beta.happened"}
    assert shown("until=2026-03-02") == {"alpha.happened"}
    assert shown("since=2026-03-02&until=2026-03-03") == {"alpha.happened", "beta.happened"}
    response = client.get("/auditoria/?since=ayer&kind=nothing")
    assert response.status_code == 200
    assert "Escribe una fecha que exista" in text_of(response)


def test_verifying_says_what_it_found_and_is_on_record():
    actions.record("alpha.happened", by=None, at=AT)
    flush()
    auditor = people.auditor()
    client = signed_in(auditor)

    assert "Sí: cada eslabón" in text_of(client.post("/auditoria/"))
    assert AuditEvent.objects.filter(kind="audit.verified", actor_id=auditor.pk, new="whole").count() == 1
    flush()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_auditevent SET reason = 'x' WHERE kind = 'alpha.happened'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert "No: algo se cambió" in text_of(client.post("/auditoria/"))


def flush() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_queries_do_not_grow_with_the_events(django_assert_num_queries):
    client = signed_in(people.auditor())
    actions.record("alpha.happened", by=people.officer(), at=clock.now())
    client.get("/auditoria/")
    with CaptureQueriesContext(connection) as one:
        client.get("/auditoria/")
    for _ in range(60):
        actions.record("alpha.happened", by=people.officer(), at=clock.now())
    with django_assert_num_queries(len(one)):
        client.get("/auditoria/")
