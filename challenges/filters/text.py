"""Search in the text of challenges: words of both languages, misspellings, and where the words were found."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db import connection
from django.db.models import BigIntegerField, Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from challenges.calculations import spelling
from challenges.models import Challenge
from govtech.statements import OneOf, Slot, Statement

WORD = re.compile(r"[^\W_]+")
OPERATORS = re.compile(r'["-]|\bor\b', re.IGNORECASE)
MOST_WORDS = 8  # of a search that are looked at one by one
START, STOP = "\ue000", "\ue001"  # no text may hold them: they are for private use, and taken out of it
BODY = ("problem", "affected", "tried", "outcome", "place", "systems", "data_available", "contribution")
NEAR_WORDS = """
SELECT asked.word, near.plain, near.shown, length(to_tsvector('portal_es', near.shown)) = 0
FROM unnest(%s::text[]) AS asked (word)
CROSS JOIN LATERAL (
  SELECT plain, shown FROM challenges_searchword
  WHERE plain %% unaccent(lower(asked.word))
  ORDER BY similarity(plain, unaccent(lower(asked.word))) DESC, plain LIMIT 12
) AS near
"""

LOOKED_THROUGH = 50  # challenges with a word of the same stem
SAYS = "%s IN (SELECT left(plain, 40) FROM challenges_words(challenges_wording(challenges_challenge)))"


def query_of(text: Any, prefix: Any | None) -> SearchQuery:
    """Return words as PostgreSQL looks for them, in both languages; `prefix` has the last one half written."""
    query = SearchQuery(text, config="portal_es", search_type="websearch") | SearchQuery(
        text, config="portal_en", search_type="websearch"
    )
    return query | SearchQuery(prefix, config="portal_es", search_type="raw") if prefix else query


def prefix_of(text: str) -> str:
    """Return the search for a text whose last word may be half written; nothing where it has operators."""
    found = WORD.findall(text)
    return " & ".join([*found[:-1], f"{found[-1]}:*"]) if found and not OPERATORS.search(text) else ""


def text_query(text: str) -> SearchQuery:
    """Return the words searched for, in both languages; the last word may be half written."""
    return query_of(text, prefix_of(text))


@dataclass(frozen=True)
class Named:
    """Policy areas and departments whose name has the words, by primary key."""

    areas: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()


def matching(queryset: QuerySet[Challenge], query: SearchQuery, named: Named) -> QuerySet[Challenge]:
    """Keep challenges whose text, area or department has the words."""
    wanted = Q(search=query)
    if named.areas:
        wanted |= Q(policy_area__in=named.areas)
    if named.departments:
        wanted |= Q(department__in=named.departments)
    return queryset.filter(wanted)


def corrected(text: str, named: Callable[[str], Named]) -> str | None:
    """Return the search with its misspelt words put right, None where there is nothing to put right. Two queries.

    `named` says which areas and departments have a word in their name. No word is offered, nor taken as right, that no
    public challenge has: one that waits for its publication changes no answer.
    """
    words = [word for word in WORD.findall(text)[:MOST_WORDS] if len(word) >= spelling.SHORTEST]
    if not words:
        return None
    with connection.cursor() as cursor:
        cursor.execute(NEAR_WORDS, [words])
        rows = cursor.fetchall()
    rows = [row for row in rows if spelling.is_near(spelling.plain(row[0]), row[1])]
    known = _public_words({plain: shown for _word, plain, shown, _common in rows}, named)
    right: dict[str, str] = {}
    for word in words:
        near = {plain: shown for asked, plain, shown, common in rows if asked == word and (common or plain in known)}
        plain = spelling.nearest(spelling.plain(word), near)
        if plain is not None and plain != spelling.plain(word):
            right[word] = near[plain]
    return WORD.sub(lambda found: right.get(found[0], found[0]), text) if right else None


def _public_words(words: dict[str, str], named: Callable[[str], Named]) -> set[str]:
    """Return those of the words, given plain and as shown, that a public challenge has. One query.

    The index knows stems: which word of its stem a challenge has is looked up in the texts of a few.
    """
    parts = []
    for plain, shown in words.items():
        query = SearchQuery(shown, config="portal_es") | SearchQuery(shown, config="portal_en")
        rows = matching(Challenge.objects.public_with_words(), query, named(plain))
        alike = rows.order_by("-publish_at", "-pk").values("pk")[:LOOKED_THROUGH]
        found = Challenge.objects.filter(pk__in=alike).extra(where=[SAYS], params=[plain])  # noqa: S610 - a constant
        parts.append(found.annotate(plain=Value(plain)).values_list("plain")[:1])
    return {plain for (plain,) in parts[0].union(*parts[1:], all=True)} if parts else set()


def excerpts(rows: Sequence[Any], text: str) -> None:
    """Give each row `marked_title`, `marked_summary` and `excerpt`: what is shown of it, with the words marked.

    `excerpt` is a piece of the rest where neither title nor summary has the words; `excerpt_language` is its language.
    One query for all rows.
    """
    if not rows:
        return
    language = "en" if (get_language() or "es").startswith("en") else "es"
    prefix = prefix_of(text)
    marked = _MARKED[language, bool(prefix)].rows(keys=[row.pk for row in rows], text=text, prefix=prefix)
    found = {pk: pieces for pk, *pieces in marked}
    for row in rows:
        if row.pk not in found:
            continue
        title, summary, piece, english = found[row.pk]
        row.marked_title = marks(title)
        row.marked_summary = marks(summary)
        is_said = START in title or START in summary
        row.excerpt = "" if is_said or START not in piece else marks(piece)
        row.excerpt_language = "en" if english and language == "en" else "es"


def _marked(*, is_english: bool, has_prefix: bool) -> QuerySet[Challenge, Any]:
    text, prefix = Slot("text", TextField()), Slot("prefix", TextField())
    query = query_of(text, prefix if has_prefix else None)
    rows = Challenge.objects.filter(OneOf(F("pk"), Slot("keys", ArrayField(BigIntegerField()))))
    return rows.annotate(
        title_marks=_headline(["title"], query, is_english=is_english, highlight_all=True),
        summary_marks=_headline(["summary"], query, is_english=is_english, highlight_all=True),
        piece=_headline(
            list(BODY), query, is_english=is_english, max_fragments=1, max_words=28, min_words=12,
            fragment_delimiter=" … ",
        ),
    ).values_list("pk", "title_marks", "summary_marks", "piece", "problem_en")  # fmt: skip


_MARKED = {
    (language, has_prefix): Statement(partial(_marked, is_english=language == "en", has_prefix=has_prefix))
    for language in ("es", "en")
    for has_prefix in (True, False)
}


def _headline(names: list[str], query: SearchQuery, *, is_english: bool, **options: Any) -> Any:
    spanish = SearchHeadline(_joined(names), query, config="portal_es", start_sel=START, stop_sel=STOP, **options)
    if not is_english:
        return spanish
    twins = [f"{name}_en" for name in names]
    english = SearchHeadline(_joined(twins), query, config="portal_en", start_sel=START, stop_sel=STOP, **options)
    return Case(When(**{twins[0]: ""}, then=spanish), default=english, output_field=TextField())


def _joined(names: list[str]) -> Any:
    """Return the texts as one, without the characters that mark."""
    parts: list[Any] = [F(names[0])]
    for name in names[1:]:
        parts += [Value(" "), F(name)]
    whole = Concat(*parts, output_field=TextField()) if len(parts) > 1 else F(names[0])
    return Func(whole, Value(START + STOP), Value(""), function="translate", output_field=TextField())


def marks(text: str) -> SafeString:
    """Return a text of the database as safe HTML, with `<mark>` where the database marked it.

    >>> marks("a <b> \\ue000c\\ue001")
    'a &lt;b&gt; <mark>c</mark>'
    """
    escaped = conditional_escape(text).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(escaped)  # noqa: S308 - escaped above
