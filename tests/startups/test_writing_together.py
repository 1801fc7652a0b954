"""Several people, several pages, one proposal: nothing is wiped, nothing is asked twice, nobody else reads it."""

import io
import uuid
import zipfile

import pytest
from django.urls import reverse

from challenges.actions import challenge as challenges
from govtech import clock
from govtech.accounts import export
from govtech.errors import DomainError
from govtech.notifications.models import Notice
from startups.actions import comment as comments
from startups.actions import draft as drafts
from startups.actions import envelope as envelopes
from startups.actions.reuse import reuse
from startups.models import EnvelopeKey, OrganisationRole, ProposalComment, ProposalSection
from startups.policies import completeness
from tests import people
from tests.people import person
from tests.startups.calls import after, open_call, own_draft
from tests.startups.factories import TEXTS, draft_proposal, hand_in, member, organisation, owner_of

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}
LONG = ["fit", "maturity", "property"]


@pytest.fixture
def proposal(client):
    found = own_draft()
    client.force_login(owner_of(found.organisation))
    return found


def address(proposal, name="section", **kwargs):
    part = {"part": "solution"} if name == "section" else {}
    return reverse(f"startups:{name}", kwargs={"public_id": proposal.public_id, **part, **kwargs})


def text_of(proposal, key="solution"):
    return envelopes.working_copy(proposal).sections[key]


# Saves ------------------------------------------------------------------------------------------------


def test_a_page_knows_its_own_save_again_when_the_answer_was_lost(client, proposal):
    mine = {"kept": str(uuid.uuid4()), "solution-version": 1}
    client.post(address(proposal), {**mine, "turn": 1, "solution": "Uno"}, headers=FETCH)

    again = client.post(address(proposal), {**mine, "turn": 2, "solution": "Uno dos"}, headers=FETCH)
    another = client.post(address(proposal), {**mine, "kept": str(uuid.uuid4()), "solution": "Otra"}, headers=FETCH)

    assert (again.status_code, another.status_code) == (200, 409)
    assert text_of(proposal) == "Uno dos"


def test_a_late_copy_of_an_earlier_save_wipes_nothing(client, proposal):
    mine = {"kept": str(uuid.uuid4()), "solution-version": 1}
    client.post(address(proposal), {**mine, "turn": 2, "solution": "Uno dos tres"}, headers=FETCH)

    late = client.post(address(proposal), {**mine, "turn": 1, "solution": "Uno"}, headers=FETCH)
    strange = client.post(address(proposal), {**mine, "turn": "9" * 20, "solution": "Uno"}, headers=FETCH)

    assert late.status_code == strange.status_code == 409
    assert text_of(proposal) == "Uno dos tres"


def test_a_delayed_save_that_was_undone_since_restores_nothing(client, proposal):
    before = text_of(proposal)
    mine = {"kept": str(uuid.uuid4()), "solution-version": 1}
    undone = client.post(address(proposal), {**mine, "turn": 2, "solution": before}, headers=FETCH)

    late = client.post(address(proposal), {**mine, "turn": 1, "solution": "Lo que deshice"}, headers=FETCH)
    later = client.post(address(proposal), {**mine, "turn": 3, "solution": "Lo que quiero"}, headers=FETCH)

    assert (undone.status_code, late.status_code, later.status_code) == (200, 409, 200)
    assert text_of(proposal) == "Lo que quiero"


def test_who_undoes_what_never_arrived_is_no_rival_of_the_others(client, proposal):
    before = text_of(proposal)
    mine = {"kept": str(uuid.uuid4()), "solution-version": 1}
    client.post(address(proposal), {**mine, "turn": 2, "solution": before}, headers=FETCH)
    client.force_login(member(proposal.organisation))

    answer = client.post(address(proposal), {"solution-version": 1, "solution": "De otra"}, headers=FETCH)

    assert answer.status_code == 200


def test_a_page_of_somebody_else_with_the_same_name_is_a_stranger(client, proposal):
    page = str(uuid.uuid4())
    client.post(address(proposal), {"kept": page, "solution-version": 1, "solution": "Uno"}, headers=FETCH)
    client.force_login(member(proposal.organisation))

    answer = client.post(address(proposal), {"kept": page, "solution-version": 1, "solution": "Dos"}, headers=FETCH)

    assert answer.status_code == 409


def test_two_members_on_two_texts_of_a_page_dont_meet(client, proposal):
    by = member(proposal.organisation, user=person("Lucía Peña"))
    drafts.save_section(proposal, "title", version=1, body="El título de Lucía", by=by, at=clock.now())

    answer = client.post(address(proposal), {"solution-version": 1, "solution": "Lo mío"}, headers=FETCH)

    assert answer.json()["versions"] == {"solution-version": 2}
    assert (text_of(proposal, "title"), text_of(proposal)) == ("El título de Lucía", "Lo mío")


def test_a_save_brings_check_list_words_and_deadline_anew(client, proposal):
    with clock.travel(proposal.challenge.closes_at - (proposal.challenge.closes_at - clock.now()) / 2):
        answer = client.post(address(proposal), {"solution-version": 1, "solution": ""}, headers=FETCH).json()

    (piece,) = answer["parts"]
    assert {name for name in ("steps", "checks", "words", "closing") if f'data-live="{name}"' in piece} == {
        "steps", "checks", "words", "closing",
    }  # fmt: skip
    assert "«La solución» está vacío" in piece
    assert answer["status"].startswith("Guardado a las")


def test_the_total_of_words_counts_this_page_apart(client, proposal):
    on_page, all_words = (
        sum(len(TEXTS[key].split()) for key in keys) for keys in (("title", "solution"), tuple(TEXTS))
    )

    section, price = (client.get(address(proposal, name)).content.decode() for name in ("section", "price"))

    assert f'data-count-all data-others="{all_words - on_page}">{all_words}</span>' in section
    assert f'data-count-all data-others="{all_words}">{all_words}</span>' in price


def test_who_opens_a_part_that_a_colleague_has_open_is_warned(client, proposal):
    colleague = member(proposal.organisation, user=person("Lucía Peña"))
    client.get(address(proposal))
    client.force_login(colleague)

    same, other = (client.get(address(proposal, part=part)).content.decode() for part in ("solution", "team"))

    name = owner_of(proposal.organisation).short_name
    assert f"{name} también tiene abierta esta parte" in same
    assert f"{name} también está escribiendo: «La solución»" in other


def test_what_the_browser_keeps_is_sealed_for_its_author(client, proposal):
    mine = client.get(address(proposal)).content.decode()
    client.force_login(member(proposal.organisation))
    theirs = client.get(address(proposal)).content.decode()

    def key(page):
        return page.partition('data-keep-key="')[2].partition('"')[0]

    assert len(key(mine)) == 44
    assert key(mine) != key(theirs)


def test_a_pressed_save_tells_the_browser_which_page_has_arrived(client, proposal):
    page = str(uuid.uuid4())

    told = client.post(address(proposal), {"kept": page, "solution-version": 1, "solution": "Uno"})
    strange = client.post(address(proposal), {"kept": "x; path=/", "solution-version": 2, "solution": "Dos"})

    assert told.cookies["saved"].value == page
    assert "saved" not in strange.cookies


# Short and long form ----------------------------------------------------------------------------------


def test_the_short_form_asks_for_nothing_more(client, proposal):
    assert client.get(address(proposal, part="maturity")).status_code == 404
    assert list(envelopes.working_copy(proposal).sections) == list(TEXTS)


def test_the_office_switches_parts_on_and_they_are_asked_counted_and_handed_in(client):
    found = draft_proposal(open_call(form_sections=LONG, minimum_trl=6), organisation())
    by = owner_of(found.organisation)
    client.force_login(by)

    page = client.get(address(found)).content.decode()
    assert "Encaje con el problema" in page
    assert "3.200" in page  # 2,500 and those of the parts
    assert "Propiedad intelectual" in client.get(address(found, part="property")).content.decode()
    section = {"trl-version": 1, "trl": "TRL 4"}
    assert client.post(address(found, part="maturity"), section).status_code == 302
    stops = [c.text for c in _checks(found) if c.level == "stop"]
    assert stops == ["La solución está en TRL 4 y la convocatoria pide 6 o más."]
    drafts.save_section(found, "trl", version=2, body="TRL 6", by=by, at=clock.now())
    receipt = hand_in(found)
    sealed = envelopes.read_envelope(receipt.submission, "technical")["sections"]
    assert sealed["trl"] == "TRL 6"
    assert {"fit", "maturity", "property"} <= set(sealed)


def _checks(found):
    copy = envelopes.working_copy(found)
    return completeness.checks(found.challenge, copy.sections, copy.price)


def test_a_section_that_the_call_doesnt_ask_for_is_refused(proposal):
    by = owner_of(proposal.organisation)

    with pytest.raises(DomainError, match="no existe"):
        drafts.save_section(proposal, "fit", version=0, body="Algo", by=by, at=clock.now())


def test_the_office_chooses_the_form_and_the_call_says_it(client):
    challenge = people_reviewing()
    officer = people.officer()
    challenges.set_terms(challenge, form_sections=["references"], by=officer, at=clock.now())
    client.force_login(officer)

    page = client.get(reverse("challenges:terms", kwargs={"public_id": challenge.public_id})).content.decode()

    assert page.count("checked") == 1
    assert challenge.__class__.objects.get(pk=challenge.pk).form_words == "Referencias"


def people_reviewing():
    from tests.challenges.factories import submitted_challenge  # noqa: PLC0415 - one test only

    return submitted_challenge()


# Comments ---------------------------------------------------------------------------------------------


def test_a_comment_is_sealed_read_by_members_and_told_without_its_words(client, proposal):
    reader = member(proposal.organisation, OrganisationRole.READER, person("Lucía Peña"))
    client.force_login(reader)

    answer = client.post(address(proposal, "comments"), {"part": "team", "text": "Falta zarzamora"}, follow=True)

    assert "Falta zarzamora" in answer.content.decode()
    comment = ProposalComment.objects.get()
    assert b"zarzamora" not in bytes(comment.body)
    (notice,) = Notice.objects.filter(kind="proposal.commented")
    assert notice.recipient == owner_of(proposal.organisation)
    assert "zarzamora" not in f"{notice.params}{notice.address}"
    client.force_login(owner_of(proposal.organisation))
    assert "Falta zarzamora" in client.get(address(proposal, part="team")).content.decode()
    assert "Falta zarzamora" not in client.get(address(proposal, part="plan")).content.decode()
    client.post(address(proposal, "settle_comment", comment=comment.public_id))
    assert "Falta zarzamora" not in client.get(address(proposal, part="team")).content.decode()


def test_several_comments_within_an_hour_are_told_once(proposal):
    member(proposal.organisation)
    with clock.travel(clock.now().replace(minute=10)):
        for text in ("Uno", "Dos"):
            comments.add(proposal, part="", text=text, by=owner_of(proposal.organisation), at=clock.now())

    assert Notice.objects.filter(kind="proposal.commented").count() == 1


@pytest.mark.parametrize(("text", "words"), [("", "Escribe"), ("a" * 2_001, "2")])
def test_a_comment_that_cant_be_kept_is_answered_in_words(client, proposal, text, words):
    answer = client.post(address(proposal, "comments"), {"text": text})

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_after_the_deadline_comments_stay_to_be_read(client, proposal):
    comments.add(proposal, part="", text="Quedó dicho", by=owner_of(proposal.organisation), at=clock.now())

    with after(proposal.challenge):
        page = client.get(address(proposal, "comments")).content.decode()
        late = client.post(address(proposal, "comments"), {"text": "Tarde"})

    assert "Quedó dicho" in page
    assert 'name="text"' not in page
    assert late.status_code == 422


@pytest.mark.parametrize(
    ("then", "comment"),
    [("review", ""), ("comment", "Falta la gráfica"), ("comment", ""), ("bring", ""), ("settle", "")],
)
def test_every_button_of_the_page_saves_what_is_typed_first(client, proposal, then, comment):
    earlier = _second(proposal, TEXTS)
    said = comments.add(proposal, part="solution", text="Ya", by=owner_of(proposal.organisation), at=clock.now())
    names = {"bring": f"bring:{earlier.public_id}", "settle": f"settle:{said.public_id}"}
    page = client.get(address(proposal)).content.decode()
    pressed = names.get(then, then)
    assert f'name="then" value="{pressed}"' in page

    typed = {"solution-version": 1, "solution": "Trescientas palabras", "comment": comment, "then": pressed}
    answer = client.post(address(proposal), typed)

    assert text_of(proposal).startswith("Trescientas palabras")
    assert answer.status_code == (422 if (then, comment) == ("comment", "") else 302)
    assert proposal.comments.count() == (2 if comment else 1)
    if then == "comment":
        assert ("Escribe el comentario" in answer.content.decode()) is (not comment)


def test_a_comment_typed_beside_a_conflict_stays_on_the_page(client, proposal):
    typed = {"solution-version": 0, "solution": "Lo mío", "comment": "Falta la gráfica", "then": "comment"}

    page = client.post(address(proposal), typed)

    assert page.status_code == 409
    assert ">Falta la gráfica</textarea>" in page.content.decode()
    assert not proposal.comments.exists()


# Reuse ------------------------------------------------------------------------------------------------


def _second(proposal, texts=None):
    empty = dict.fromkeys(TEXTS, "")
    return draft_proposal(open_call(), proposal.organisation, texts={**empty, **(texts or {})})


def test_texts_of_an_earlier_proposal_come_in_one_click(client, proposal):
    new = _second(proposal, {"team": "Ya escrito"})
    assert TEXTS["title"] in client.get(address(new)).content.decode()

    client.post(address(new), {"then": f"bring:{proposal.public_id}:all"})

    assert envelopes.working_copy(new).sections == {**TEXTS, "team": "Ya escrito"}


def test_a_part_that_says_something_keeps_it_and_twice_is_once(client, proposal):
    new = _second(proposal, {"team": "Ya escrito"})

    for _ in range(2):
        client.post(address(new, part="team"), {"then": f"bring:{proposal.public_id}"})

    assert text_of(new, "team") == f"Ya escrito\n\n{TEXTS['team']}"
    assert text_of(new, "plan") == ""


def test_an_earlier_proposal_that_cant_be_read_takes_nothing_with_it(client, proposal):
    new = _second(proposal, {"title": "El nuevo"})
    EnvelopeKey.objects.filter(challenge=proposal.challenge).update(wrapped_with="lost")
    proposals = reverse("startups:proposals")

    page, listed = client.get(address(new)), client.get(proposals)
    brought = client.post(address(new), {"then": f"bring:{proposal.public_id}:all"}, follow=True)
    download = b"".join(export.archive(owner_of(proposal.organisation), at=clock.now()))

    assert [page.status_code, listed.status_code, brought.status_code] == [200] * 3
    assert "Traer textos" not in page.content.decode()
    assert "El nuevo" in listed.content.decode()
    assert listed.content.decode().count("no se puede leer ahora") == 1
    assert "no se puede leer ahora" in brought.content.decode()
    assert "No se puede leer ahora" in zipfile.ZipFile(io.BytesIO(download)).read("proposals.json").decode()
    ProposalSection.objects.filter(proposal=new, key="title").update(body=b"damaged")
    assert client.get(proposals).content.decode().count("no se puede leer ahora") == 2


def test_texts_never_cross_to_another_organisation(client, proposal):
    owner = owner_of(proposal.organisation)
    other = draft_proposal(open_call(), organisation(owner=owner))

    with pytest.raises(DomainError, match="misma organización"):
        reuse(other, proposal, by=owner, at=clock.now())
    assert TEXTS["title"] in client.get(address(proposal)).content.decode()
    assert "Traer textos" not in client.get(address(proposal)).content.decode()
    foreign = own_draft()
    assert client.post(address(proposal), {"then": f"bring:{foreign.public_id}:all"}).status_code == 404
