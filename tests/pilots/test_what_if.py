"""What if we award these: each line and year fills, what doesn't fit can't be ticked and says why, nothing changes."""

import doctest
import re
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from govtech import clock
from govtech.errors import DomainError
from govtech.files.actions import store
from pilots.actions.what_if import what_if
from pilots.calculations import what_if as calculations
from pilots.models import Award, BudgetLine, LedgerEntry, Pilot
from pilots.views.award import ranking_of
from startups.models import Proposal
from tests import people
from tests.copies import unchecked
from tests.pilots import awards
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db


def two_awards(**fields):
    """Return a ranked call of two awards and three offers: 16 940, 16 335 and 17 545 euros with VAT."""
    with clock.travel(awards.SPRING):
        upload = SimpleUploadedFile("informe.txt", b"Objetos independientes.", content_type="text/plain")
        report = store(upload, by=people.officer(), at=awards.SPRING)
    return awards.ranked(
        ("14000.00", "13500.00", "14500.00"),
        points=(5, 4, 3),
        awards_planned=2,
        independent_objects_reason="Dos barrios.",
        independent_objects_report=report,
        **fields,
    )


def on_three_lines(credit):
    """Return that call with its money on two lines of 2026 and one of 2027; the first line has `credit`."""
    with clock.travel(awards.SPRING):
        year = funded_year(2026, credit, others=True)
        funded_year(2027, is_open=False)
    BudgetLine.objects.filter(code="AT").update(name="Segunda línea", name_en="Second line")
    amounts = [(line_of(year), "10000.00"), (line_of(year, "AT"), "20000.00"), (line_of(2027), "5090.00")]
    return two_awards(lines=[{"line": line.pk, "amount": amount} for line, amount in amounts])


def sections(page):
    """Return what the page shows of each line: its words, by code and year."""
    found = re.findall(r'<section[^>]*data-line="([^"]+)">(.*?)</section>', page, flags=re.S)
    return {
        key: " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).replace("\xa0", " ").split()) for key, words in found
    }


def test_calculations_say_what_their_examples_say():
    assert doctest.testmod(calculations).failed == 0
    assert doctest.testmod(calculations).attempted > 5


def test_each_line_of_each_year_fills_for_each_winner_as_the_approvals_will_fill_it(client):
    challenge = on_three_lines("20000.00")
    first, second, _third = ranking_of(challenge)
    one, two = first.organisation.name, second.organisation.name
    client.force_login(people.officer())
    url = reverse("pilots:what_if", kwargs={"slug": challenge.slug})
    picked = {"pick": [first.public_id, second.public_id]}
    with awards.working() as at:
        shown = sections(client.get(url, picked).content.decode())
        found = what_if(challenge, [first, second], picked["pick"], at=at)

    assert shown == {
        "AT-2026": "2026 · Segunda línea "
        f"{one} 16.940 € {two} 6.335 € Queda 0 € 3.275 € vienen de lo autorizado en otros años.",
        "RETOS-2026": f"2026 · Contratos de retos {two} 10.000 € Queda 0 €",
        "RETOS-2027": "2027 · Contratos de retos Queda 1.815 € 3.275 € pasan a otros años.",
    }
    awards.awarded(challenge)
    awards.awarded(challenge)
    for row in found.lines:  # 1 815 are free for the reserve still
        line = BudgetLine.objects.get(pk=row.line.pk)
        assert (line.d, line.a) == (row.taken, row.authorised + row.moved)


def test_a_line_without_credit_for_what_its_year_lacks_refuses_the_tick_as_it_will_the_approval():
    challenge = on_three_lines("20000.00")
    first, second, _third = ranking_of(challenge)
    with unchecked():
        BudgetLine.objects.filter(code="AT").update(credit=Decimal("23274.99"))  # a cent less than it takes
    with awards.working() as at:
        found = what_if(challenge, [first, second], {first.public_id, second.public_id}, at=at)
        assert [row["is_ticked"] for row in found.rows] == [True, False]
        assert "ni crédito en su partida" in found.rows[1]["why"]
    awards.awarded(challenge)
    with pytest.raises(DomainError):
        awards.awarded(challenge)
    assert Pilot.objects.count() == 1


def test_the_button_works_out_what_is_ticked_without_script(client):
    challenge = awards.ranked()
    first = ranking_of(challenge)[0]
    client.force_login(people.officer())
    with awards.working():
        award = client.get(reverse("pilots:award", kwargs={"slug": challenge.slug})).content.decode()
        address = re.search(r'href="([^"]+)">¿Y si adjudicamos', award)
        assert address, "the award's page doesn't lead there"
        page = client.get(address[1]).content.decode()
        form = re.search(r'<form method="get"( action="[^"]*")?[^>]*>(.*?)</form>', page, flags=re.S)
        assert form, "no form to send"
        assert re.search(r"<button class=[^>]*>Calcular</button>", form[2])
        boxes = re.findall(r'<input[^>]*type="checkbox" name="(\w+)" value="(\w+)"([^>]*)>', form[2])
        assert next((value, "checked" in rest) for _name, value, rest in boxes) == (first.public_id, False)
        worked_out = client.get(address[1], {boxes[0][0]: boxes[0][1]}).content.decode()
    assert f"{first.organisation.name} 14.520 €" in sections(worked_out)["RETOS-2026"]


def test_ticking_fills_the_year_and_what_does_not_fit_says_why(client):
    challenge = two_awards()
    first, second, third = Proposal.objects.filter(challenge=challenge).order_by("result__rank")
    url = reverse("pilots:what_if", kwargs={"slug": challenge.slug})
    entries = LedgerEntry.objects.count()
    client.force_login(people.officer())

    def shown(**query: list[str]) -> str:
        return client.get(url, query).content.decode().replace("\xa0", " ")

    def box(page: str, proposal: Proposal) -> str:
        return page[page.index(f'value="{proposal.public_id}"') :].partition(">")[0]

    with awards.working():
        nothing = shown()
        one = shown(pick=[first.public_id])
        two = shown(pick=[first.public_id, second.public_id])
        forged = shown(pick=[third.public_id])
        awards.accepted(challenge)
        later = shown()

    assert "disabled" not in box(nothing, first)
    assert "disabled" in box(nothing, second)
    assert "siguen la clasificación" in nothing
    assert "checked" in box(one, first)
    assert "disabled" not in box(one, second)
    assert "16.940 €" in one
    assert "18.150 €" in one
    assert "disabled" in box(two, third)
    assert "no queda ninguna libre" in two
    assert "33.275 €" in two
    assert "no se pueden adjudicar a la vez" in forged
    assert "checked" not in forged
    assert f'value="{first.public_id}"' not in later  # it is proposed already, and counts as such
    assert "18.150 €" in later
    assert (LedgerEntry.objects.count(), Award.objects.count()) == (entries, 1)
    assert Award.objects.get().amount_gross == Decimal("16940.00")


def test_only_the_office_directors_and_auditors_see_it(client):
    challenge = awards.ranked()
    url = reverse("pilots:what_if", kwargs={"slug": challenge.slug})
    for who, status in ((people.director(), 200), (people.auditor(), 200), (people.person(), 403)):
        client.force_login(who)
        assert client.get(url).status_code == status
