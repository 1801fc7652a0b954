"""Outgoing mail and notices."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from govtech import clock
from govtech.notifications.models import Notice, OutgoingEmail
from tests.accounts.factories import UserFactory


class EmailFactory(DjangoModelFactory):
    """A mail of the accounts, written and due now."""

    class Meta:
        model = OutgoingEmail

    to = factory.Sequence(lambda n: f"reader{n}@example.org")
    kind = "account"
    subject = factory.Sequence(lambda n: f"Código {n}")
    body_text = "123456"
    created_at = factory.LazyFunction(clock.now)
    not_before = factory.SelfAttribute("created_at")

    class Params:
        is_sent = factory.Trait(sent_at=factory.LazyFunction(clock.now), subject="", body_text="")


class NoticeFactory(DjangoModelFactory):
    """A notice in somebody's inbox."""

    class Meta:
        model = Notice

    recipient = factory.SubFactory(UserFactory)
    kind = "test.secret"
    params: Any = factory.LazyFunction(lambda: {"title": "Algo"})
    address = "/mesa/"
    dedupe_key = factory.Sequence(lambda n: f"test:{n}")
    created_at = factory.LazyFunction(clock.now)
