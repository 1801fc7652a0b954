"""Departments share a need; who reads what of it; the Office counts, and merges two of the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from challenges.actions import planned
from challenges.actions import support as actions
from challenges.filters.need import needs_of
from challenges.models import Challenge, Status, Support
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Any:
    """A delegate of another department than the factories' (Tetuán)."""
    return people.delegate(people.department("D01"), "Olga Otra")


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def share(challenge: Challenge, user: Any, code: str = "D01", note: str = "Nos pasa igual.") -> Support:
    return actions.support(challenge, people.department(code), note=note, by=user, at=clock.now())


def test_who_reads_about_which_need(other: Any) -> None:
    secret, shown = factories.draft_challenge(), factories.draft_challenge(shows_idea=True)
    sent, own = factories.submitted_challenge(), factories.submitted_challenge(department=people.department("D01"))
    is_open, planned = factories.open_challenge(), factories.published_challenge()
    planned.__class__.objects.filter(pk=planned.pk)

    assert set(needs_of(other)) == {shown, sent, is_open, planned}
    assert set(needs_of(people.officer())) == {shown, sent, is_open, planned, own}
    assert set(needs_of(people.director())) == {shown, sent, is_open, planned, own}
    assert set(needs_of(people.person())) == set()
    assert set(needs_of(people.auditor())) == set()  # they read what was opened
    assert secret not in needs_of(people.officer())


def test_another_department_reads_problem_and_summary_and_no_money_comment_or_term(other: Any) -> None:
    challenge = factories.submitted_challenge(adoption="Lo pagaría el Área con 123.456 euros", ip_clause="Cláusula X")
    from challenges.actions.challenge import comment  # noqa: PLC0415

    comment(challenge, step="problem", text="Comentario reservado", by=people.officer(), at=clock.now())

    page = browser(other).get(f"/necesidades/{challenge.public_id}/").content.decode()

    assert challenge.problem in page
    for hidden in ("123.456", "14.500", "Cláusula X", "Comentario reservado"):
        assert hidden not in page
    assert browser(other).get(f"/mis-retos/{challenge.public_id}/").status_code == 404
    assert browser(people.person()).get("/necesidades/").status_code == 403


def test_a_need_is_shared_once_told_and_taken_back(other: Any) -> None:
    challenge = factories.submitted_challenge()
    client, url = browser(other), f"/necesidades/{challenge.public_id}/"
    department = people.department("D01")

    assert client.post(url, {"department": department.pk, "note": " "}).status_code == 422
    client.post(url, {"department": department.pk, "note": "Nos pasa igual."})
    client.post(url, {"department": department.pk, "note": "60 cortes al año."})

    assert Support.objects.get().note == "60 cortes al año."
    assert Notice.objects.filter(kind="challenge.supported", recipient=challenge.created_by).count() == 1
    assert (
        "60 cortes al año."
        in browser(people.officer()).get(f"/mis-retos/{challenge.public_id}/revision/").content.decode()
    )
    client.post(url + "retirar/", {"department": "D01"})
    assert not Support.objects.exists()


def test_nobody_shares_their_own_need_nor_speaks_for_others(other: Any) -> None:
    challenge = factories.submitted_challenge(department=people.department("D01"))

    with pytest.raises(DomainError):
        share(challenge, other)
    answer = browser(other).post(
        f"/necesidades/{factories.submitted_challenge().public_id}/",
        {"department": people.department("D02").pk, "note": "x"},
    )
    assert answer.status_code == 422
    assert not Support.objects.exists()


def test_the_list_counts_only_where_there_is_somebody(other: Any) -> None:
    challenge = factories.submitted_challenge()
    assert "0 departamentos" not in browser(other).get("/necesidades/").content.decode()

    share(challenge, other)

    assert "lo comparte otro departamento" in browser(other).get("/necesidades/").content.decode()


def test_the_public_page_says_how_many_share_it(client: Client, other: Any) -> None:
    challenge = factories.open_challenge()
    share(challenge, other)

    assert "Otro departamento comparte esta necesidad." in client.get(challenge.get_absolute_url()).content.decode()
    assert "Nos pasa igual." not in client.get(challenge.get_absolute_url()).content.decode()


def test_a_merged_challenge_keeps_its_texts_and_its_department_goes_along(other: Any) -> None:
    third = people.delegate(people.department("D02"))
    source = factories.submitted_challenge(department=people.department("D01"), by=other)
    target = factories.submitted_challenge()
    share(source, third, "D02", "También aquí.")
    officer = browser(people.officer())

    answer = officer.post(
        f"/mis-retos/{source.public_id}/revision/unir/", {"into": target.public_id, "reason": "Es el mismo problema."}
    )

    source.refresh_from_db()
    assert answer.status_code == 302
    assert (source.status, source.merged_into, source.problem) == (Status.MERGED, target, factories.TEXTS["problem"])
    rows = {row.department.code: row for row in target.supports.select_related("department")}
    assert set(rows) == {"D01", "D02"}
    assert rows["D01"].came_from == source
    assert rows["D02"].note == "También aquí."
    assert Notice.objects.filter(kind="challenge.merged", recipient=other).count() == 1
    assert Notice.objects.filter(kind="challenge.cosponsored", recipient=target.created_by).count() == 1
    assert AuditEvent.objects.filter(kind="challenge.merged", target_id=str(source.pk)).count() == 1
    assert "Es el mismo problema." in browser(other).get(f"/mis-retos/{source.public_id}/").content.decode()


def test_only_what_is_under_review_or_returned_is_merged_and_never_into_itself() -> None:
    officer, at = people.officer(), clock.now()
    draft, sent, published = factories.draft_challenge(), factories.submitted_challenge(), factories.open_challenge()

    for source in (draft, published):
        with pytest.raises(TransitionError):
            actions.merge(source, sent, reason="x", by=officer, at=at)
    for target in (sent, draft):
        with pytest.raises(DomainError):
            actions.merge(sent, target, reason="x", by=officer, at=at)
    sent.refresh_from_db()
    assert sent.status == Status.SUBMITTED
    assert actions.merge(sent, published, reason="x", by=officer, at=at).merged_into == published


def test_an_idea_is_shown_and_hidden_by_its_department(other: Any) -> None:
    challenge = factories.draft_challenge()
    mine = browser(challenge.created_by)

    mine.post(f"/mis-retos/{challenge.public_id}/mostrar-idea/", {"shows": "1"})
    assert browser(other).get(f"/necesidades/{challenge.public_id}/").status_code == 200
    mine.post(f"/mis-retos/{challenge.public_id}/mostrar-idea/")
    assert browser(other).get(f"/necesidades/{challenge.public_id}/").status_code == 404


def test_needs_and_queue_take_as_many_queries_for_fifty_as_for_one(other: Any, django_assert_num_queries: Any) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = browser(other)
    share(factories.submitted_challenge(), other)
    client.get("/necesidades/")
    with CaptureQueriesContext(connection) as one:
        client.get("/necesidades/")
    for _ in range(15):
        share(factories.submitted_challenge(), other)
    with CaptureQueriesContext(connection) as many:
        client.get("/necesidades/")

    assert len(many) == len(one)


def test_who_shares_takes_back_and_shares_again_is_told_of_once(other: Any) -> None:
    challenge = factories.submitted_challenge()

    for _ in range(3):
        found = share(challenge, other)
        actions.withdraw(found, by=other, at=clock.now())

    told = Notice.objects.filter(kind="challenge.supported", recipient=challenge.created_by)
    assert told.count() == 1


def test_the_announcement_of_a_merged_challenge_leads_to_the_other() -> None:
    officer, at = people.officer(), clock.now()
    source, target = factories.submitted_challenge(), factories.submitted_challenge()
    announced = planned.announce(
        title="Calor en los patios",
        summary="Los patios de los colegios se calientan.",
        department=source.department,
        policy_areas=[],
        expected_from=clock.local_date(at),
        expected_until=clock.local_date(at) + timedelta(days=40),
        kept_by=officer,
        by=officer,
        at=at,
    )
    planned.link(announced, source, by=officer, at=at)

    actions.merge(source, target, reason="Es el mismo", by=officer, at=at)

    announced.refresh_from_db()
    assert announced.challenge == target
