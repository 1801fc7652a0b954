"""What is sealed doesn't stay in the memory of a process: pages of a proposal are made anew each time."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.shell.kept import memory
from startups.actions import draft as drafts
from startups.actions import envelope as envelopes
from startups.models import Proposal
from tests.startups.calls import open_call
from tests.startups.factories import draft_proposal, organisation, owner_of

pytestmark = pytest.mark.django_db
WORDS = "Zahorí"


@pytest.fixture
def proposal(client: Client) -> Proposal:
    """A draft with words of its own and a price that its check list says, its owner signed in."""
    memory.clear()
    found = draft_proposal(open_call(), organisation())
    owner = owner_of(found.organisation)
    copy = envelopes.working_copy(found)
    text = f"{WORDS} busca agua"
    drafts.save_section(found, "solution", version=copy.versions["solution"], body=text, by=owner, at=clock.now())
    client.force_login(owner)
    return found


def known() -> str:
    """Return all that is kept, and what it was made of."""
    return "\n".join(f"{values!r} {text}" for values, text in memory)


@pytest.mark.parametrize("name", ["section", "price", "files", "consortium", "review", "proposal", "proposals"])
def test_pages_of_a_proposal_keep_nothing_sealed(client: Client, proposal: Proposal, name: str) -> None:
    kwargs: dict[str, Any] = {"public_id": proposal.public_id} if name != "proposals" else {}
    kwargs |= {"part": "solution"} if name == "section" else {}
    page = reverse(f"startups:{name}", kwargs=kwargs)

    shown = client.get(page).content.decode()

    assert memory.size, "nothing was kept at all: this test would see nothing"
    sealed = [WORDS, *copy_of(proposal)]
    assert name in ("price", "files", "consortium") or any(text in shown for text in sealed)
    assert not [text for text in sealed if text in known()]


def copy_of(proposal: Proposal) -> list[str]:
    """Return the texts of a working copy that are long enough to be nobody else's."""
    return [text for text in envelopes.working_copy(proposal).sections.values() if len(text) > 20]


def test_a_price_that_a_check_says_is_kept_nowhere(client: Client, proposal: Proposal) -> None:
    owner = owner_of(proposal.organisation)
    version = envelopes.working_copy(proposal).versions["price"]
    rows = {
        "m-TOTAL_FORMS": 1, "m-INITIAL_FORMS": 0, "m-0-title": "Informe", "m-0-deliverables": "Un informe",
        "m-0-acceptance_criteria": "Se lee", "m-0-month": 2, "m-0-amount_net": "9.876,50",
    }  # fmt: skip
    page = reverse("startups:price", kwargs={"public_id": proposal.public_id})
    client.force_login(owner)
    client.post(page, {"version": version, "amount_net": "9.876,50", "vat_regime": "general", "breakdown": "", **rows})

    shown = client.get(page).content.decode()

    assert "9.876,50" in shown
    assert "9.876" not in known()
    assert "9876" not in known()
