"""Kinds of notices that only these tests know, and mail that goes where the portal's goes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _

from govtech.notifications import actions, kinds


@pytest.fixture(autouse=True)
def _kinds(settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = "govtech.notifications.backends.OutboxBackend"
    before = dict(kinds._kinds)
    kinds.register(
        "test.happened",
        subject="Ha pasado: {title}",
        text="Título: {title}. Cierra el {day}, {instant}. Importe {amount}. Estado {state}.",
        action="Ver",
        shown_to_office=True,
    )
    kinds.register("test.secret", subject=_("Save"), text="{title}", action="")
    yield
    kinds._kinds.clear()
    kinds._kinds.update(before)


@pytest.fixture
def kicks(monkeypatch: Any) -> list[str]:
    """What was published to the broker, which isn't there."""
    published: list[str] = []
    monkeypatch.setattr(actions.current_app, "send_task", lambda name, **options: published.append(name))
    return published
