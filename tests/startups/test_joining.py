"""Requests to join, the history of who was in, and an owner that is always there."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation

from govtech import clock
from govtech.errors import DomainError
from govtech.notifications.models import Notice
from govtech.shell.registry import desk
from startups.actions import join_request as actions
from startups.actions import membership as memberships
from startups.actions import organisation as organisations
from startups.models import JoinRequest, Membership, Organisation, OrganisationRole
from tests.people import person
from tests.startups.factories import company_nif, member, organisation, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def ask(company, by, message=""):
    return actions.ask_to_join(tax_id=company.tax_id, country="ES", message=message, by=by, at=clock.now())


def role_of(user, company):
    return Membership.objects.current().filter(user=user, organisation=company).values_list("role", flat=True).first()


# What the asker learns --------------------------------------------------------------------------------


def test_registering_a_taken_number_leads_to_a_request_and_names_nobody(client):
    company, newcomer = organisation(name="Secreta Ficticia SL"), person()
    secrets = [company.name, owner_of(company).full_name, owner_of(company).email, company.public_id]
    client.force_login(newcomer)
    posted = {"name": "Otra", "kind": "sme", "country": "ES", "tax_id": f"es {company.tax_id.lower()}"}

    taken = client.post(reverse("startups:new_organisation"), posted)
    asked = client.post(
        reverse("startups:ask_to_join"), {**posted, "message": "Trabajo en el laboratorio."}, follow=True
    )

    assert taken.status_code == 422
    assert reverse("startups:ask_to_join") in taken.content.decode()
    row = JoinRequest.objects.get(asked_by=newcomer, organisation=company)
    actions.refuse(row, by=owner_of(company), at=clock.now())
    told = Notice.objects.get(recipient=newcomer)
    after = client.get(reverse("startups:my_organisations"))
    for page in (taken.content, asked.content, after.content, str((told.params, told.address, told.kind)).encode()):
        assert [word for word in secrets if word.encode() in page] == []
    assert company.tax_id in after.content.decode()
    assert "not accepted" in after.content.decode().lower()


def test_a_number_that_nobody_registered_is_said_to_be_free():
    with pytest.raises(DomainError, match="Register it") as refusal:
        actions.ask_to_join(tax_id="B12345674", country="ES", by=person(), at=clock.now())

    assert refusal.value.field == "tax_id"


def test_whoever_tries_many_numbers_is_stopped(client):
    client.force_login(person())
    posted = {"name": "Otra", "kind": "sme", "country": "ES", "tax_id": "B12345670"}

    said = [client.post(reverse("startups:new_organisation"), posted).content.decode() for _ in range(31)]

    assert "Too many numbers" not in said[29]
    assert "Too many numbers" in said[30]


# What can be asked, and who answers -------------------------------------------------------------------


def test_an_owner_lets_in_and_decides_as_what():
    company, newcomer = organisation(), person("Nadia Nueva")
    row = ask(company, newcomer, "Soy la  nueva ingeniera.")
    owner = owner_of(company)

    [item] = [each for each in desk.items(owner, at=clock.now()) if "Nadia Nueva" in each.title]
    membership = actions.approve(row, role="reader", by=owner, at=clock.now())

    assert item.url == reverse("startups:members", kwargs={"public_id": company.public_id})
    assert (membership.user, membership.role, membership.joined_by) == (newcomer, "reader", owner)
    assert Notice.objects.get(recipient=newcomer).kind == "organisation.join_approved"
    with pytest.raises(DomainError, match="dealt with already: accepted"):
        actions.refuse(row, by=owner, at=clock.now())


def test_only_owners_answer_and_only_the_asker_takes_back(client):
    company, newcomer = organisation(), person()
    row, editor = ask(company, newcomer), member(company)

    for act in (
        lambda: actions.approve(row, role="reader", by=editor, at=clock.now()),
        lambda: actions.approve(row, role="owner", by=newcomer, at=clock.now()),
        lambda: actions.refuse(row, by=owner_of(organisation()), at=clock.now()),
        lambda: actions.take_back(row, by=owner_of(company), at=clock.now()),
    ):
        with pytest.raises(PermissionDenied):
            act()
    client.force_login(newcomer)
    address = reverse("startups:answer_request", kwargs={"public_id": row.public_id})
    assert client.post(address, {"role": "owner"}).status_code == 404
    assert role_of(newcomer, company) is None
    actions.take_back(row, by=newcomer, at=clock.now())
    with pytest.raises(DomainError, match="taken back"):
        actions.approve(row, role="reader", by=owner_of(company), at=clock.now())


def test_a_request_waits_thirty_days_and_a_no_rests_thirty():
    company, newcomer, at = organisation(), person(), clock.now()
    row = ask(company, newcomer)
    with pytest.raises(DomainError, match="asked already"):
        ask(company, newcomer)

    with clock.travel(at + timedelta(days=31)):
        with pytest.raises(DomainError, match="nobody answered"):
            actions.approve(row, role="reader", by=owner_of(company), at=clock.now())
        again = ask(company, newcomer)
        actions.refuse(again, by=owner_of(company), at=clock.now())
        with pytest.raises(DomainError, match="said no"):
            ask(company, newcomer)
    with clock.travel(at + timedelta(days=62)):
        assert ask(company, newcomer).state(clock.now()) == "waiting"


def test_asking_and_taking_back_doesnt_flood_the_owners():
    company, newcomer, at = organisation(), person(), clock.now()
    for day in range(3):
        with clock.travel(at + timedelta(days=day, minutes=day)):
            actions.take_back(ask(company, newcomer), by=newcomer, at=clock.now())
            with pytest.raises(DomainError, match="tomorrow"):
                ask(company, newcomer)
    with clock.travel(at + timedelta(days=4)), pytest.raises(DomainError, match="3 times in a month"):
        ask(company, newcomer)

    assert Notice.objects.filter(kind="organisation.join_asked").count() == 3
    with clock.travel(at + timedelta(days=40)):
        assert ask(company, newcomer)


def test_one_person_asks_ten_organisations_a_day_at_most():
    newcomer = person()
    for _again in range(10):
        actions.take_back(ask(organisation(), newcomer), by=newcomer, at=clock.now())

    with pytest.raises(DomainError, match="enough for a day"):
        ask(organisation(), newcomer)


def test_nobody_asks_where_there_is_nothing_to_ask():
    company, newcomer = organisation(), person()
    gone = organisation()
    organisations.withdraw(gone, by=owner_of(gone), at=clock.now())

    with pytest.raises(DomainError, match="already"):
        ask(company, owner_of(company))
    with pytest.raises(DomainError, match="doesn't take part any more"):
        ask(gone, newcomer)
    for _ in range(5):
        ask(organisation(), newcomer)
    with pytest.raises(DomainError, match="5 requests waiting"):
        ask(company, newcomer)


def test_an_invitation_answers_what_was_asked():
    company, newcomer = organisation(), person()
    row = ask(company, newcomer)
    _, token = memberships.invite(company, email=newcomer.email, role="editor", by=owner_of(company), at=clock.now())

    memberships.accept_invitation(token, by=newcomer, at=clock.now())

    row.refresh_from_db()
    assert row.state(clock.now()) == "approved"


# Invitations ------------------------------------------------------------------------------------------


def test_an_address_isnt_flooded():
    company = organisation()
    for _ in range(3):
        memberships.invite(company, email="a@example.test", role="editor", by=owner_of(company), at=clock.now())

    with pytest.raises(DomainError, match="3 invitations in a day"):
        memberships.invite(company, email="A@example.test", role="editor", by=owner_of(company), at=clock.now())
    with clock.travel(clock.now() + timedelta(days=1, minutes=1)):
        memberships.invite(company, email="a@example.test", role="editor", by=owner_of(company), at=clock.now())


def test_what_an_owner_sent_out_ends_with_their_being_one():
    company = organisation()
    first, second = owner_of(company), member(company, OrganisationRole.OWNER)
    _, token = memberships.invite(company, email="yo@example.test", role="owner", by=second, at=clock.now())

    memberships.remove(Membership.objects.get(user=second), by=first, at=clock.now())

    with pytest.raises(DomainError, match="isn't valid"):
        memberships.accept_invitation(token, by=person(email="yo@example.test"), at=clock.now())


# History and the last owner ---------------------------------------------------------------------------


def test_the_history_says_who_was_in_when_and_as_what(client):
    company, at = organisation(), clock.now()
    owner, other = owner_of(company), member(company)
    first = Membership.objects.get(user=other)
    with clock.travel(at + timedelta(days=2)):
        second = memberships.change_role(first, role="reader", by=owner, at=clock.now())
    with clock.travel(at + timedelta(days=5)):
        memberships.remove(second, by=owner, at=clock.now())

    rows = list(Membership.objects.filter(user=other).order_by("pk").values_list("role", "joined_at", "left_at"))

    assert rows == [
        ("editor", first.joined_at, second.joined_at),
        ("reader", second.joined_at, at + timedelta(days=5)),
    ]
    client.force_login(owner)
    page = client.get(reverse("startups:members", kwargs={"public_id": company.public_id})).content.decode()
    assert "Who was in before" in page
    assert page.count(other.full_name) == 2
    assert other.email not in page


def test_a_page_from_before_another_role_still_removes_the_person(client):
    company = organisation()
    other, owner = member(company), owner_of(company)
    old = Membership.objects.get(user=other)
    memberships.change_role(old, role="reader", by=owner, at=clock.now())
    client.force_login(owner)

    client.post(reverse("startups:remove_member", kwargs={"public_id": company.public_id, "member": old.public_id}))

    assert role_of(other, company) is None


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE startups_membership SET role = 'owner' WHERE user_id = %s",
        "UPDATE startups_membership SET joined_at = joined_at - interval '1 day' WHERE user_id = %s",
        "DELETE FROM startups_membership WHERE user_id = %s",
    ],
)
def test_the_database_keeps_who_was_in(statement):
    user = member(organisation())

    with (
        pytest.raises(IntegrityError, match="membership is ended"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [user.pk])


def test_no_organisation_is_born_without_an_owner_by_the_database():
    fields = {"name": "Sin Dueña SL", "kind": "sme", "created_at": clock.now(), "created_by": person()}

    def born(role):
        with transaction.atomic():
            made = Organisation.objects.create(tax_id=company_nif(7_000_001), **fields)
            if role:
                member(made, role)
            run("SET CONSTRAINTS ALL IMMEDIATE")

    for role in (None, OrganisationRole.EDITOR):
        with pytest.raises(IntegrityError, match="has an owner"):
            born(role)
    born(OrganisationRole.OWNER)


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_an_owner_though_two_leave_at_the_same_instant():
    """Two connections end one owner each, neither seeing the other's; the second to commit waits and is refused."""
    company = organisation()
    first = Membership.objects.get(organisation=company)
    second = Membership.objects.get(user=member(company, OrganisationRole.OWNER))
    other = connection.copy()
    other.inc_thread_sharing()
    commit = threading.Timer(0.2, other.commit)
    leave = "UPDATE startups_membership SET left_at = now(), left_by_id = user_id WHERE id = %s"

    def leave_too():
        with transaction.atomic():
            run(leave, second.pk)
            commit.start()

    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(leave, [first.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # it looked, and saw the second owner
        with pytest.raises(IntegrityError, match="has an owner"):
            leave_too()
    finally:
        commit.join()
        other.close()

    assert Membership.objects.current().get(organisation=company) == second
