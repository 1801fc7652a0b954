"""The pages of an evaluation: what they say, to whom, in how many queries, and what they answer to bad input."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from govtech import clock
from govtech.accounts.models import User
from startups.actions import admission, evaluation
from startups.actions import opening as openings
from startups.actions import panel as panels
from startups.calculations.panel import shuffled
from startups.models import Evaluation, PanelMember, Proposal, ProposalStatus, Score, ScoreSheet, SheetStatus
from startups.policies.admission import earliest_due
from startups.views.evaluation import own_rows
from tests import people
from tests.challenges.factories import open_challenge
from tests.startups.evaluations import (
    REASON,
    admitted,
    judged,
    judged_criteria,
    later,
    locked,
    named,
    opened,
    panel,
    proposals_of,
    scored,
    sheet,
    with_proposals,
)
from tests.startups.factories import organisation, owner_of, submitted_proposal

pytestmark = pytest.mark.django_db
CONFLICT = "Trabajé allí en 2025."


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, **kwargs: Any) -> str:
    return reverse(f"startups:{name}", kwargs=kwargs)


# Opening ----------------------------------------------------------------------------------------------


def test_before_the_opening_the_page_shows_a_count_and_no_name():
    challenge = with_proposals(["9000.00", "8000.00"])
    names = [each.organisation.name for each in Proposal.objects.select_related("organisation")]

    with clock.travel(later(challenge)):
        for user in (people.officer(), people.director(), people.auditor()):
            page = as_user(user).get(url("opening", slug=challenge.slug)).content.decode()
            assert '<p class="figure">2</p>' in page
            assert not any(name in page for name in names)
            assert "Sensores que escuchan" not in page


def test_two_people_open_by_their_buttons():
    challenge = with_proposals(["9000.00"])
    first, second = people.officer(), people.auditor()
    page = url("opening", slug=challenge.slug)

    with clock.travel(later(challenge)):
        assert (
            reverse("startups:opening_open", kwargs={"slug": challenge.slug})
            not in as_user(second).get(page).content.decode()
        )
        as_user(first).post(url("opening_prepare", slug=challenge.slug), {"reason": "El plazo ha terminado."})
        as_user(first).post(url("opening_open", slug=challenge.slug))
        assert Proposal.objects.get().opened_at is None
        answer = as_user(second).post(url("opening_open", slug=challenge.slug), follow=True)
    assert "REG-" in answer.content.decode()
    assert Proposal.objects.get().opened_at is not None
    document = as_user(second).get(url("opening_report", slug=challenge.slug))
    assert b"".join(document.streaming_content).startswith(b"%PDF")


def test_no_proposals_is_said_and_leads_on():
    challenge = with_proposals([])

    with clock.travel(later(challenge)):
        page = as_user(people.officer()).get(url("opening", slug=challenge.slug)).content.decode()
    assert "No se recibió ninguna propuesta" in page


def test_an_amount_in_the_technical_part_is_flagged():
    challenge = open_challenge()
    with clock.travel(challenge.opens_at):
        submitted_proposal(
            challenge, organisation(), texts={"plan": "Todo el piloto por 9.000 € más IVA, en seis meses de trabajo."}
        )
    opened(challenge)

    page = as_user(people.officer()).get(url("opening", slug=challenge.slug)).content.decode()
    assert "9.000 €" in page
    assert (
        "9.000 €"
        in as_user(people.officer())
        .get(url("admission_decide", slug=challenge.slug, public_id=Proposal.objects.get().public_id))
        .content.decode()
    )


# Admission --------------------------------------------------------------------------------------------


def test_a_refused_decision_keeps_what_was_typed():
    challenge = opened(prices=["9000.00"])
    proposal = proposals_of(challenge).get()
    client = as_user(people.officer())
    page = url("admission_decide", slug=challenge.slug, public_id=proposal.public_id)

    with clock.travel(later(challenge, 1)):
        for data in (
            {"decision": "exclude", "rule": "conditions", "reason": "corto"},
            {"decision": "correction", "text": "Falta decir quién dirige el equipo.", "due_at": "2020-01-01"},
            {"decision": "correction", "text": "Falta decir quién dirige el equipo.", "due_at": "mañana"},
        ):
            answer = client.post(page, data)
            assert answer.status_code == 422
            assert 'class="error' in answer.content.decode()
            assert data.get("reason", data.get("text")) in answer.content.decode()
        client.post(page, {"decision": "nonsense"})
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.SUBMITTED


def test_the_organisation_reads_what_is_asked_and_answers():
    challenge = opened(prices=["9000.00", "8000.00"])
    proposal, other = proposals_of(challenge)
    with clock.travel(later(challenge, 1)):
        at = clock.now()
        admission.request_correction(
            proposal, text="Falta decir quién dirige.", due_at=earliest_due(at=at), by=people.officer(), at=at
        )
        page = url("correct", public_id=proposal.public_id)
        owner = as_user(owner_of(proposal.organisation))
        assert as_user(owner_of(other.organisation)).get(page).status_code == 404
        assert "Falta decir quién dirige." in owner.get(page).content.decode()
        assert "Falta decir" not in owner.get(proposal.get_absolute_url()).content.decode()
        assert page in owner.get(proposal.get_absolute_url()).content.decode()
        assert 'class="error' in owner.post(page, {"text": ""}).content.decode()
        owner.post(page, {"text": "Lo dirige Ana Prueba, ingeniera."})
    proposal.refresh_from_db()
    assert proposal.correction_text == "Lo dirige Ana Prueba, ingeniera."


def test_none_admitted_is_said():
    challenge = opened(prices=["9000.00"])
    with clock.travel(later(challenge, 1)):
        admission.exclude(
            proposals_of(challenge).get(),
            rule="conditions",
            reason="No cumple la convocatoria.",
            by=people.officer(),
            at=clock.now(),
        )
        page = as_user(people.officer()).get(url("admission", slug=challenge.slug)).content.decode()
    assert "No se ha admitido ninguna propuesta" in page


# Panel and declarations -------------------------------------------------------------------------------


def test_naming_answers_in_words():
    challenge = admitted(prices=["9000.00"])
    client, page = as_user(people.officer()), url("panel", slug=challenge.slug)
    user = people.person("Experta Externa")

    with clock.travel(later(challenge, 1)):
        assert "Nadie tiene cuenta" in client.post(page, {"email": "no@existe.test", "role": "member"}).content.decode()
        assert "user@" in client.post(page, {"email": "user@", "role": "member"}).content.decode()
        assert client.post(page, {"email": user.email, "role": "king"}).status_code == 200
        assert client.post(page, {"email": user.email.upper(), "role": "member"}).status_code == 302
    assert PanelMember.objects.get().user == user


def test_no_name_is_shown_before_the_first_declaration():
    challenge = admitted(prices=["9000.00"])
    found = named(challenge)
    name = proposals_of(challenge).get().organisation.name
    client, page = as_user(found.members[0].user), url("declare", slug=challenge.slug)

    with clock.travel(later(challenge, 2)):
        assert name not in client.get(page).content.decode()
        assert name not in client.get(url("panel", slug=challenge.slug)).content.decode()
        assert name not in client.get(url("scores", slug=challenge.slug)).content.decode()
        answer = client.post(page, {"proposal": "", "has_conflict": "yes", "text": ""})
        assert 'class="error' in answer.content.decode()
        client.post(page, {"proposal": "", "has_conflict": "no"})
        assert name in client.get(page).content.decode()
        target = proposals_of(challenge).get().public_id
        assert 'class="error' in client.post(page, {"proposal": target}).content.decode()
        assert client.post(page, {"proposal": "nosuchthing0", "has_conflict": "no"}).status_code == 404
        client.post(page, {"proposal": target, "has_conflict": "no"})
    assert found.members[0].declarations.get().has_conflict is False


def test_a_recused_member_meets_the_proposal_nowhere():
    challenge = admitted(prices=["9000.00", "8000.00"])
    found = panel(challenge)
    one, other = proposals_of(challenge)
    seat, secretary = found.members[0], found.secretary
    at = later(challenge, 3)
    with clock.travel(at):
        for member in (seat, secretary):
            panels.declare_on(member, one, has_conflict=True, reason=CONFLICT, by=member.user, at=at)
        for member in found.voting:
            for proposal in (one, other):
                if (member, proposal) != (seat, one):
                    sheet(member, proposal)
        for user in (seat.user, secretary.user):
            client = as_user(user)
            for address in (
                one.get_absolute_url(),
                url("score", public_id=one.public_id),
                url("reasons", public_id=one.public_id),
                url("admission_decide", slug=challenge.slug, public_id=one.public_id),
                url("file", public_id=one.public_id, attachment="aaaaaaaaaaaa"),
            ):
                assert client.get(address).status_code in {403, 404}, address
        # the name may stand where they declared it, and nowhere else
        for user, pages in ((seat.user, ["scores"]), (secretary.user, ["opening", "admission", "lock"])):
            for page in pages:
                content = as_user(user).get(url(page, slug=challenge.slug)).content.decode()
                assert other.organisation.name in content, page
                assert one.organisation.name not in content, page
                assert one.public_id not in content, page


# Scoring ----------------------------------------------------------------------------------------------


@pytest.fixture
def judging():
    challenge, found = judged()
    with clock.travel(later(challenge, 3)):
        yield challenge, found


def answers(challenge, points=4, reason=REASON, version="") -> dict[str, Any]:
    data: dict[str, Any] = {"version": version}
    for criterion in judged_criteria(challenge):
        data |= {f"points-{criterion.pk}": points, f"reason-{criterion.pk}": reason}
    return data


def test_a_sheet_is_saved_in_the_background_and_handed_in(judging):
    challenge, found = judging
    one = proposals_of(challenge).first()
    client, page = as_user(found.chair.user), url("score", public_id=one.public_id)
    first = judged_criteria(challenge)[0]

    saved = client.post(page, {"version": "", f"points-{first.pk}": 3}, headers={"X-Requested-With": "fetch"})
    assert saved.status_code == 200
    version = saved.json()["version"]
    stale = client.post(page, {"version": "", f"points-{first.pk}": 1}, headers={"X-Requested-With": "fetch"})
    assert stale.status_code == 409
    assert Score.objects.get(criterion=first).points == 3
    bad = client.post(page, {"version": version, f"points-{first.pk}": 9}, headers={"X-Requested-With": "fetch"})
    assert bad.status_code == 422

    done = client.post(page, {**answers(challenge, version=version), "hand_in": "1"})
    assert done.status_code == 302
    assert ScoreSheet.objects.get().status == SheetStatus.HANDED_IN
    late = client.post(page, answers(challenge, 1), headers={"X-Requested-With": "fetch"})
    assert late.status_code in {409, 422}
    assert "Ya no cambia" in client.get(page).content.decode()


def test_handing_in_an_incomplete_sheet_keeps_what_was_typed(judging):
    challenge, found = judging
    one = proposals_of(challenge).first()
    client = as_user(found.chair.user)
    data = answers(challenge, reason="corto")

    answer = client.post(url("score", public_id=one.public_id), {**data, "hand_in": "1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error"' in page
    assert "corto" in page
    assert ScoreSheet.objects.get().status == SheetStatus.DRAFT
    version = evaluation.version_of(ScoreSheet.objects.get())
    assert f'name="version" value="{version}"' in page


def test_others_see_nothing_of_a_sheet_before_their_own(judging):
    challenge, found = judging
    one = proposals_of(challenge).first()
    secret = "Palabras que solo he escrito yo aquí."
    sheet(found.chair, one, reason=secret)
    peer = as_user(found.members[0].user)
    page = url("score", public_id=one.public_id)

    assert secret not in peer.get(page).content.decode()
    sheet(found.members[0], one)
    assert secret in peer.get(page).content.decode()
    for user in (people.officer(), people.director()):
        assert as_user(user).get(page).status_code == 403


def test_orders_differ_between_members_and_are_stable(judging):
    challenge, found = judging
    for seat in found.voting:
        expected = shuffled(seat.public_id, [each.public_id for each in proposals_of(challenge)])
        shown = [row["proposal"].public_id for row in own_rows(challenge, seat, at=clock.now())]
        assert shown == expected


# Lock, ranking, results -------------------------------------------------------------------------------


def test_reasons_start_from_the_sheets_and_the_second_confirmation_locks():
    challenge, found = scored(prices=["9000.00"], reasons=False)
    proposal = proposals_of(challenge).get()
    secretary, chair = as_user(found.secretary.user), as_user(found.chair.user)
    page = url("reasons", public_id=proposal.public_id)
    criteria = judged_criteria(challenge)

    with clock.travel(later(challenge, 4)):
        assert secretary.get(page).content.decode().count(REASON) >= 2 * len(criteria)
        data = {f"reason-{criterion.pk}": REASON for criterion in criteria}
        bad = secretary.post(page, {**data, f"reason-{criteria[0].pk}": "corto"})
        assert bad.status_code == 200
        assert "corto" in bad.content.decode()
        assert chair.post(page, data).status_code == 403
        assert secretary.post(page, data).status_code == 302
        lock = url("lock", slug=challenge.slug)
        assert chair.post(lock).url == lock
        assert secretary.post(lock).url == url("ranking", slug=challenge.slug)
        ranking = chair.get(url("ranking", slug=challenge.slug)).content.decode()
    assert "82,00" in ranking
    assert Evaluation.objects.get().locked_at is not None


def test_an_organisation_reads_its_own_points_and_nobody_elses():
    challenge = locked(prices=["9000.00", "8000.00"])
    one, other = proposals_of(challenge)
    client = as_user(owner_of(one.organisation))

    page = client.get(url("result", public_id=one.public_id)).content.decode()

    assert REASON in page
    assert "72,00" in page
    assert "82,00" not in page  # the total waits for the award
    assert other.organisation.name not in page
    assert client.get(url("result", public_id=other.public_id)).status_code == 404
    assert client.get(url("ranking", slug=challenge.slug)).status_code == 403
    for user in (people.officer(), people.administrator()):
        assert as_user(user).get(url("result", public_id=one.public_id)).status_code == 404


def test_the_ranking_says_that_nobody_passes_and_names_ties():
    low = locked(prices=["9000.00"], points=(1,))
    tied = locked(prices=["9000.00", "9000.00"], points=(4, 4))
    client = as_user(people.director())

    assert "Ninguna propuesta llega al mínimo" in client.get(url("ranking", slug=low.slug)).content.decode()
    assert "sorteo registrado" in client.get(url("ranking", slug=tied.slug)).content.decode()
    document = client.get(url("evaluation_report", slug=tied.slug))
    assert b"".join(document.streaming_content).startswith(b"%PDF")


def test_there_is_no_ranking_before_the_lock():
    challenge, found = scored(prices=["9000.00"])

    for user in (people.officer(), people.director(), found.chair.user):
        assert as_user(user).get(url("ranking", slug=challenge.slug)).status_code == 403


# The desk ---------------------------------------------------------------------------------------------


def desk(user: User) -> str:
    return as_user(user).get(reverse("shell:desk")).content.decode()


def test_desks_from_the_deadline_to_the_lock():
    challenge = with_proposals(["9000.00"])
    first, second = people.officer(), people.director()
    prepare, open_ = "Prepara la apertura de propuestas", "Abre las propuestas como segunda persona"
    with clock.travel(later(challenge)):
        assert prepare in desk(first)
        assert prepare not in desk(second)
        openings.prepare(challenge, reason="El plazo ha terminado.", by=first, at=clock.now())
        assert open_ in desk(second)
        assert open_ not in desk(first)
        openings.open_proposals(challenge, by=second, at=clock.now())
        assert "1 propuesta por admitir o excluir" in desk(first)
        admission.admit(proposals_of(challenge).get(), by=first, at=clock.now())
        assert "Nombra el panel" in desk(first)
        found = named(challenge)
        assert "Nombra el panel" not in desk(first)
    with clock.travel(later(challenge, 2)):
        seat, at = found.chair, clock.now()
        assert "Declara tus intereses" in desk(seat.user)
        panels.declare(seat, has_conflict=False, text="", by=seat.user, at=at)
        assert "Declara sobre 1 entidad" in desk(seat.user)
        for each in found.people:
            if each != seat:
                panels.declare(each, has_conflict=False, text="", by=each.user, at=at)
            panels.declare_on(each, proposals_of(challenge).get(), has_conflict=False, reason="", by=each.user, at=at)
        assert "Te queda 1 propuesta por valorar" in desk(seat.user)
        assert "por valorar" not in desk(found.substitute.user)
        for each in found.voting:
            sheet(each, proposals_of(challenge).get())
        assert "por valorar" not in desk(seat.user)
        assert "Redacta los motivos definitivos" in desk(found.secretary.user)
        for criterion in judged_criteria(challenge):
            evaluation.save_reason(
                proposals_of(challenge).get(), criterion, text=REASON, by=found.secretary.user, at=at
            )
        for each in (found.chair, found.secretary):
            assert "Confirma las puntuaciones" in desk(each.user)
            evaluation.lock(challenge, by=each.user, at=at)
            assert "Confirma las puntuaciones" not in desk(each.user)


# Queries ----------------------------------------------------------------------------------------------


def queries(user: User, address: str, at: datetime) -> int:
    client = as_user(user)
    client.get(address)
    with clock.travel(at), CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


LISTS: dict[str, tuple[Callable[..., Any], Callable[[Any], User]]] = {
    "opening": (lambda prices: (opened(prices=prices), None), lambda found: people.officer()),
    "admission": (lambda prices: (opened(prices=prices), None), lambda found: people.officer()),
    "scores": (lambda prices: scored(prices=prices, reasons=False), lambda found: found.chair.user),
    "declare": (lambda prices: scored(prices=prices, reasons=False), lambda found: found.chair.user),
    "lock": (lambda prices: scored(prices=prices), lambda found: found.secretary.user),
    "ranking": (lambda prices: (locked(prices=prices), None), lambda found: people.director()),
}


@pytest.mark.parametrize("page", LISTS)
def test_lists_take_as_many_queries_for_many_proposals_as_for_one(page):
    make, who = LISTS[page]
    counts = []
    for number in (1, 5):
        challenge, found = make(["9000.00"] * number)
        counts.append(queries(who(found), url(page, slug=challenge.slug), later(challenge, 5)))

    assert counts[0] == counts[1]


def test_the_desk_takes_as_many_queries_for_many_panels_as_for_one():
    counts = []
    for number in (1, 3):
        user = people.officer()
        for _ in range(number):
            challenge = admitted(prices=["9000.00"])
            with clock.travel(later(challenge, 2)):
                seat = panels.name_member(challenge, user, role="secretary", by=people.officer(), at=clock.now())
                panels.declare(seat, has_conflict=False, text="", by=user, at=clock.now())
        counts.append(queries(user, reverse("shell:desk"), later(challenge, 5)))
        Proposal.objects.filter(challenge=challenge).update(status=ProposalStatus.ADMITTED)

    assert counts[0] == counts[1]
