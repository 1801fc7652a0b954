"""One call with everybody who may touch it, in each of its phases, by the real actions; each phase is kept.

Four organisations hand in, each with a file in both envelopes. Every proposal is a column of the tables of
`tests.test_who_sees_what`; its words, its organisation and its price stand nowhere else, so that a page that shows one
can't be taken for a page that shows another:

    A  the participant's: the best, awarded in the end
    B  the other participant's: second, on the reserve list and then not selected
    C  that of the company where the recused reviewer worked: under the minimum
    D  excluded at admission
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from pilots.actions import award as awards_made
from startups.actions import admission, consensus, evaluation
from startups.actions import attachment as attachments
from startups.actions import opening as openings
from startups.actions import panel as panels
from startups.models import Attachment, ExclusionRule, Organisation, PanelMember, PanelRole, Proposal
from startups.models.panel import SCORING
from startups.policies import evaluation as policies
from tests import people
from tests.files import samples
from tests.pilots import awards
from tests.pilots.money import published
from tests.snapshots import kept
from tests.startups import evaluations, factories

REASON = evaluations.REASON
ORGANISATIONS = {"A": "Alfa Ficticia SL", "B": "Beta Ficticia SL", "C": "Gamma Ficticia SL", "D": "Delta Ficticia SL"}
TITLES = {"A": "Válvulas que avisan", "B": "Drones de azotea", "C": "Ovejas con collar", "D": "Faroles que escuchan"}
PRICES = {"A": "11111.11", "B": "12222.22", "C": "13333.33", "D": "14444.44"}
SHOWN = {"A": "11.111,11", "B": "12.222,22", "C": "13.333,33", "D": "14.444,44"}  # as pages write them
POINTS = {"A": 5, "B": 4, "C": 1}


@dataclass
class Call:
    """A call in one of its phases. `people` are by role."""

    challenge: Challenge
    people: dict[str, User]
    proposals: dict[str, Proposal]

    def files(self, letter: str) -> dict[str, Attachment]:
        """Return the file of each envelope of a proposal."""
        return {each.envelope: each for each in self.proposals[letter].attachments.order_by("pk")}

    def refreshed(self) -> "Call":
        """Return the same, as it is in the database now."""
        found = {letter: Proposal.objects.get(pk=each.pk) for letter, each in self.proposals.items()}
        return Call(Challenge.objects.get(pk=self.challenge.pk), self.people, found)


@kept
def sealed() -> Call:
    """Four proposals are handed in; the deadline is to come."""
    with clock.travel(awards.SPRING):
        department = people.department("A06")
        crew = {
            "reviewer": people.person("Raquel Revisora"),
            "recused": people.person("Rafael Recusado"),
            "chair": people.person("Pilar Presidenta"),
            "secretary": people.officer("Sara Secretaria"),
            "substitute": people.person("Susana Suplente"),
            "officer": people.officer("Ofelia Oficina"),
            "director": people.director("Diana Directora"),
            "delegate": people.delegate(department, "Delia Delegada"),
            "auditor": people.auditor("Aurora Auditora"),
            "participant": people.person("Paula Participante"),
            "other participant": people.person("Oscar Otro"),
            "interested officer": people.officer("Irene Interesada"),
        }
        challenge = published(publishes_identities=True, department=department, by=crew["delegate"])
        owners = {"A": crew["participant"], "B": crew["other participant"]}
        proposals = {}
        with clock.travel(max(clock.now(), challenge.opens_at + timedelta(hours=1))):
            for letter, name in ORGANISATIONS.items():
                of = factories.organisation(owner=owners.get(letter), name=name)
                proposals[letter] = _handed_in(challenge, of, letter)
            factories.member(proposals["B"].organisation, "reader", crew["interested officer"])
    return Call(challenge, crew, proposals)


def _handed_in(challenge: Challenge, organisation: Organisation, letter: str) -> Proposal:
    made = factories.draft_proposal(challenge, organisation, price=PRICES[letter], texts={"title": TITLES[letter]})
    by = factories.owner_of(organisation)
    for envelope in ("technical", "economic"):
        upload = SimpleUploadedFile(f"{envelope}.pdf", samples.pdf())
        attachments.add(made, upload, envelope=envelope, by=by, at=clock.now())
    factories.hand_in(made)
    return Proposal.objects.get(pk=made.pk)


@kept
def opened() -> Call:
    """The proposals are opened, and none admitted yet."""
    call = sealed()
    with clock.travel(awards.SPRING), clock.travel(evaluations.later(call.challenge)):
        by, at = call.people, clock.now()
        openings.prepare(call.challenge, reason="El plazo ha terminado.", by=by["secretary"], at=at)
        openings.open_proposals(call.challenge, by=by["officer"], at=at)
    return call.refreshed()


@kept
def scoring() -> Call:
    """D is excluded, the panel named, everybody has declared; the reviewer has handed in a sheet on A and no other."""
    call = opened()
    with clock.travel(awards.SPRING):
        with clock.travel(evaluations.later(call.challenge, 1)):
            _admitted_and_named(call)
        with clock.travel(evaluations.later(call.challenge, 2)):
            for seat in _seats(call):
                _declare(seat, call)
        with clock.travel(evaluations.later(call.challenge, 3)):
            reviewer = PanelMember.objects.get(challenge=call.challenge, user=call.people["reviewer"])
            evaluations.sheet(reviewer, call.proposals["A"], POINTS["A"])
    return call.refreshed()


def _admitted_and_named(call: Call) -> None:
    by, at = call.people["officer"], clock.now()
    for letter in "ABC":
        admission.admit(call.proposals[letter], by=by, at=at)
    admission.exclude(
        call.proposals["D"],
        rule=ExclusionRule.CONDITIONS,
        reason="No acredita la solvencia que pide la convocatoria.",
        by=by,
        at=at,
    )
    roles = {
        "chair": PanelRole.CHAIR,
        "reviewer": PanelRole.MEMBER,
        "recused": PanelRole.MEMBER,
        "secretary": PanelRole.SECRETARY,
        "substitute": PanelRole.SUBSTITUTE,
    }
    for who, role in roles.items():
        panels.name_member(call.challenge, call.people[who], role=role, by=by, at=at)


def _seats(call: Call) -> list[PanelMember]:
    return list(PanelMember.objects.filter(challenge=call.challenge).select_related("user").order_by("pk"))


def _declare(seat: PanelMember, call: Call) -> None:
    at = clock.now()
    panels.declare(seat, has_conflict=False, text="", by=seat.user, at=at)
    for letter in "ABC":
        conflict = letter == "C" and seat.user == call.people["recused"]
        reason = "Trabajé en esa empresa hasta 2025." if conflict else ""
        proposal = call.proposals[letter]
        panels.declare_on(seat, proposal, has_conflict=conflict, reason=reason, by=seat.user, at=at)


@kept
def consensus_held() -> Call:
    """All sheets are in, far apart on A's first criterion; a session agreed its score. Reasons are written."""
    call = scoring()
    with clock.travel(awards.SPRING), clock.travel(evaluations.later(call.challenge, 4)):
        at, seats = clock.now(), _seats(call)
        called = policies.work(call.challenge, at=at).called
        for letter in "ABC":
            proposal = call.proposals[letter]
            for seat in seats:
                is_done = letter == "A" and seat.user == call.people["reviewer"]
                if seat.role in SCORING and seat.pk in called[proposal.pk] and not is_done:
                    is_low = letter == "A" and seat.role == PanelRole.CHAIR
                    evaluations.sheet(seat, proposal, 2 if is_low else POINTS[letter])
            for criterion in evaluations.judged_criteria(call.challenge):
                evaluation.save_reason(proposal, criterion, text=REASON, by=call.people["secretary"], at=at)
        _agree(call, seats)
    return call.refreshed()


def _agree(call: Call, seats: list[PanelMember]) -> None:
    at, by = clock.now(), call.people["secretary"]
    panel = evaluations.Panel(seats[0], seats[1:3], seats[3], seats[4], seats)
    held = evaluations.session(call.challenge, panel)
    for criterion in evaluations.judged_criteria(call.challenge):
        consensus.agree(call.proposals["A"], criterion, session=held, points=5, reason=REASON, by=by, at=at)


@kept
def locked() -> Call:
    """Chair and secretary have locked the scores; prices are open and the ranking is made."""
    call = consensus_held()
    with clock.travel(awards.SPRING), clock.travel(evaluations.later(call.challenge, 5)):
        for who in ("chair", "secretary"):
            evaluation.lock(call.challenge, by=call.people[who], at=clock.now())
    return call.refreshed()


@kept
def proposed() -> Call:
    """The award is proposed to A, accepted, its papers are in, and it waits for the director."""
    call = locked()
    proposal = call.proposals["A"]
    with awards.working() as at:
        award = awards_made.propose(
            call.challenge, proposal=proposal, reason=awards.REASON, by=call.people["officer"], at=at
        )
        paper = SimpleUploadedFile("poderes.pdf", samples.pdf())
        awards_made.add_paper(award, title="Poderes", upload=paper, by=call.people["participant"], at=at)
    awards.verify(proposal.organisation)
    with awards.working(1) as at:
        awards_made.accept(award, by=call.people["participant"], at=at)
        awards.hand_in(award, at=at)
    with awards.working(2) as at:
        awards_made.prepare_approval(call.challenge, by=call.people["officer"], at=at)
    return call.refreshed()


@kept
def released() -> Call:
    """The director approved: the resolution is public, every organisation has its letter."""
    call = proposed()
    with awards.working(3) as at:
        awards_made.approve(call.challenge, by=call.people["director"], at=at)
    return call.refreshed()


@kept
def running() -> Call:
    """The pilot runs."""
    call = released()
    awards.running_pilot(awards.pilot_of(call.challenge))
    return call.refreshed()


PHASES: dict[str, Callable[[], Call]] = {
    "sealed": sealed,
    "opened": opened,
    "scoring": scoring,
    "consensus": consensus_held,
    "locked": locked,
    "proposed": proposed,
    "released": released,
    "running": running,
}
