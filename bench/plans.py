"""How PostgreSQL reads the catalogue: `python -m bench.plans <query string>…`, with the settings' environment.

Prints, as JSON, how many statements were asked and which of their plans scan the whole table of challenges.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import django

TABLE = ("Seq Scan", "challenges_challenge")


def nodes(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give kind and table of each step of a plan."""
    yield plan["Node Type"], plan.get("Relation Name", "")
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def scanned(query: str) -> tuple[int, list[tuple[str, str]]]:
    """Make a page of the catalogue and explain what it asked; return how many statements, and those that scan."""
    from django.contrib.auth.models import AnonymousUser
    from django.db import connection
    from django.http import QueryDict

    from challenges.filters.challenge import ChallengeFilter
    from challenges.filters.found import Found
    from challenges.filters.text import excerpts

    asked: dict[str, Any] = {}

    def note(execute: Any, statement: str, values: Any, *rest: Any) -> Any:
        asked[statement] = values
        return execute(statement, values, *rest)

    with connection.execute_wrapper(note):
        filterset = ChallengeFilter(QueryDict(query), user=AnonymousUser())
        page = Found(filterset, 20).get_page(QueryDict(query).get("page"))
        filterset.facets()
        excerpts(page.object_list, filterset.searched)
    found = []
    with connection.cursor() as cursor:
        for statement, values in asked.items():
            cursor.execute("EXPLAIN (FORMAT JSON) " + statement, values)
            plan = cursor.fetchone()[0]
            plan = plan if isinstance(plan, list) else json.loads(plan)
            if TABLE in set(nodes(plan[0]["Plan"])):
                found.append((query, statement))
    return len(asked), found


def main() -> None:
    """Explain the catalogue's queries."""
    django.setup()
    parts = [scanned(query) for query in sys.argv[1:]]
    print(
        json.dumps({"asked": sum(count for count, _ in parts), "scanned": [row for _, rows in parts for row in rows]})
    )


if __name__ == "__main__":
    main()
