"""The drawing of the states in docs/ is what the tables say, and the tables cover every state."""

import pytest
from django.core.management import call_command

from pilots.management.commands.draw_states import TABLES


def test_drawing_is_up_to_date() -> None:
    call_command("draw_states", "--check")


@pytest.mark.parametrize(("title", "table", "first"), TABLES)
def test_each_table_covers_every_state(title: str, table: dict, first: object) -> None:
    states = set(type(first))

    assert set(table) == states
    assert {following for moves in table.values() for following in moves} | {first} == states
