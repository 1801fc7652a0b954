"""A proposal as the list of one's own shows it: some columns, none of what the seal keeps."""

import functools
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F
from django.urls import reverse

from govtech.statements import OneOf, Slot, Statement, ask, in_order
from startups.models.consortium import Partner, PartnerStatus
from startups.models.organisation import Membership
from startups.models.proposal import Proposal, ProposalStatus


class ListedProposal(NamedTuple):
    """Where a proposal stands, and in which challenge."""

    pk: int
    public_id: str
    status: str
    challenge_id: int
    challenge__reference: str
    challenge__title: str
    challenge__closes_at: datetime
    organisation__name: str

    @property
    def tone(self) -> str:
        """Colour of the chip of its state."""
        return ProposalStatus(self.status).tone

    @property
    def status_label(self) -> Any:
        """Its state in words."""
        return ProposalStatus(self.status).label

    def get_absolute_url(self) -> str:
        """Address of its page, for those who may see it."""
        return reverse("startups:proposal", kwargs={"public_id": self.public_id})


_OWN = Slot("user", BigIntegerField())
_ORGANISATION = Slot("organisation", BigIntegerField())


def _organisations() -> Any:
    return Membership.objects.filter(user=_OWN, left_at__isnull=True).values("organisation")


def _partnered() -> Any:
    confirmed = Partner.objects.filter(status=PartnerStatus.CONFIRMED, organisation__in=_organisations())
    return Proposal.objects.filter(pk__in=confirmed.values("proposal"))


# What `Proposal.objects.of_member` finds, in its two parts: each is read by an index, the newest first.
_MEMBER = Statement(lambda: _organisations().values_list("organisation", flat=True))
_LED = Statement(
    lambda: (
        Proposal.objects.filter(organisation=_ORGANISATION)
        .order_by("-created_at", "-pk")
        .values_list("pk", "created_at")
    )
)
_PARTNERED = Statement(lambda: _partnered().values_list("pk", "created_at"))
_ALL_LED = Statement(lambda: Proposal.objects.filter(organisation__in=_organisations()).values_list("pk"))
_ONLY_PARTNERED = Statement(lambda: _partnered().exclude(organisation__in=_organisations()).values_list("pk"))
_ROWS = Statement(
    lambda: Proposal.objects.filter(OneOf(F("pk"), Slot("keys", ArrayField(BigIntegerField())))).values_list(
        *ListedProposal.__annotations__
    )
)


@functools.cache
def _page() -> str:
    """Return SQL for a page: of each organisation only what can be on it, then what stands beside those shown."""
    led = _LED.text().replace("%(organisation)s::bigint", "own.organisation")
    keys = f"""
    SELECT id FROM (
      SELECT led.id, led.created_at FROM ({_MEMBER.text()}) AS own (organisation)
      CROSS JOIN LATERAL ({led} LIMIT %(skip)s::bigint + %(take)s::bigint) AS led (id, created_at)
      UNION {_PARTNERED.text()}
    ) AS found (id, created_at)
    ORDER BY created_at DESC, id DESC LIMIT %(take)s::bigint OFFSET %(skip)s::bigint"""  # noqa: S608 - compiled
    return in_order(keys, _ROWS, '"startups_proposal"."id"')


@functools.cache
def _count() -> str:
    numbers = [f"(SELECT count(*) FROM ({each.text()}) AS found)" for each in (_ALL_LED, _ONLY_PARTNERED)]  # noqa: S608
    return f"SELECT {' + '.join(numbers)}"


class OwnProposals:
    """Proposals of a person's organisations, the newest first, for a paginator. A query to count, one for each page."""

    def __init__(self, user: Any) -> None:
        self._user = user.pk

    def count(self) -> int:
        """Return how many there are."""
        return ask(_count(), {"user": self._user})[0][0]

    def __getitem__(self, part: slice) -> list[ListedProposal]:
        skip, take = part.start, max(part.stop - part.start, 0)
        return [ListedProposal(*row) for row in ask(_page(), {"user": self._user, "skip": skip, "take": take})]
