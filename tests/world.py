"""A small world in which every address of the project leads somewhere: people of every role, and what they work on.

Everything is made on demand by the real actions. What is over was made in the spring of 2026 (`tests.pilots.awards`),
what is under way now. The participant's offer is the cheapest and the best judged, so it wins where there is a winner.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.utils import translation

from challenges.actions import alert as alerts
from challenges.actions import challenge as challenge_actions
from challenges.actions import document as documents
from challenges.actions import preview as previews
from challenges.actions import question as questions
from challenges.actions import template as templates
from challenges.models import (
    Challenge,
    ChallengeDocument,
    PlannedChallenge,
    Question,
    ReviewComment,
    SavedSearch,
    Template,
)
from govtech import clock
from govtech.accounts.models import DelegateAppointment, User
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.files.models import StoredFile
from govtech.notifications.models import Notice
from govtech.reference.models import Department
from pilots.actions import award as award_actions
from pilots.actions import indicator as indicator_actions
from pilots.actions import milestone as milestone_actions
from pilots.actions import reconciliation as reconciliations
from pilots.models import Award, BudgetYear, CorporateMovement, DirectContract, Initiative, LedgerEntry, Pilot
from startups.actions import admission, pitch
from startups.actions import attachment as attachments
from startups.actions import clarification as clarifications
from startups.actions import comment as comments
from startups.actions import consortium as consortia
from startups.actions import dossier as dossiers
from startups.actions import expert as experts
from startups.actions import interest as interests
from startups.actions import join_request as join_requests
from startups.actions import membership as memberships
from startups.actions import panel as panels
from startups.actions import panel_question as panel_questions
from startups.actions import profile as profiles
from startups.actions import recusation as recusations
from startups.actions.evaluation import lock, save_reason
from startups.models import (
    AbnormalOffer,
    Attachment,
    Clarification,
    CorrectionFile,
    DossierPaper,
    ExpertInvitation,
    Ground,
    Interest,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationRole,
    PanelMember,
    PanelQuestion,
    PanelRole,
    Partner,
    Proposal,
    ProposalComment,
    ProposalStatus,
    Receipt,
    Recusation,
    Upload,
)
from startups.models.panel import SCORING
from startups.policies import evaluation as evaluation_policies
from startups.policies.admission import earliest_due
from tests import people
from tests.challenges.factories import draft_challenge, planned_challenge, submitted_challenge
from tests.files import samples
from tests.pilots import awards, directs, money
from tests.startups import evaluations, factories
from tests.startups.big_panel import BigPanel, big_panel

PRICES = ("12000.00", "14000.00")


def upload(name: str = "memoria.pdf", data: bytes | None = None) -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, data if data is not None else samples.pdf())


class World:
    """People by role, and objects made on demand. `world.client(role)` is somebody's browser."""

    def __init__(self) -> None:
        self.department = Department.objects.get(code="A06")
        self.other_department = Department.objects.get(code="A03")
        money.funded_year(2026, "500000.00", others=True)
        self._people: dict[str, User] = {
            "participant": people.person("Paula Participante"),
            "rival": people.person("Rita Rival"),
            "delegate": people.delegate(self.department, "Delia Delegada"),
            "other_delegate": people.delegate(self.other_department, "Olga Otra"),
            "reviewer": people.person("Raúl Revisor"),
            "officer": people.officer("Ofelia Oficina"),
            "director": people.director("Diana Directora"),
            "auditor": people.auditor("Aurora Auditora"),
            "administrator": people.administrator("Ada Administradora"),
        }
        self.organisation: Organisation = factories.organisation(
            owner=self._people["participant"], name="Participa Ficticia SL", is_listed=True
        )
        self.rival_organisation: Organisation = factories.organisation(
            owner=self._people["rival"], name="Rival Ficticia SL"
        )
        self._sessions: dict[str, str] = {}
        self._handlers: dict[Any, ClientHandler] = {}

    # People -------------------------------------------------------------------------------------------

    def person(self, role: str) -> User:
        """Return the person of a role, fresh from the database: nothing is remembered from another request."""
        return User.objects.get(pk=self._people[role].pk)

    def client(self, role: str, **options: Any) -> Client:
        """Return a new browser of the person of a role, signed in; the visitor isn't. Each role signs in once."""
        client = Client(**options)
        client.handler = self._handlers.setdefault(repr(options), client.handler)  # its middlewares are made once
        if role != "visitor":
            if role not in self._sessions:
                client.force_login(self.person(role))
                self._sessions[role] = client.cookies["sessionid"].value
            client.cookies["sessionid"] = self._sessions[role]
        return client

    def sign_in_everybody(self) -> None:
        """Sign all roles in now, so that no test does it inside a savepoint that is rolled back."""
        for role in self._people:
            self.client(role)

    def add(self, role: str, user: User) -> None:
        """Add somebody whom only some tests know."""
        self._people[role] = user

    # Challenges in preparation ------------------------------------------------------------------------

    @cached_property
    def draft(self) -> Challenge:
        """A draft of the delegate's department, complete."""
        return draft_challenge(department=self.department, by=self._people["delegate"])

    @cached_property
    def under_review(self) -> Challenge:
        """A challenge that the department has sent to the Office."""
        return submitted_challenge(department=self.department, by=self._people["delegate"])

    @cached_property
    def prepared(self) -> Challenge:
        """A challenge whose spending and publication wait for the director."""
        return money.prepared(department=self.department, by=self._people["delegate"])

    @cached_property
    def publication(self) -> PreparedDecision:
        """The decision that waits for the director."""
        return decisions.open_for(DecisionKind.PUBLICATION, self.prepared)

    @cached_property
    def comment(self) -> ReviewComment:
        """A comment of the Office on the challenge under review."""
        return challenge_actions.comment(
            self.under_review, step="problem", text="Falta la cifra.", by=people.officer(), at=clock.now()
        )

    @cached_property
    def draft_document(self) -> ChallengeDocument:
        """A document of the draft."""
        return documents.add(self.draft, upload(), title="Plano", by=self._people["delegate"], at=clock.now())

    @cached_property
    def saved_search(self) -> SavedSearch:
        """A search that the participant saved as an alert."""
        values = {"frequency": "daily", "with_changes": True, "by": self._people["participant"], "at": clock.now()}
        return alerts.save_search(name="Agua", query="q=agua", **values)

    @cached_property
    def announced(self) -> PlannedChallenge:
        """A challenge that the Office has announced."""
        return planned_challenge(department=self.department)

    @cached_property
    def preview_token(self) -> str:
        """The token of a link to the preview of the draft."""
        made = previews.make(self.draft, days=7, label="", by=self._people["delegate"], at=clock.now())
        return made[1]

    @cached_property
    def template(self) -> Template:
        """A template of the Office."""
        values = {"purpose": "", "texts": {}, "criteria": [], "pass_mark": Decimal(60)}
        return templates.keep(None, name="De prueba", **values, by=self._people["officer"], at=clock.now())

    # A challenge that takes proposals now --------------------------------------------------------------

    @cached_property
    def challenge(self) -> Challenge:
        """A challenge that takes proposals now, with a document; participant and rival have handed in."""
        return self._open(now=True)

    @cached_property
    def proposal(self) -> Proposal:
        """The participant's sealed proposal to the open challenge, with a file."""
        found = factories.draft_proposal(self.challenge, self.organisation, price=PRICES[0])
        self._add_file(found)
        factories.hand_in(found)
        found.refresh_from_db()
        return found

    @cached_property
    def rival_proposal(self) -> Proposal:
        """The rival's sealed proposal to the open challenge."""
        return factories.submitted_proposal(self.challenge, self.rival_organisation, price=PRICES[1])

    @cached_property
    def draft_proposal(self) -> Proposal:
        """A draft of the participant's for another open challenge."""
        return factories.draft_proposal(self._open(now=True), self.organisation)

    @cached_property
    def comment_among_members(self) -> ProposalComment:
        """What the participant said to the other members on the draft."""
        values = {"part": "team", "text": "Falta el currículo.", "by": self._people["participant"]}
        return comments.add(self.draft_proposal, **values, at=clock.now())

    @cached_property
    def attachment(self) -> Attachment:
        """The file of the participant's sealed proposal."""
        return self.proposal.attachments.get()

    @cached_property
    def partner(self) -> Partner:
        """The rival's organisation, invited into the participant's draft."""
        who = self.rival_organisation
        about = {"country": who.country, "tax_id": who.tax_id, "label": "", "role": "Mide", "share": Decimal(30)}
        return consortia.invite(self.draft_proposal, **about, by=self._people["participant"], at=clock.now())

    @cached_property
    def upload(self) -> Upload:
        """A file on its way to the participant's draft."""
        values = {"name": "memoria.pdf", "size": 1_000, "modified": 1, "envelope": "technical"}
        return attachments.begin(self.draft_proposal, **values, by=self._people["participant"], at=clock.now())

    @cached_property
    def receipt(self) -> Receipt:
        """The receipt of the participant's sealed proposal."""
        return Receipt.objects.get(submission__proposal=self.proposal)

    @cached_property
    def document(self) -> ChallengeDocument:
        """A document of the open challenge."""
        return self.challenge.documents.get()

    @cached_property
    def question(self) -> Question:
        """A question of the participant's that waits for its answer."""
        return questions.ask(self.challenge, text="¿Hay datos de 2024?", by=self._people["participant"])

    # Organisations ------------------------------------------------------------------------------------

    @cached_property
    def membership(self) -> Membership:
        """An editor of the participant's organisation."""
        user = factories.member(self.organisation, OrganisationRole.EDITOR)
        return Membership.objects.get(organisation=self.organisation, user=user)

    @cached_property
    def invitation(self) -> Invitation:
        """An invitation into the participant's organisation, for the rival; its token is `token`."""
        invitation, self.__dict__["token"] = memberships.invite(
            self.organisation,
            email=self._people["rival"].email,
            role=OrganisationRole.EDITOR,
            by=self._people["participant"],
            at=clock.now(),
        )
        return invitation

    @cached_property
    def token(self) -> str:
        """The token in the mail of the invitation."""
        return self.invitation and self.__dict__["token"]

    @cached_property
    def logo(self) -> StoredFile:
        """The logo of the participant's organisation."""
        by = self._people["participant"]
        return profiles.set_logo(self.organisation, upload("logo.png", samples.image()), by=by, at=clock.now()).logo

    @cached_property
    def join_request(self) -> JoinRequest:
        """The rival asks to join the participant's organisation."""
        company = self.organisation
        return join_requests.ask_to_join(tax_id=company.tax_id, country="ES", by=self._people["rival"], at=clock.now())

    @cached_property
    def paper(self) -> DossierPaper:
        """A paper in the dossier of the participant's organisation."""
        return dossiers.add_paper(self.organisation, upload(), title="Escritura", by=people.officer(), at=clock.now())

    # Evaluation ---------------------------------------------------------------------------------------

    @cached_property
    def opened(self) -> Challenge:
        """A challenge whose proposals are opened and not yet admitted."""
        challenge = self._opened_in_spring()
        with clock.travel(awards.SPRING):
            return evaluations.opened(challenge)

    @cached_property
    def opened_proposal(self) -> Proposal:
        """The participant's, opened and waiting for admission, with a file."""
        return self._own_in(self.opened)

    @cached_property
    def clarification(self) -> Clarification:
        """What every organisation with an opened proposal is asked to explain."""
        with clock.travel(awards.SPRING), clock.travel(evaluations.later(self.opened, 1)):
            return clarifications.ask(
                self.opened_proposal,
                text="¿Qué datos hacen falta el primer mes?",
                concerns_all=True,
                due_at=earliest_due(at=clock.now()),
                by=people.officer(),
                at=clock.now(),
            )

    @cached_property
    def correction_file(self) -> CorrectionFile:
        """A file with which the participant has answered a correction of the opened proposal."""
        proposal, by = self.opened_proposal, self._people["participant"]
        with clock.travel(awards.SPRING), clock.travel(evaluations.later(self.opened, 1)):
            at = clock.now()
            text, due_at = "Falta el poder de quien firma.", earliest_due(at=at)
            admission.request_correction(proposal, text=text, due_at=due_at, by=people.officer(), at=at)
            admission.correct(proposal, text="Va en el fichero adjunto.", uploads=[upload()], by=by, at=at)
        return proposal.correction_files.get()

    @cached_property
    def asked_proposal(self) -> Proposal:
        """The participant's in another challenge: the Office asked to correct it, in time."""
        challenge = self._opened_in_spring()
        with clock.travel(awards.SPRING):
            challenge = evaluations.opened(challenge)
            with clock.travel(evaluations.later(challenge, 1)):
                at = clock.now()
                due_at = earliest_due(at=at)
                admission.request_correction(
                    self._own_in(challenge),
                    text="Falta el poder de quien firma.",
                    due_at=due_at,
                    by=people.officer(),
                    at=at,
                )
        return self._own_in(challenge)

    @cached_property
    def evaluating(self) -> Challenge:
        """A challenge in evaluation: opened, admitted, the reviewer and others on its panel, nothing scored."""
        challenge = self._opened_in_spring()
        with clock.travel(awards.SPRING):
            evaluations.admitted(challenge)
            self._name_panel(challenge)
        challenge.refresh_from_db()
        return challenge

    @cached_property
    def evaluated_proposal(self) -> Proposal:
        """The participant's proposal that the panel is judging, with a file."""
        return self._own_in(self.evaluating)

    @cached_property
    def panel_member(self) -> PanelMember:
        """The reviewer's place on the panel."""
        return PanelMember.objects.get(challenge=self.evaluating, user=self._people["reviewer"])

    @cached_property
    def panel_question(self) -> PanelQuestion:
        """What the reviewer wants to know of the participant, with the secretary."""
        proposal = self.evaluated_proposal
        with clock.travel(max(clock.now(), proposal.challenge.closes_at)):
            return panel_questions.ask(
                self.panel_member,
                proposal,
                text="¿Quién mantiene los sensores durante el piloto?",
                by=self._people["reviewer"],
                at=clock.now(),
            )

    @cached_property
    def recusation(self) -> Recusation:
        """The participant's organisation has challenged the reviewer; nobody has answered or decided."""
        proposal, by = self.evaluated_proposal, self._people["participant"]
        values = {"ground": Ground.FRIENDSHIP, "text": "Fundaron juntos una empresa en 2019.", "by": by}
        with clock.travel(awards.SPRING), clock.travel(evaluations.later(self.evaluating, 3)):
            return recusations.challenge_member(proposal, self.panel_member, **values, at=clock.now())

    @cached_property
    def expert_invitation(self) -> ExpertInvitation:
        """An invitation onto the panel of the open challenge; its token is `expert_token`."""
        at = clock.now()
        values = {
            "email": "experta@universidad.example",
            "full_name": "Elena Experta",
            "post": "Catedrática de hidráulica",
            "expertise": "Redes de agua",
            "role": PanelRole.MEMBER,
            "expires_on": clock.local_date(at + timedelta(days=10)),
            "until_on": clock.local_date(at + timedelta(days=90)),
        }
        invitation, self.__dict__["expert_token"] = experts.invite(
            self.challenge, **values, by=self._people["officer"], at=at
        )
        return invitation

    @cached_property
    def expert_token(self) -> str:
        """The token in the mail of that invitation."""
        return self.expert_invitation and self.__dict__["expert_token"]

    @cached_property
    def interest(self) -> Interest:
        """A declared interest of the participant's."""
        by = self._people["participant"]
        return interests.add(kind="employment", organisation_name="Otra Ficticia SL", by=by, at=clock.now())

    @cached_property
    def ranked(self) -> Challenge:
        """A challenge whose scores are locked; no award was proposed yet. The reviewer is on its panel."""
        return self._locked()

    @cached_property
    def ranked_proposal(self) -> Proposal:
        """The participant's in the ranking, the best."""
        return self._own_in(self.ranked)

    # Awards -------------------------------------------------------------------------------------------

    @cached_property
    def award(self) -> Award:
        """The award proposed to the participant, not answered."""
        return awards.proposed(self._locked())

    @cached_property
    def presenting(self) -> BigPanel:
        """A challenge with presentations still to come: its shortlist is made, and the reviewer is its chair."""
        made = big_panel(proposals=2, voting=3, presents=2, points=lambda *_places: 4, chair=self.person("reviewer"))
        day = earliest_due(at=clock.now())
        pitch.make_shortlist(
            made.challenge, presents_at=day, place="Calle Alcalá 45", by=made.secretary.user, at=clock.now()
        )
        return made

    @cached_property
    def low_offer(self) -> AbnormalOffer:
        """The participant's offer, presumed abnormally low; it is asked to justify it."""
        at = clock.now()
        found = AbnormalOffer.objects.create(
            proposal=self.award.proposal,
            offer_net=Decimal("12000.00"),
            limit_net=Decimal("12500.00"),
            found_at=at,
        )
        found.request, found.due_at = "Explica cómo llegas a este precio.", earliest_due(at=at)
        found.asked_at, found.asked_by = at, self.person("officer")
        found.save()
        return found

    @cached_property
    def approving(self) -> Challenge:
        """A challenge whose award waits for the director."""
        return awards.prepared(self._locked())

    @cached_property
    def approving_decision(self) -> PreparedDecision:
        """The decision on that award, which waits for the director."""
        return decisions.open_for(DecisionKind.AWARD, self.approving.resolution)

    # Pilots -------------------------------------------------------------------------------------------

    @cached_property
    def pilot(self) -> Pilot:
        """The participant's pilot: it runs; its award has a paper, its indicator a value with evidence.

        Milestone 1 was delivered with a file and accepted, its invoice is recorded and not paid; 2 is pending.
        """
        challenge = self._locked()
        award = awards.proposed(challenge)
        with awards.working() as at:
            award_actions.add_paper(award, title="Poderes", upload=upload(), by=self._people["participant"], at=at)
        pilot = awards.running_pilot(awards.pilot_of(self._approved(award)))
        first = awards.milestone_of(pilot, 1)
        with awards.working(50) as at:
            milestone_actions.deliver(first, note="Instalado.", files=[upload()], by=awards.company_of(pilot), at=at)
        with awards.working(51) as at:
            milestone_actions.accept(awards.milestone_of(pilot, 1), by=self._people["delegate"], at=at)
        awards.invoice_of(awards.milestone_of(pilot, 1))
        indicator = awards.measured(pilot)
        with awards.working(120) as at:
            indicator_actions.measure(
                indicator,
                measured_on=clock.local_date(at),
                value=Decimal("9.10"),
                evidence="Agenda",
                file=upload(),
                by=self._people["delegate"],
                at=at,
            )
        return awards.pilot_of(challenge)

    @cached_property
    def budget_year(self) -> int:
        """A budget year that is open."""
        return 2026

    @cached_property
    def direct(self) -> DirectContract:
        """A contract of the Office: its first delivery is invoiced, its second accepted, its third waits."""
        assert self.pilot  # it makes the year
        with awards.working(40) as at:
            days = [clock.local_date(at) + timedelta(days=30 * place) for place in (1, 2, 3)]
            contract = directs.signed(
                *((f"Entrega {place}", day, "1000.00") for place, day in enumerate(days, start=1)), by=people.director()
            )
            directs.accepted(contract, 1)
            directs.accepted(contract, 2)
            part = contract.parts.get(number=1)
            directs.invoiced(contract, 1, electronic=directs.facturae_of(part))
        return contract

    @cached_property
    def initiative(self) -> Initiative:
        """A Govtech4All initiative that is published."""
        return directs.initiative(challenges=(self.challenge,), pilots=(self.pilot,))

    @cached_property
    def difference(self) -> tuple[str, str]:
        """A movement that only the corporate ledger has, and an entry that only the portal has."""
        year = self.pilot and BudgetYear.objects.get(year=self.budget_year)
        data = b"documento;fecha;fase;importe\nOTRO-1;31/12/2026;O;12,34"
        reconciliations.load(year, data, by=self._people["officer"], at=clock.now())
        entry = LedgerEntry.objects.filter(line__budget_year=year, corporate=None).earliest("pk")
        return CorporateMovement.objects.get(document_no="OTRO-1").public_id, str(entry.pk)

    # The core's ---------------------------------------------------------------------------------------

    @cached_property
    def appointment(self) -> DelegateAppointment:
        """The delegate's appointment."""
        return DelegateAppointment.objects.get(user=self._people["delegate"])

    @cached_property
    def notice(self) -> Notice:
        """A notice in the participant's inbox."""
        assert self.proposal  # handing in tells its members
        return Notice.objects.filter(recipient=self._people["participant"]).order_by("pk")[0]

    # How it is made -----------------------------------------------------------------------------------

    def _open(self, *, now: bool = False) -> Challenge:
        """Publish a challenge with a document; open this instant if `now`, else after it was published."""
        fields: dict[str, Any] = {"department": self.department, "by": self._people["delegate"]}
        if now:
            fields["opens_at"] = clock.now()
        challenge = draft_challenge(**fields, publishes_identities=True)
        at = clock.now()
        documents.add(challenge, upload(), title="Plano", by=challenge.created_by, at=at)
        challenge = challenge_actions.submit(challenge, by=challenge.created_by, at=at)
        return money.published(challenge)

    def _add_file(self, proposal: Proposal) -> None:
        by = factories.owner_of(proposal.organisation)
        attachments.add(proposal, upload(), envelope="technical", by=by, at=clock.now())

    def _opened_in_spring(self) -> Challenge:
        """Return a challenge of the spring with both organisations' proposals handed in."""
        with clock.travel(awards.SPRING):
            challenge = self._open()
            with clock.travel(max(clock.now(), challenge.opens_at + timedelta(hours=1))):
                for of, price in zip((self.organisation, self.rival_organisation), PRICES, strict=True):
                    proposal = factories.draft_proposal(challenge, of, price=price)
                    self._add_file(proposal)
                    factories.hand_in(proposal)
        return challenge

    def _name_panel(self, challenge: Challenge) -> evaluations.Panel:
        """Name a panel with the reviewer on it; everybody declares no conflict."""
        panel = evaluations.named(challenge, voting=2)
        with clock.travel(evaluations.later(challenge, 1)):
            member = panels.name_member(
                challenge, self._people["reviewer"], role=PanelRole.MEMBER, by=people.officer(), at=clock.now()
            )
        panel.members.append(member)
        panel.people.append(member)
        with clock.travel(evaluations.later(challenge, 2)):
            for each in panel.people:
                evaluations.clear(each)
        return panel

    def _locked(self) -> Challenge:
        """Return a challenge with its ranking: the participant first."""
        challenge = self._opened_in_spring()
        with clock.travel(awards.SPRING):
            evaluations.admitted(challenge)
            panel = self._name_panel(challenge)
            with clock.travel(evaluations.later(challenge, 3)):
                self._score(challenge, panel)
            with clock.travel(evaluations.later(challenge, 4)):
                lock(challenge, by=panel.chair.user, at=clock.now())
                lock(challenge, by=panel.secretary.user, at=clock.now())
        challenge.refresh_from_db()
        return challenge

    def _score(self, challenge: Challenge, panel: evaluations.Panel) -> None:
        at = clock.now()
        called = evaluation_policies.work(challenge, at=at).called
        for proposal in evaluations.proposals_of(challenge).filter(status=ProposalStatus.ADMITTED):
            points = 5 if proposal.organisation_id == self.organisation.pk else 4
            for member in PanelMember.objects.filter(pk__in=called[proposal.pk], role__in=SCORING).order_by("pk"):
                evaluations.sheet(member, proposal, points)
            for criterion in evaluations.judged_criteria(challenge):
                save_reason(proposal, criterion, text=evaluations.REASON, by=panel.secretary.user, at=at)

    def _approved(self, award: Award) -> Challenge:
        """Accept as the winner, prepare as an officer, approve as a director."""
        challenge = award.resolution.challenge
        awards.verify(award.proposal.organisation)
        with awards.working(1) as at:
            award_actions.accept(award, by=self._people["participant"], at=at)
            awards.hand_in(award, at=at)
        with awards.working(2) as at:
            award_actions.prepare_approval(challenge, by=people.officer(), at=at)
        with awards.working(3) as at:
            award_actions.approve(challenge, by=people.director(), at=at)
        challenge.refresh_from_db()
        return challenge

    def _own_in(self, challenge: Challenge) -> Proposal:
        return Proposal.objects.get(challenge=challenge, organisation=self.organisation)


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block writes, and what it left in the cache and in the thread's language."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()
    translation.activate("es")
