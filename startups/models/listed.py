"""A proposal as the list of one's own shows it: some columns, none of what the seal keeps."""

import functools
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F
from django.urls import reverse

from govtech.statements import OneOf, Slot, Statement, ask, in_order
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
# Which they are first, then what stands beside them: not of all that are put in order.
_NEWEST = Statement(
    lambda: Proposal.objects.of_member(_OWN).order_by("-created_at", "-pk").values_list("pk", flat=True), is_cut=True
)
_ROWS = Statement(
    lambda: Proposal.objects.filter(OneOf(F("pk"), Slot("keys", ArrayField(BigIntegerField())))).values_list(
        *ListedProposal.__annotations__
    )
)


@functools.cache
def _page() -> str:
    return in_order(_NEWEST, _ROWS, '"startups_proposal"."id"')


_COUNTS = Statement(
    lambda: (
        Proposal.objects.of_member(_OWN)
        .order_by()
        .values("organisation")
        .annotate(n=Count("pk"))
        .values_list("n", flat=True)
    )
)


class OwnProposals:
    """Proposals of a person's organisations, the newest first, for a paginator. A query to count, one for each page."""

    def __init__(self, user: Any) -> None:
        self._user = user.pk

    def count(self) -> int:
        """Return how many there are."""
        return sum(_COUNTS.rows(user=self._user))

    def __getitem__(self, part: slice) -> list[ListedProposal]:
        skip, take = part.start, max(part.stop - part.start, 0)
        return [ListedProposal(*row) for row in ask(_page(), {"user": self._user, "skip": skip, "take": take})]
