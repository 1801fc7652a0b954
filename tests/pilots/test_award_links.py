"""No page of ranking and award offers its reader a link that refuses; who judged stands in the result."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from pilots.actions import annulment
from pilots.actions import review as reviews
from pilots.models import Award, Letter
from startups.models import PanelMember, PanelRole, ScoreSheet
from tests import people
from tests.copies import unchecked
from tests.pilots import awards
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db
PAGES = (
    "startups:ranking", "startups:lock", "startups:consensus", "startups:progress", "startups:panel", "pilots:award",
    "pilots:what_if", "pilots:letters", "pilots:case_file", "pilots:resolution", "challenges:detail",
)  # fmt: skip
STAFF = ("officer", "director", "auditor")


def refused(challenge, role, reader):
    """Return the links of what the reader may open that answer 403 or 404, and how many links there were."""
    client = Client()
    client.force_login(reader)
    found, followed = set(), 0
    for name in PAGES:
        answer = client.get(reverse(name, kwargs={"slug": challenge.slug}))
        if answer.status_code != 200:
            continue
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        for link in {unescape(link).partition("#")[0] for link in re.findall(r'<a [^>]*href="(/[^"]*)"', main)}:
            followed += 1
            if client.get(link).status_code in {403, 404}:
                found.add((role, name, link))
    return found, followed


@pytest.mark.parametrize("state", ["ranked", "proposed", "prepared", "annulling"])
def test_no_link_of_the_award_refuses_who_reads_it(state):
    readers = {role: getattr(people, role)() for role in STAFF}
    challenge = awards.ranked()
    if state == "proposed":
        awards.proposed(challenge)
    elif state == "prepared":
        awards.prepared(challenge)
    elif state == "annulling":
        awards.awarded(challenge)
        letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
        with awards.working(6) as at:
            asked = reviews.lodge(letter, text="No.", upload=None, by=owner_of(letter.proposal.organisation), at=at)
            reviews.answer(asked, outcome="upheld", answer="Sí.", by=people.director(), at=at)
            award = Award.objects.select_related("resolution__challenge").get()
            annulment.prepare(award, review=asked, reason="Se estimó.", by=people.officer(), at=at)
    challenge.refresh_from_db()

    with awards.working(9):
        for role, reader in readers.items():
            found, followed = refused(challenge, role, reader)
            assert found == set()
            assert followed > 20


def test_the_result_says_who_judged_with_posts_and_leaves_out_who_did_not(client):
    challenge = awards.awarded()
    members = list(PanelMember.objects.filter(challenge=challenge).select_related("user").order_by("pk"))
    substitute = next(each for each in members if each.role == PanelRole.SUBSTITUTE)
    assert not ScoreSheet.objects.filter(member=substitute).exists()
    judged = [each for each in members if each != substitute]
    with unchecked():
        PanelMember.objects.filter(pk=judged[0].pk).update(post="Jefa de Movilidad")
        PanelMember.objects.filter(pk=judged[-1].pk).update(has_conflict=True)

    page = client.get(reverse("pilots:resolution", kwargs={"slug": challenge.slug})).content.decode()
    table = page.partition("Quién valoró")[2].partition("</table>")[0]
    assert "Jefa de Movilidad" in table
    for each in judged[:-1]:
        assert each.user.full_name in table
        assert str(each.get_role_display()).capitalize() in table
    assert substitute.user.full_name not in table  # never called
    assert judged[-1].user.full_name not in table  # has a conflict with the whole call
