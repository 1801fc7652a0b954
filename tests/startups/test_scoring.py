"""Points, thresholds and order, against plain arithmetic done another way."""

import doctest
import hashlib
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from startups.calculations import scoring
from startups.calculations.scoring import Entry, Rule, criterion_points, half_up, price_points, ranking, seed_of

POINTS = st.lists(st.integers(0, 5), min_size=1, max_size=9)
OFFERS = st.decimals(Decimal("0.00"), Decimal("999999.99"), places=2)
RULES = [Rule("fit", 60), Rule("idea", 20), Rule("price", 20, is_price=True)]


def test_worked_examples_hold():
    assert doctest.testmod(scoring).failed == 0


@given(st.fractions(min_value=0, max_value=1000, max_denominator=10_000))
def test_half_up_agrees_with_decimal_arithmetic(value: Fraction):
    with localcontext() as context:
        context.prec = 80
        expected = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
            Decimal("0.01"), rounding=ROUND_HALF_UP
        )

    assert half_up(value) == expected
    assert half_up(value).as_tuple().exponent == -2


@given(st.integers(1, 100), POINTS)
def test_criterion_points_stay_between_nothing_and_the_weight(weight: int, points: list[int]):
    got = criterion_points(weight, points)

    assert 0 <= got <= weight
    assert (got == weight) == (set(points) == {5}) or weight - got < Decimal("0.01")
    assert criterion_points(weight, points[::-1]) == got


@given(st.integers(1, 100), OFFERS, OFFERS)
def test_a_cheaper_offer_never_gets_fewer_points(weight: int, one: Decimal, other: Decimal):
    low, high = sorted([one, other])

    assert price_points(weight, low, low) == weight
    assert 0 <= price_points(weight, low, high) <= weight


@pytest.mark.parametrize("points", [[], [6], [-1]])
def test_points_off_the_scale_are_refused(points: list[int]):
    with pytest.raises(ValueError, match=r"[Pp]oints"):
        criterion_points(30, points)


def test_an_offer_below_the_lowest_is_refused():
    with pytest.raises(ValueError, match="lowest"):
        price_points(30, Decimal(10), Decimal(9))


ENTRIES = st.lists(st.tuples(POINTS, POINTS, OFFERS), min_size=1, max_size=7).map(
    lambda rows: [Entry(f"P{i}", {"fit": fit, "idea": idea}, offer) for i, (fit, idea, offer) in enumerate(rows)]
)


@given(ENTRIES, st.decimals(0, 100, places=2), st.randoms())
def test_ranking_is_a_total_order_that_does_not_depend_on_the_order_given(entries, pass_mark, random):
    places = ranking(RULES, entries, pass_mark=pass_mark, seed="ab")
    shuffled = list(entries)
    random.shuffle(shuffled)

    assert ranking(RULES, shuffled, pass_mark=pass_mark, seed="ab") == places
    passing = [place for place in places if place.passes]
    assert [place.rank for place in passing] == list(range(1, len(passing) + 1))
    assert [place.total for place in passing] == sorted((place.total for place in passing), reverse=True)
    assert all(place.total == sum(place.points.values()) for place in places)
    assert all(place.passes == (place.total >= pass_mark) for place in places)
    assert places[: len(passing)] == passing
    assert all(place.rank is None and not place.tie_break for place in places[len(passing) :])


def test_a_threshold_on_one_criterion_leaves_the_best_total_without_a_rank():
    rules = [Rule("fit", 60, Decimal("36.00")), Rule("idea", 40)]
    strong = Entry("A", {"fit": [2, 3], "idea": [5, 5]})
    even = Entry("B", {"fit": [3, 3], "idea": [3, 3]})

    first, second = ranking(rules, [strong, even], pass_mark=Decimal(50), seed="")

    assert (first.key, first.rank, first.points["fit"]) == ("B", 1, Decimal("36.00"))  # at the threshold counts
    assert (second.key, second.rank, second.passes, second.total) == ("A", None, False, Decimal("70.00"))


def test_ties_break_by_criteria_in_order_then_price_then_draw():
    rules = [Rule("fit", 50), Rule("idea", 50)]
    fit = Entry("A", {"fit": [4], "idea": [3]}, Decimal(9))
    idea = Entry("B", {"fit": [3], "idea": [4]}, Decimal(8))
    cheap = Entry("C", {"fit": [3], "idea": [4]}, Decimal(7))

    places = ranking(rules, [idea, cheap, fit], pass_mark=Decimal(0), seed="")

    assert [(place.key, place.tie_break) for place in places] == [
        ("A", "criterion:fit"),
        ("C", "criterion:fit"),
        ("B", "price"),
    ]


def test_a_draw_can_be_computed_again_by_anybody():
    same = [Entry(key, {"fit": [4], "idea": [3]}, Decimal(9)) for key in ("A", "B", "C", "D")]
    seed = seed_of(["22", "11"])

    places = ranking(RULES, same, pass_mark=Decimal(0), seed=seed)

    assert seed == hashlib.sha256(b"11\n22").hexdigest()
    expected = sorted("ABCD", key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest())
    assert [place.key for place in places] == expected
    assert {place.tie_break for place in places} == {"draw"}


def test_without_a_price_criterion_the_price_only_breaks_ties():
    rules = [Rule("fit", 100)]
    dear, cheap = (Entry(key, {"fit": [4]}, Decimal(offer)) for key, offer in (("A", 9), ("B", 8)))

    first, second = ranking(rules, [dear, cheap], pass_mark=Decimal(60), seed="")

    assert (first.key, first.price, first.total, first.tie_break) == ("B", None, Decimal("80.00"), "price")
    assert second.key == "A"


@given(ENTRIES, st.randoms())
def test_the_order_of_the_reviewers_changes_nothing(entries, random):
    shuffled = [
        Entry(entry.key, {key: random.sample(points, len(points)) for key, points in entry.points.items()}, entry.offer)
        for entry in entries
    ]

    before, after = (ranking(RULES, rows, pass_mark=Decimal(60), seed="ab") for rows in (entries, shuffled))
    assert before == after


@given(ENTRIES, OFFERS, st.decimals(0, 100, places=2))
def test_a_losing_proposal_changes_only_what_the_formula_says(entries, offer, pass_mark):
    """It has no points at all, but an offer: where that is the lowest, the price's points are measured by it."""
    loser = Entry("loser", {"fit": [0], "idea": [0]}, offer)
    before = ranking(RULES, entries, pass_mark=pass_mark, seed="ab")
    after = ranking(RULES, [*entries, loser], pass_mark=pass_mark, seed="ab")
    offers = {entry.key: entry.offer for entry in entries}
    lowest = min(offers.values())

    others = {place.key: place for place in after if place.key != "loser"}
    for place in before:
        now = others[place.key]
        assert {key: now.points[key] for key in ("fit", "idea")} == {key: place.points[key] for key in ("fit", "idea")}
        assert now.judgement == place.judgement
        assert now.price == price_points(20, min(lowest, offer), offers[place.key])
    if offer >= lowest:  # nobody gains or loses a place, or a point, by it
        assert [(place.key, place.points, place.total, place.passes) for place in before] == [
            (place.key, place.points, place.total, place.passes) for place in after if place.key != "loser"
        ]


PITCH_RULES = [Rule("fit", 50), Rule("talk", 30, Decimal("15.00"), is_pitch=True), Rule("price", 20, is_price=True)]


def test_who_does_not_present_keeps_its_points_and_has_no_place():
    stays = Entry("A", {"fit": [3], "talk": [4]}, Decimal(10))
    leaves = Entry("B", {"fit": [2]}, Decimal(8), stays=False)

    first, second = ranking(PITCH_RULES, [leaves, stays], pass_mark=Decimal(0), seed="")

    assert (first.key, first.rank, first.judgement, first.total) == ("A", 1, Decimal("30.00"), Decimal("70.00"))
    assert (first.points["talk"], first.price) == (Decimal("24.00"), Decimal("16.00"))  # the lowest offer was admitted
    assert (second.rank, second.passes, second.total) == (None, False, Decimal("40.00"))


def test_a_presentation_under_its_minimum_leaves_no_place():
    (place,) = ranking(PITCH_RULES, [Entry("A", {"fit": [5], "talk": [2]}, Decimal(10))], pass_mark=Decimal(0), seed="")

    assert (place.points["talk"], place.passes, place.rank) == (Decimal("12.00"), False, None)


@given(ENTRIES, st.integers(1, 7), st.integers(0, 100), st.randoms())
def test_the_shortlist_has_the_best_and_does_not_depend_on_the_order(entries, size, mark, random):
    shuffled = list(entries)
    random.shuffle(shuffled)
    chosen = scoring.shortlist(RULES, entries, size=size, mark_percent=mark)
    totals = {
        entry.key: criterion_points(60, entry.points["fit"]) + criterion_points(20, entry.points["idea"])
        for entry in entries
    }
    reached = [key for key, total in totals.items() if total * 100 >= mark * 80]

    assert scoring.shortlist(RULES, shuffled, size=size, mark_percent=mark) == chosen
    assert len(chosen) >= min(size, len(reached))
    assert set(chosen) <= set(reached)
    left_out = set(reached) - set(chosen)
    assert not left_out or max(totals[key] for key in left_out) < min(totals[key] for key in chosen)
