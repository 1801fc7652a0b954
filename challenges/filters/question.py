"""Answers that are like a question being written: of this call first, and of others."""

import re
from datetime import timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, TrigramSimilarity
from django.db.models import (
    Aggregate,
    Case,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Lower

from challenges.models import Challenge, Question

MOST = 5
SHORTEST = 12  # characters before anything is looked for
ALIKE = 0.25
WORDS = 30


class Median(Aggregate):
    """The middle value."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def similar(challenge: Challenge, text: str, *, user: Any) -> QuerySet[Question]:
    """Return answered public questions that read like `text`, those of this call first. At most `MOST`.

    By words (Spanish, accents forgiven) and by letters. Questions without an answer are never among them.
    """
    text = " ".join(text.split())
    found = Question.objects.answered().filter(challenge__in=Challenge.objects.visible_to(user))
    terms = list(dict.fromkeys(re.findall(r"\w{4,}", text.lower())))[:WORDS]
    if len(text) < SHORTEST or not terms:
        return found.none()
    query = SearchQuery(" | ".join(terms), config="portal_es", search_type="raw")
    found = found.annotate(
        is_own=Case(When(challenge=challenge, then=1), default=0, output_field=IntegerField()),
        low=Lower("text"),
        words=SearchVector("text", config="portal_es"),
        likeness=TrigramSimilarity(Lower("text"), text.lower()),
        rank=SearchRank(SearchVector("text", config="portal_es"), query, normalization=Value(32)),
    )
    found = found.filter(Q(low__trigram_similar=text.lower()) | Q(words=query))  # both have an index
    score = ExpressionWrapper(F("likeness") + F("rank"), output_field=FloatField())
    found = found.annotate(score=score).filter(Q(score__gte=ALIKE))
    return found.select_related("challenge").order_by("-is_own", "-score", "pk")[:MOST]


def time_to_answer(*, department: int | None = None) -> dict[int, timedelta]:
    """Return the median time from question to answer of each department, by its key. One query."""
    rows = Question.objects.filter(answered_at__isnull=False)
    if department is not None:
        rows = rows.filter(challenge__department=department)
    taken = ExpressionWrapper(F("answered_at") - F("asked_at"), output_field=DurationField())
    counted = rows.order_by().values("challenge__department").annotate(median=Median(taken))
    return dict(counted.values_list("challenge__department", "median"))
