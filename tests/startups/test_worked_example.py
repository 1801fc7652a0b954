"""The tender that docs/worked-example.md works out by hand, through the portal: the same to the last decimal."""

import re
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pytest

from challenges.models import Challenge, Criterion
from govtech import clock
from startups.actions import evaluation
from startups.calculations import scoring
from startups.calculations.scoring import DRAW, PRICE, Entry, Rule, lot, ranking, seed_of
from startups.models import ProposalResult
from tests.challenges import factories as challenges
from tests.startups.evaluations import (
    REASON,
    admitted,
    judged_criteria,
    later,
    panel,
    proposals_of,
    sheet,
    with_proposals,
)

PAGE = (Path(__file__).parents[2] / "docs" / "worked-example.md").read_text(encoding="utf-8")
Row = dict[str, str]


def tables(text: str) -> list[list[Row]]:
    """Return the tables of a part of the page, each a list of rows by the names of their columns."""
    found = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        head, _line, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


def part(title: str) -> str:
    """Return what stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found, f"{title} isn't in the page"
    return found[1]


def numbers(text: str) -> list[int]:
    """Return the points of the members."""
    return [int(each) for each in text.split()]


CRITERIA, GIVEN, BY_HAND, RESULT = tables(part("Three bidders, five criteria"))


def call_of_the_page() -> Challenge:
    """Return a call with the criteria, weights and minimums of the page, that takes proposals."""
    texts = [
        ("formula" if row["Criterion"] == "Price" else "judgement", row["Criterion"], "Qué se mira.",
         int(row["Weight"]), Decimal(row["Minimum"]))
        for row in CRITERIA
    ]  # fmt: skip
    with patch.object(challenges, "TEMPLATE", texts):
        return challenges.open_challenge(pass_mark=Decimal(60))


@pytest.mark.django_db
def test_the_portal_computes_the_tender_as_it_is_done_by_hand() -> None:
    challenge = admitted(with_proposals([row["Offer"] for row in GIVEN], call_of_the_page()))
    criteria = {criterion.name: criterion for criterion in Criterion.objects.filter(challenge=challenge)}
    found = panel(challenge)
    proposals = dict(zip([row["Bidder"] for row in GIVEN], proposals_of(challenge), strict=True))
    with clock.travel(later(challenge, 3)):
        for row in GIVEN:
            for place, member in enumerate(found.voting):
                points = {each.pk: numbers(row[each.name])[place] for each in judged_criteria(challenge)}
                sheet(member, proposals[row["Bidder"]], points)
            texts = dict.fromkeys((each.pk for each in judged_criteria(challenge)), REASON)
            evaluation.save_reasons(proposals[row["Bidder"]], texts=texts, by=found.secretary.user, at=clock.now())
        for seat in (found.chair, found.secretary):
            evaluation.lock(challenge, by=seat.user, at=clock.now())

    results = {name: ProposalResult.objects.get(proposal=proposal) for name, proposal in proposals.items()}
    for row in BY_HAND:
        got = results[row["Bidder"]].points[str(criteria[row["Criterion"]].pk)]
        assert got == row["Points"], f"{row['Bidder']}, {row['Criterion']}: {row['Worked out']}"
    assert [
        (name, str(got.judgement_points), str(got.price_points), str(got.total_points), str(got.rank or "—"))
        for name, got in results.items()
    ] == sorted(tuple(row[name] for name in ("Bidder", "Judgement", "Price", "Total", "Place")) for row in RESULT)


@pytest.mark.parametrize("row", BY_HAND, ids=lambda row: f"{row['Bidder']}-{row['Criterion']}")
def test_the_page_adds_up(row: Row) -> None:
    """The page's own arithmetic: what is worked out is the exact figure, and it rounds to the points."""
    weight, top, bottom = re.fullmatch(r"(\d+) × ([\d.]+) / ([\d.]+)", row["Worked out"]).groups()  # type: ignore[union-attr]
    exact = scoring.Fraction(weight) * scoring.Fraction(top) / scoring.Fraction(bottom)
    given = next(each for each in GIVEN if each["Bidder"] == row["Bidder"])

    assert str(scoring.half_up(exact)) == row["Points"]
    assert f"{float(exact):.9f}".startswith(row["Exact"].rstrip("…"))
    assert int(weight) == next(int(each["Weight"]) for each in CRITERIA if each["Criterion"] == row["Criterion"])
    if row["Criterion"] != "Price":
        assert (int(top), int(bottom)) == (sum(numbers(given[row["Criterion"]])), 15)


RULES = [Rule("Fit", 50), Rule("Idea", 30), Rule("Price", 20, is_price=True)]
TIES = {
    "The first criterion parts them": "criterion:Fit",
    "The second criterion parts them": "criterion:Idea",
    "The lower price parts them": PRICE,
    "The draw parts them": DRAW,
}


@pytest.mark.parametrize(("title", "broken_by"), TIES.items())
def test_a_tie_is_parted_as_the_page_says(title: str, broken_by: str) -> None:
    rows = tables(part(title))[0]
    hashes = re.findall(r"^[0-9a-f]{4}$", part("The draw parts them"), flags=re.MULTILINE)
    seed = seed_of(hashes)
    entries = [
        Entry(row["Bidder"], {name: numbers(row[name]) for name in ("Fit", "Idea")}, Decimal(row["Offer"]))
        for row in rows
    ]

    places = ranking(RULES, entries[::-1], pass_mark=Decimal(0), seed=seed)

    assert [
        (place.key, *(str(place.points[rule.key]) for rule in RULES), str(place.total), str(place.rank))
        for place in places
    ] == [
        tuple(row[name] for name in ("Bidder", "Fit points", "Idea points", "Price points", "Total", "Place"))
        for row in rows
    ]
    assert {place.tie_break for place in places} == {broken_by}
    assert {row["Parted by"] for row in rows} == {broken_by.removeprefix("criterion:").replace(PRICE, "lower price")}


def test_the_draw_of_the_page_can_be_repeated() -> None:
    text = part("The draw parts them")
    hashes = re.findall(r"^[0-9a-f]{4}$", text, flags=re.MULTILINE)
    seed = seed_of(hashes)

    assert len(hashes) == 3
    assert f"{seed} A" in text
    assert {row["Bidder"]: row["Lot begins with"] for row in tables(text)[1]} == {
        key: lot(seed, key)[:8] for key in "ABC"
    }
