"""Thirty awards, thirty reviews: minor contracts, their CSV and reviews in as many queries as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pilots.actions import review as reviews
from pilots.models import Award, Letter, ReviewRequest
from tests import people
from tests.copies import copies, each_of, unchecked
from tests.pilots import awards
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db
MANY = 30
BUDGET = {"minor_contracts": 3, "minor_contracts_csv": 3, "award": 55, "review": 22, "ask_review": 22, "letters": 30}


def asked(client, name, **kwargs):
    """Return how many queries the page took, and what it says."""
    address = reverse(f"pilots:{name}", kwargs=kwargs)
    client.get(address)  # what is remembered from the first page on
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    assert len(queries) <= BUDGET[name], "\n".join(query["sql"][:120] for query in queries)
    return len(queries), content.decode()


def test_minor_contracts_of_thirty_days_take_as_many_queries_as_of_one(client):
    awards.awarded()
    award = Award.objects.select_related("proposal__organisation").get()
    few = {
        "page": asked(client, "minor_contracts"),
        "csv": asked(client, "minor_contracts_csv", year=2026, quarter=2),
    }
    days = [award.approved_at + timedelta(days=number) for number in range(1, MANY + 1)]
    days += [award.approved_at - timedelta(days=365)] * 4  # of another quarter
    companies = copies(award.proposal.organisation, len(days))
    proposals = copies(award.proposal, len(days), organisation=each_of(companies))
    copies(award, len(days), proposal=each_of(proposals), approved_at=each_of(days))

    queries, page = asked(client, "minor_contracts")
    assert queries <= few["page"][0]
    assert page.count(".csv") > few["page"][1].count(".csv")
    queries, table = asked(client, "minor_contracts_csv", year=2026, quarter=2)
    assert queries <= few["csv"][0]
    assert table.count("\n") == MANY + 2  # the head, and the first one
    assert all(f"{day:%d/%m/%Y}" in table for day in days[:MANY])


def test_thirty_reviews_take_as_many_queries_as_one(client):
    challenge = awards.awarded()
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    owner, director = owner_of(letter.proposal.organisation), people.director()
    client.force_login(owner)
    with awards.working(6) as at:
        asked(client, "ask_review", public_id=letter.public_id)
        review = reviews.lodge(letter, text="Otra vez.", upload=None, by=owner, at=at)
        reviews.answer(review, outcome="upheld", answer="Sí.", by=director, at=at)
    review = ReviewRequest.objects.get()
    client.force_login(director)
    with awards.working(9):
        few = {
            "award": asked(client, "award", slug=challenge.slug),
            "review": asked(client, "review", public_id=review.public_id),
            "letters": asked(client, "letters", slug=challenge.slug),
        }
        with unchecked():
            copies(review, MANY, letter=each_of(copies(letter, MANY)))
        for name, (before, short) in few.items():
            kwargs = {"public_id": review.public_id} if name == "review" else {"slug": challenge.slug}
            queries, page = asked(client, name, **kwargs)
            assert queries <= before, name
            assert len(page) > len(short) + 1000 or name == "review"
