"""A call judged without names: what the panel reads, and that nothing tells it who proposes until the lock."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from challenges.forms.review import TermsForm
from challenges.models import Challenge
from challenges.policies import preflight
from govtech import clock
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from startups.actions import attachment as attachments
from startups.actions import clarification as clarifications
from startups.actions import evaluation, reading
from startups.actions import panel as panels
from startups.actions import redaction as redactions
from startups.calculations import redaction
from startups.calculations.redaction import MARK
from startups.desk import independence as desk
from startups.models import (
    ClarificationAnswer,
    ConflictDeclaration,
    Envelope,
    NamedDeclaration,
    PanelMember,
    PanelRole,
    Proposal,
    Redaction,
)
from startups.policies import admission as clarification_policies
from tests import people
from tests.challenges.factories import draft_challenge, open_challenge, submitted_challenge
from tests.startups import factories
from tests.startups.evaluations import REASON, admitted, judged_criteria, later, named, proposals_of, sheet

pytestmark = pytest.mark.django_db
NAMES = ("Zafiro Azul SL", "Ámbar Gris SA")
TEXTS = {"solution": "En Zafiro Azul (hola@zafiro.es) y con AMBAR GRIS hicimos el proyecto Aguamarina en Soria."}


@pytest.fixture
def made() -> SimpleNamespace:
    """An anonymised call with two proposals admitted, the first with two files, and a panel that has declared none."""
    challenge = open_challenge(is_anonymised=True)
    organisations = [factories.organisation(name=name) for name in NAMES]
    with clock.travel(max(clock.now(), challenge.opens_at)):
        for number, organisation in enumerate(organisations):
            proposal = factories.draft_proposal(challenge, organisation, texts=TEXTS)
            for name in ("zafiro-memoria.txt", "plano.txt") if number == 0 else ():
                upload = SimpleUploadedFile(name, b"Texto del documento.")
                by = factories.owner_of(organisation)
                attachments.add(proposal, upload, envelope=Envelope.TECHNICAL, by=by, at=clock.now())
            factories.hand_in(proposal)
    admitted(challenge)
    panel = named(challenge)
    one, other = proposals_of(challenge)
    with clock.travel(later(challenge, 2)):
        for member in panel.people:
            panels.declare(member, has_conflict=False, text="", by=member.user, at=clock.now())
        yield SimpleNamespace(
            challenge=challenge, panel=panel, one=one, other=other, organisations=organisations, voter=panel.members[0]
        )


def say(made: SimpleNamespace, member, *, conflict: int | None = None) -> None:
    """Answer for every organisation, with a conflict on one of them if given."""
    for number, organisation in enumerate(made.organisations):
        has_conflict = number == conflict
        words = "Trabajé allí en 2025." if has_conflict else ""
        values = {"has_conflict": has_conflict, "reason": words, "by": member.user, "at": clock.now()}
        panels.declare_on_organisation(member, organisation, **values)


def release(made: SimpleNamespace, proposal: Proposal, **values) -> Redaction:
    secretary = made.panel.secretary.user
    fields = {"passages": [], "hidden": [], "files": [], "release": True, **values}
    return redactions.hide(proposal, **fields, by=secretary, at=clock.now())


def judged(user) -> set[Proposal]:
    return set(Proposal.objects.judged_by(user))


def test_the_setting_is_fixed_at_publication(made):
    with pytest.raises(DatabaseError, match="says how it is judged"), transaction.atomic():
        Challenge.objects.filter(pk=made.challenge.pk).update(is_anonymised=False)


def test_nothing_is_read_until_every_organisation_is_answered_for_and_the_copy_is_out(made):
    voter = made.voter
    release(made, made.one)
    values = {"has_conflict": False, "reason": "", "by": voter.user, "at": clock.now()}
    panels.declare_on_organisation(voter, made.organisations[0], **values)
    assert judged(voter.user) == set()  # one answer more would show one proposal more: it would tell whose it is

    panels.declare_on_organisation(voter, made.organisations[1], **values)

    assert judged(voter.user) == {made.one}
    assert set(Proposal.objects.visible_to(voter.user)) == set()
    with pytest.raises(PermissionDenied):
        sheet(voter, made.other)
    release(made, made.other)
    assert judged(voter.user) == {made.one, made.other}
    assert {proposal.organisation.name for proposal in judged(voter.user)} == {made.one.alias, made.other.alias}


def test_the_system_recuses_and_nobody_is_told_from_which_proposal(made):
    release(made, made.one), release(made, made.other)
    say(made, made.voter, conflict=0)

    assert judged(made.voter.user) == {made.other}
    assert ConflictDeclaration.objects.get(member=made.voter, has_conflict=True).proposal == made.one
    with pytest.raises(TransitionError):
        panels.declare_on_organisation(
            made.voter, made.organisations[0], has_conflict=False, reason="", by=made.voter.user, at=clock.now()
        )
    with pytest.raises(DomainError):  # never on a proposal
        panels.declare_on(
            made.panel.chair, made.one, has_conflict=False, reason="", by=made.panel.chair.user, at=clock.now()
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        NamedDeclaration.objects.filter(has_conflict=True).update(has_conflict=False)


def test_the_list_of_organisations_leads_to_no_proposal(made, client: Client):
    client.force_login(made.voter.user)

    page = client.get(reverse("startups:declare", kwargs={"slug": made.challenge.slug})).content.decode()

    assert page.index(NAMES[1]) < page.index(NAMES[0]), "alphabetical"
    assert made.one.public_id not in page
    assert made.other.public_id not in page


def test_a_copy_hides_names_people_addresses_and_marked_passages_and_never_falls_back(made):
    clear = made.one.submissions.get().files.order_by("pk")[0].attachment_public_id
    release(made, made.one, passages=["proyecto aguamarina"], hidden=["team", "title"], files=[clear])
    say(made, made.voter)
    (row,) = Proposal.objects.judged_by(made.voter.user)

    copy = reading.copies_of([row])[row.pk]
    text = dict(copy["sections"])
    words = " ".join(text.values()) + copy["title"]

    assert "Zafiro" not in words
    assert "zafiro" not in words
    assert "guamarina" not in words
    assert "AMBAR GRIS" in words, "another's name is no name of its own"
    assert copy["title"] == MARK
    assert MARK in text.values(), "a whole section is a mark"
    assert "Dos ingenieras" not in words
    assert [file["name"] for file in copy["files"]] in (["Documento 1.txt"], ["Documento 2.txt"])
    Redaction.objects.filter(proposal=made.other).delete()
    assert reading.copies_of([made.other]) == {}, "no redaction, nothing to read"


def test_a_redaction_without_a_word_hides_what_is_always_hidden(made):
    release(made, made.one)

    copy = reading.copies_of([made.one])[made.one.pk]

    assert "Zafiro" not in str(copy)
    assert copy["files"] == []


def test_what_comes_after_the_copy_was_let_out_waits_for_the_secretary(made, client: Client):
    release(made, made.one)
    at, secretary = clock.now(), made.panel.secretary.user
    due = clarification_policies.earliest_due(at=at)
    words = {"text": "¿Con qué datos cuenta el proyecto?", "concerns_all": False, "due_at": due}
    clarifications.ask(made.one, **words, by=people.officer(), at=at)
    answer = ClarificationAnswer.objects.get(proposal=made.one)
    owner = factories.owner_of(made.one.organisation)
    clarifications.answer(answer, text="Con los de nuestro cliente Minas de Almadén.", by=owner, at=at)

    assert "Almadén" not in str(reading.copies_of([made.one]))
    assert reading.waiting([made.one]) == {made.one.pk: ["Aclaración"]}
    assert [item.title for item in desk.copies(secretary, at=at)] == ["Prepara 2 copias sin nombres"]
    client.force_login(secretary)
    address = reverse("startups:redact", kwargs={"public_id": made.one.public_id})
    assert "Almadén" in client.get(address).content.decode(), "the secretary sees what the panel would read"
    release(made, made.one, passages=["Minas de Almadén"], release=False)
    assert "cliente" not in str(reading.copies_of([made.one])), "saving alone lets nothing out"
    assert client.post(address, {"passages": "Minas de Almadén", "release": "1"}).status_code == 302

    copy = str(reading.copies_of([made.one]))
    assert "Con los de nuestro cliente" in copy
    assert "Almadén" not in copy
    with pytest.raises(DatabaseError), transaction.atomic():
        Redaction.objects.update(shown=[])


def test_names_are_hidden_in_part_and_with_the_domain_of_their_mail(made):
    user = factories.owner_of(made.organisations[0])
    type(user).objects.filter(pk=user.pk).update(full_name="Lucía de la Vega Gómez", email="lucia@turmalina.example.es")

    names = reading.names_of([made.one])[made.one.pk]

    text = redaction.hidden(
        "Lucía de la Vega, Vega Gómez, Lucía Gómez, turmalina.example.es, Zaf\u00adiro Azul.", names
    )
    assert text.count(MARK) == 5
    assert not any(word in text for word in ("Lucía", "Gómez", "turmalina", "Azul"))


def test_a_call_without_names_has_no_presentations(made):
    with pytest.raises(IntegrityError), transaction.atomic():
        draft_challenge(is_anonymised=True, shortlist_size=2)
    form = TermsForm(
        {"route": "minor", "cpv": "72000000-5", "offer_validity_days": "90", "reserve_list_length": "2",
         "is_anonymised": "on", "shortlist_size": "2"},
        challenge=draft_challenge(), asks_report=False,
    )  # fmt: skip
    assert "is_anonymised" in form.errors
    sent = submitted_challenge(is_anonymised=True)
    sent.criteria.filter(position=5).update(kind="pitch")
    stops = [check.field for check in preflight._terms(sent) if check.level == preflight.STOP]
    assert "is_anonymised" in stops


def test_passages_stand_in_the_proposal_and_nothing_hidden_is_shown_again(made):
    with pytest.raises(DomainError) as refusal:
        release(made, made.one, passages=["Esmeralda"])
    assert refusal.value.field == "passages"
    release(made, made.one, passages=["Aguamarina"])
    with pytest.raises(DomainError):
        release(made, made.one, passages=[])
    release(made, made.one, passages=["Aguamarina", "Soria"])
    with pytest.raises(DatabaseError), transaction.atomic():
        Redaction.objects.update(passages=[])
    with pytest.raises(PermissionDenied):
        redactions.hide(made.other, passages=[], hidden=[], files=[], release=True, by=people.officer(), at=clock.now())


def test_no_page_of_a_member_names_an_organisation(made, client: Client):
    clear, shut = (row.attachment_public_id for row in made.one.submissions.get().files.order_by("pk"))
    release(made, made.one, files=[clear]), release(made, made.other)
    say(made, made.voter)
    client.force_login(made.voter.user)
    slug = {"slug": made.challenge.slug}
    of = {"public_id": made.one.public_id}
    pages = [reverse("startups:scores", kwargs=slug), reverse("startups:score", kwargs=of), reverse("shell:desk")]
    hidden = [
        reverse("startups:proposal", kwargs=of),
        reverse("startups:file", kwargs={**of, "attachment": clear}),
        reverse("startups:judged_file", kwargs={**of, "attachment": shut}),
    ]

    for address in pages:
        response = client.get(address)
        assert response.status_code == 200
        assert not any(name[:6] in response.content.decode() for name in NAMES)
    assert [client.get(address).status_code for address in hidden] == [404, 404, 404]
    file = client.get(reverse("startups:judged_file", kwargs={**of, "attachment": clear}))
    assert file.status_code == 200
    assert "zafiro" not in str(file.headers).lower()


def test_who_could_read_the_names_does_not_judge_without_them(made):
    officer, director = people.officer(), people.director()
    for user, role in (
        (officer, PanelRole.MEMBER),
        (director, PanelRole.ADVISER),
        (people.auditor(), PanelRole.MEMBER),
    ):
        with pytest.raises(DomainError) as refusal:
            panels.name_member(made.challenge, user, role=role, by=people.officer(), at=clock.now())
        assert refusal.value.field == "email"
    assert set(Proposal.objects.visible_to(officer)) == {made.one, made.other}
    # named before the opening, as a rule allows: then they see none, whatever else they are
    PanelMember.objects.filter(pk=made.voter.pk).update(user=officer)

    assert set(Proposal.objects.visible_to(User.objects.get(pk=officer.pk))) == set()
    assert set(Proposal.objects.visible_to(made.panel.secretary.user)) == {made.one, made.other}


def test_names_come_with_the_lock(made):
    release(made, made.one), release(made, made.other)
    for member in made.panel.people:
        say(made, member)
    for proposal in (made.one, made.other):
        for member in made.panel.voting:
            sheet(member, proposal)
        for criterion in judged_criteria(made.challenge):
            evaluation.save_reason(proposal, criterion, text=REASON, by=made.panel.secretary.user, at=clock.now())
    assert made.voter.user not in {member.user for member in made.panel.people if judged(member.user) == set()}
    evaluation.lock(made.challenge, by=made.panel.chair.user, at=clock.now())
    assert {row.organisation.name for row in judged(made.voter.user)} == {made.one.alias, made.other.alias}

    evaluation.lock(made.challenge, by=made.panel.secretary.user, at=clock.now())

    assert {row.organisation.name for row in judged(made.voter.user)} == set(NAMES)
    assert set(Proposal.objects.visible_to(made.voter.user)) == {made.one, made.other}
