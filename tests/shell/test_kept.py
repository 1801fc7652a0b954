"""Kept pieces of pages are made once, never anybody else's, never of before; statements are compiled once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import BigIntegerField, CharField, F
from django.http import QueryDict
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe
from django.utils.translation import override

from challenges.filters.challenge import ChallengeFilter
from challenges.filters.found import Found
from challenges.models import Challenge
from govtech import clock
from govtech.reference.models import Department, PolicyArea
from govtech.shell.kept import memory
from govtech.shell.templatetags.kept import KeptNode
from govtech.statements import OneOf, Slot, Statement
from tests.challenges import factories


@pytest.fixture(autouse=True)
def _empty_memory() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


def rendered(source: str, **values: Any) -> str:
    return Template(source).render(Context(values))


# Kept pieces ----------------------------------------------------------------------------------------------


def test_a_piece_is_made_once_for_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    template = Template("{% kept n=n %}{{ n }} retos{% endkept %}")
    assert template.render(Context({"n": 1})) == "1 retos"
    node = template.nodelist.get_nodes_by_type(KeptNode)[0]
    node.nodelist.clear()  # whatever is made now is made of nothing

    assert template.render(Context({"n": 1})) == "1 retos"
    assert template.render(Context({"n": 2})) == ""


def test_a_piece_knows_nothing_that_it_is_not_given() -> None:
    source = "{% kept n=n %}[{{ n }}{{ user }}{{ request.path }}{{ portal.nav }}]{% endkept %}"

    assert rendered(source, n=1, user="Ana", request={"path": "/x"}) == "[1]"


def test_each_language_has_its_own() -> None:
    template = Template('{% kept n=n %}{% translate "Challenges" %}{% endkept %}')
    with override("es"):
        spanish = template.render(Context({"n": 1}))
    with override("en"):
        english = template.render(Context({"n": 1}))

    assert (spanish, english) == ("Retos", "Challenges")


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), ("<b>", mark_safe("<b>")), ((1,), (True,))])  # noqa: S308 - the point
def test_values_that_are_equal_are_not_the_same(one: Any, other: Any) -> None:
    template = Template("{% kept x=x %}{{ x }}{% endkept %}")

    first, second = template.render(Context({"x": one})), template.render(Context({"x": other}))

    assert first != second


def test_a_piece_that_asks_the_database_fails(db: None) -> None:
    with pytest.raises(RuntimeError, match="asked the database"):
        rendered(
            "{% kept rows=rows %}{% for row in rows.all %}{{ row }}{% endfor %}{% endkept %}", rows=PolicyArea.objects
        )


def test_a_row_that_changed_is_another_and_so_is_one_whose_department_changed(db: None) -> None:
    template = Template("{% kept c=c %}{{ c.title }} {{ c.department.short_name }}{% endkept %}")
    challenge = factories.draft_challenge(title="Antes")
    row = Challenge.objects.select_related("department").get(pk=challenge.pk)
    before = template.render(Context({"c": row}))
    Challenge.objects.filter(pk=row.pk).update(title="Ahora")
    Department.objects.filter(pk=row.department_id).update(short_name="Otra")
    row = Challenge.objects.select_related("department").get(pk=challenge.pk)

    assert template.render(Context({"c": row})) == "Ahora Otra" != before


def test_old_pieces_go_where_room_is_short(settings: Any) -> None:
    settings.FRAGMENT_BYTES = 20_000
    template = Template("{% kept n=n %}{{ n }}{% endkept %}")
    for number in range(50):
        template.render(Context({"n": number}))

    assert 0 < memory.size <= 20_000


def test_a_piece_says_of_what_it_is_made() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% kept %}{% endkept %}{% kept user %}x{% endkept %}")


# Statements -----------------------------------------------------------------------------------------------


def test_a_statement_gives_what_its_queryset_gives_for_each_value(db: None) -> None:
    made = [factories.draft_challenge(title=f"100 % «{n}» '%s'") for n in range(3)]
    by_title = Statement(
        lambda: (
            Challenge.objects.filter(title=Slot("title", CharField()), summary__contains="")
            .exclude(title="50 %")
            .select_related("department")
        )
    )
    for each in made:
        (row,) = by_title.rows(title=each.title)
        assert (row, row.department, row.created_at) == (each, each.department, each.created_at)
    assert by_title.one(title="'; DROP TABLE x; --") is None


def test_a_statement_takes_lists_and_pages(db: None) -> None:
    keys = sorted(factories.draft_challenge().pk for _ in range(4))
    slot = Slot("keys", BigIntegerField())
    slot.output_field.db_type = lambda connection: "bigint[]"  # type: ignore[method-assign]
    some = Statement(
        lambda: Challenge.objects.filter(OneOf(F("pk"), slot)).order_by("pk").values_list("pk", flat=True), is_cut=True
    )

    assert some.rows(keys=keys[1:], skip=1, take=5) == keys[2:]
    assert some.rows(keys=[], skip=0, take=5) == []


def test_a_statement_is_one_query_that_the_clock_of_the_session_moves(db: None) -> None:
    now = Statement(lambda: Department.objects.annotate(moment=clock.PortalNow()).values_list("moment", flat=True)[:1])
    at = clock.now() + timedelta(days=400)
    with clock.travel(at), CaptureQueriesContext(connection) as asked:
        assert now.one() == at
    assert len(asked) == 1


# The pages made of both -----------------------------------------------------------------------------------


def test_the_list_and_the_page_show_a_change_at_once(db: None, client: Client) -> None:
    challenge = factories.open_challenge(title="Fuentes que se apagan")
    addresses = ("/retos/", challenge.get_absolute_url())
    assert all("Fuentes que se apagan" in client.get(address).content.decode() for address in addresses)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    Challenge.objects.filter(pk=challenge.pk).update(title="Fuentes con agua")
    PolicyArea.objects.filter(pk=challenge.policy_area_id).update(name="Agua y fuentes")

    for address in addresses:
        page = client.get(address).content.decode()
        assert "Fuentes con agua" in page
        assert "Fuentes que se apagan" not in page
        assert "Agua y fuentes" in page


def test_a_slotted_search_finds_what_the_plain_one_finds(db: None) -> None:
    made = [
        factories.open_challenge(title=f"Riego {n}", duration_months=n + 2, max_amount_net=4_000 * (n + 1))
        for n in range(3)
    ]
    for query in (
        "",
        "q=riego",
        "q=riego+1",
        "length=3&amount=5000",
        "amount=5000&amount=more",
        "district=city",
        "q=no",
    ):
        filterset = ChallengeFilter(QueryDict(query), user=AnonymousUser())
        found = [row.pk for row in Found(filterset, 20).get_page(1).object_list]
        assert found == [row.pk for row in filterset.found()]
        assert set(found) <= {each.pk for each in made}
