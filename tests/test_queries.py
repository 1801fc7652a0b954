"""Every list takes the same number of queries with one row and with fifty."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from challenges.actions import preview as previews
from challenges.models import ChallengeVersion, Correction, CorrectionKind, Follow, SavedSearch, Support
from challenges.models.version import content_of
from challenges.policies import alert as policies
from govtech import clock
from govtech.accounts.models import ApproverSubstitution, RetentionEntry
from govtech.audit.models import AuditEvent, PreparedDecision
from govtech.notifications.models import Notice, OutgoingEmail
from govtech.reference.models import Department
from pilots.models import BudgetLine, BudgetYear, CreditMovement, LedgerEntry, Letter
from startups.actions import comment as among_members
from startups.models import Proposal, Shortlist
from tests import people
from tests.copies import copies, copies_of, crowd, each_of, unchecked
from tests.participants import (
    MORE,
    attempts,
    clarified,
    files,
    heads,
    invited_to_consortia,
    one_attempt,
    one_file,
    one_head,
    one_verification,
    organisations_of,
    partners,
    verified,
    waits_for_the_participant,
)
from tests.programme import crowds
from tests.startups import factories
from tests.test_access import STATED
from tests.visits import body
from tests.world import World, undone

Grow = Callable[[World], Any]


def challenges(world: World) -> None:
    """More challenges that take proposals, are drafted, are under review, are evaluated."""
    for row in (world.challenge, world.draft, world.under_review, world.opened):
        copies(row, MORE)


def presentations(world: World) -> None:
    """More proposals that present, all on the shortlist."""
    call, first = world.presenting.challenge, world.presenting.proposals[0]
    proposals(first)
    keys = Proposal.objects.filter(challenge=call).values_list("public_id", flat=True)
    record = [{"proposal": key, "points": "64.00", "presents": True} for key in keys]
    with unchecked():
        Shortlist.objects.filter(challenge=call).update(record=record)


def proposals(proposal: Proposal) -> None:
    """More proposals like this one, each of its own organisation, with receipts, sheets, points and declarations."""
    copies(proposal, MORE, organisation=each_of(copies(proposal.organisation, MORE)))


def own_proposals(world: World) -> None:
    """More drafts of the participant's, each in its own challenge. Copies wouldn't open: a seal is of one proposal."""
    for challenge in copies(world.challenge, MORE):
        factories.draft_proposal(challenge, world.proposal.organisation)


def said_among_members(world: World) -> None:
    """More comments on the participant's draft, by several members. Copies wouldn't open: a seal is of one comment."""
    proposal = world.comment_among_members.proposal
    for number in range(MORE):
        by = factories.member(proposal.organisation) if number % 10 == 0 else world.person("participant")
        among_members.add(proposal, part="team", text=f"Comentario {number}", by=by, at=clock.now())


def follows(world: World) -> None:
    """The participant follows more challenges."""
    person, at = world.person("participant"), clock.now()
    found = copies(world.challenge, MORE + 1)
    with unchecked():
        Follow.objects.bulk_create(Follow(user=person, challenge=each, since=at) for each in found)


def retention_entries(world: World, number: int = MORE) -> None:
    """More entries on the retention list, half of them held."""
    at, officer = world.organisation.created_at, world.person("officer")
    RetentionEntry.objects.bulk_create(
        RetentionEntry(
            rule="startups.drafts", target=f"{number}.{each}", words="Un borrador", due_at=at, listed_at=at,
            **({"held_at": at, "held_by": officer, "held_reason": "Recurso."} if each % 2 else {}),
        )
        for each in range(number)
    )  # fmt: skip


def searches(world: World) -> None:
    """The participant saves as many searches as one may, and each has found something."""
    person, found = world.person("participant"), copies(world.challenge, policies.MOST)
    SavedSearch.objects.bulk_create(
        SavedSearch(
            user=person, name=f"Aviso {row.pk}", query=f"q=palabra{row.pk}", since=clock.now(), last_challenge=row,
            last_found_at=clock.now(),
        )
        for row in found
    )  # fmt: skip


def announcements(world: World) -> None:
    """More announced challenges."""
    copies(world.announced, MORE)


def versions(world: World) -> None:
    """Versions of the draft, and links to its preview."""
    draft, by, at = world.draft, world.person("delegate"), clock.now()
    content = content_of(draft)
    last = draft.versions.count()
    for number in range(last + 1, last + MORE + 2):
        ChallengeVersion.objects.create(
            challenge=draft, number=number, cause="work", content=content, made_at=at, made_by=by
        )
        previews.make(draft, days=7, label=f"Enlace {number}", by=by, at=at)


def two_versions(world: World) -> dict[str, Any]:
    """Begin with two versions: one alone is compared with nothing."""
    draft, by, at = world.draft, world.person("delegate"), clock.now()
    for number in (1, 2):
        ChallengeVersion.objects.create(
            challenge=draft, number=number, cause="work", content=content_of(draft), made_at=at, made_by=by
        )
    return {"public_id": draft.public_id}


def supports(world: World) -> None:
    """Departments that share a need."""
    by, at = world.person("other_delegate"), clock.now()
    with unchecked():
        Support.objects.bulk_create(
            Support(challenge=world.under_review, department=department, note="También aquí.", made_at=at, made_by=by)
            for department in Department.objects.exclude(pk=world.under_review.department_id)
        )


def questions(world: World) -> None:
    """More questions, answered and not."""
    copies(world.question, MORE)
    answered = {"answer": "Sí.", "answered_at": clock.now(), "answered_by": world.person("delegate")}
    copies(world.question, MORE, **answered)


def corrections(world: World) -> None:
    """Corrections and documents of a call: more than the first one."""
    corrected(world, range(2, MORE + 2))
    copies(world.document, MORE)
    questions(world)


def corrected(world: World, numbers: range) -> None:
    """Corrections of a text."""
    at, officer = clock.now(), world.person("officer")
    with unchecked():
        Correction.objects.bulk_create(
            Correction(
                challenge=world.challenge, number=number, kind=CorrectionKind.TEXT, field="summary", old_text="Antes",
                new_text="Ahora", reason="Había un error.", published_at=at, published_by=officer,
            )
            for number in numbers
        )  # fmt: skip


def first_notices(world: World) -> None:
    """One correction and one answered question: a page that has none doesn't ask for them."""
    corrected(world, range(1, 2))
    copies(world.question, 1, answer="Sí.", answered_at=clock.now(), answered_by=world.person("delegate"))


def members(world: World) -> None:
    """More people, past ones, invitations and requests to join of the organisation."""
    copies(world.membership, MORE)
    copies(world.membership, MORE, left_at=world.membership.joined_at, left_by=world.membership.user)
    copies(world.join_request, MORE, asked_by=each_of(crowd(MORE)))
    numbers = iter(range(1000))
    copies(
        world.invitation, MORE, email=lambda: f"otra{next(numbers)}@example.test", token_hash=lambda: f"{next(numbers)}"
    )


def panel(world: World) -> None:
    """More people on the panel, each with the declarations of the reviewer."""
    member = world.panel_member
    rows = copies(member, MORE, user=each_of(crowd(MORE)))
    for declaration in member.declarations.all():
        copies(declaration, MORE, member=each_of(rows))


def letters(world: World) -> None:
    """More letters of the world's resolution."""
    copies(Letter.objects.filter(resolution__challenge=world.pilot.challenge).order_by("pk")[0], MORE)


def pilots(world: World) -> None:
    """More pilots, each with its award, proposal, organisation, milestones, invoice, indicator."""
    award = world.pilot.award
    made = copies(award.proposal, MORE, organisation=each_of(copies(world.organisation, MORE)))
    copies(award, MORE, proposal=each_of(made))


def work(world: World) -> None:
    """More milestones with file and invoice, more indicators with values, of one pilot."""
    numbers = iter(range(10, 1000))
    for milestone in world.pilot.milestones.order_by("number"):
        copies(milestone, MORE, number=lambda: next(numbers))
    copies(world.pilot.indicators.get(), MORE)


def lines(world: World) -> None:
    """More lines, entries, movements of credit and years."""
    year = BudgetYear.objects.get(year=2026)
    line = BudgetLine.objects.get(budget_year=year, code="RETOS")
    numbers = iter(range(1000))
    copies(line, MORE, code=lambda: f"L{next(numbers)}")
    for entry in LedgerEntry.objects.filter(line=line, phase__in=["O", "D"]).order_by("pk")[:2]:
        copies(entry, MORE, document_no=lambda: f"{next(numbers)}")
    with unchecked():
        for movement in CreditMovement.objects.filter(line=line)[:1]:
            copies(movement, MORE)
    years = iter(range(2100, 2200))
    copies(line, MORE, budget_year=each_of(copies(year, MORE, year=lambda: next(years))))


def waiting(world: World) -> None:
    """More decisions of each kind that wait, and decided ones."""
    for decision in (world.publication, world.approving_decision):
        target = {"challenges.challenge": world.prepared}.get(decision.target_label)
        if target:
            targets = copies(target, MORE)
        else:
            resolution = world.approving.resolution
            targets = copies(resolution, MORE, challenge=each_of(copies(resolution.challenge, MORE)))
        copies(decision, MORE, target_id=each_of([each.pk for each in targets]))
    done = PreparedDecision.objects.exclude(approved_at=None).order_by("pk")[0]
    copies(done, MORE)


def mailed(world: World) -> Notice:
    """Return a notice of the participant's that has a mail."""
    return Notice.objects.filter(recipient=world.person("participant")).exclude(email=None).order_by("pk")[0]


def notices(world: World) -> None:
    """More notices and mails."""
    notice = mailed(world)
    copies(notice, MORE, email=each_of(copies(notice.email, MORE)))


def one_mail(world: World) -> dict[str, Any]:
    """Leave one mail, so that the first page isn't full before the list grows."""
    with unchecked():
        OutgoingEmail.objects.exclude(pk=mailed(world).email_id).delete()
    return {}


def events(world: World) -> None:
    """More events of all kinds."""
    kinds = list(AuditEvent.objects.order_by("kind", "pk").distinct("kind"))
    actors = [user.pk for user in crowd(MORE)]
    copies_of(kinds * MORE, actor_id=each_of(actors * len(kinds)))


def few_events(world: World) -> dict[str, Any]:
    """Leave a few events, so that the first page isn't full before the list grows."""
    with unchecked():
        kept = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True)[:5])
        AuditEvent.objects.exclude(pk__in=kept)._raw_delete("default")
    return {}


def delegates(world: World) -> None:
    """More delegates with substitutes, more substitutes of directors."""
    copies(world.appointment, MORE, user=each_of(crowd(MORE)), substitute=each_of(crowd(MORE)))
    director = world.person("director")
    with unchecked():
        for _ in range(MORE + 1):
            day = clock.local_date(clock.now())
            ApproverSubstitution.objects.create(
                director=director,
                substitute=people.officer(),
                from_on=day,
                until_on=day + timedelta(days=5),
                named_by=director,
                named_at=clock.now(),
            )


def comments(world: World) -> None:
    """More comments of the Office."""
    copies(world.comment, MORE)


def everything(world: World) -> None:
    """All of the above, and people of each role who have a part in them."""
    for grow in (challenges, own_proposals, questions, pilots, work, waiting, notices):
        grow(world)
    organisations_of(world, "participant")
    evaluating = copies(world.evaluating, MORE)
    copies(world.panel_member, MORE, challenge=each_of(evaluating))
    copies(world.evaluated_proposal, MORE, challenge=each_of(evaluating))


def areas_and_lines(world: World) -> None:
    """More pilots, and more lines: what the figures of a year are made of."""
    pilots(world)
    lines(world)


# (route, role, what makes the list longer, address where it isn't the one that the access table opens)
CASES: list[tuple[str, str, Grow, Callable[[World], dict[str, Any]] | None]] = [
    ("challenges:list", "visitor", challenges, None),
    ("challenges:list", "participant", challenges, None),
    ("challenges:list", "officer", challenges, None),
    ("challenges:mine", "delegate", challenges, None),
    ("challenges:mine", "officer", challenges, None),
    ("challenges:detail", "visitor", corrections, lambda w: first_notices(w) or STATED["challenges:detail"].kwargs(w)),
    ("challenges:questions", "visitor", questions, None),
    ("challenges:questions", "delegate", questions, None),
    ("challenges:questions", "participant", questions, None),
    ("challenges:following", "participant", follows, None),
    ("challenges:following", "participant", searches, None),
    ("challenges:planned_list", "visitor", announcements, None),
    ("challenges:planned_list", "officer", announcements, None),
    ("challenges:feed", "visitor", challenges, None),
    ("challenges:feed", "visitor", announcements, None),
    ("challenges:calendar_feed", "visitor", challenges, None),
    ("challenges:review", "officer", comments, None),
    ("challenges:review", "officer", supports, None),
    ("challenges:needs", "other_delegate", challenges, None),
    ("challenges:needs", "officer", challenges, None),
    ("challenges:need", "other_delegate", supports, None),
    ("challenges:templates", "officer", lambda w: copies(w.template, MORE), None),
    ("challenges:new", "delegate", challenges, None),
    ("challenges:history", "delegate", versions, two_versions),
    ("challenges:preview", "delegate", versions, None),
    ("startups:directory", "visitor", lambda w: copies(w.organisation, MORE), None),
    ("startups:data_csv", "visitor", lambda w: copies(w.organisation, MORE), None),
    ("startups:data_json", "visitor", lambda w: copies(w.organisation, MORE), None),
    ("startups:my_organisations", "participant", lambda w: organisations_of(w, "participant"), None),
    ("startups:members", "participant", members, None),
    ("startups:verifications", "officer", lambda w: copies(w.organisation, MORE), None),
    ("accounts:retention", "officer", retention_entries, lambda w: retention_entries(w, 2) or {}),
    ("startups:verification", "officer", lambda w: copies(w.paper, MORE), None),
    ("startups:dossier", "participant", lambda w: copies(w.paper, MORE), None),
    (
        "startups:propose",
        "participant",
        lambda w: organisations_of(w, "participant"),
        lambda w: {"slug": w.challenge.slug} if organisations_of(w, "participant", 2) else {},  # two may, one may not
    ),
    ("startups:proposals", "participant", own_proposals, None),
    ("startups:comments", "participant", said_among_members, None),
    ("startups:consortium", "participant", partners, None),
    ("startups:review", "participant", partners, lambda w: {"public_id": w.draft_proposal.public_id}),
    ("startups:files", "participant", files, one_file),
    ("startups:review", "participant", files, lambda w: {"public_id": w.draft_proposal.public_id}),
    ("startups:proposal", "participant", clarified, lambda w: {"public_id": w.opened_proposal.public_id}),
    ("startups:admission_decide", "officer", clarified, None),
    ("startups:chain", "visitor", heads, one_head),
    ("startups:chain_heads", "visitor", heads, None),
    ("startups:chain_feed", "visitor", heads, None),
    ("startups:attempts", "auditor", attempts, one_attempt),
    ("startups:attempts", "director", attempts, None),
    ("startups:verification", "officer", verified, one_verification),
    ("startups:dossier", "participant", verified, None),
    ("shell:desk", "participant", waits_for_the_participant, None),
    ("shell:desk", "rival", invited_to_consortia, None),
    ("startups:admission", "officer", lambda w: proposals(w.opened_proposal), None),
    ("startups:panel", "officer", panel, None),
    ("startups:declare", "reviewer", lambda w: proposals(w.evaluated_proposal), None),
    ("startups:scores", "reviewer", lambda w: proposals(w.evaluated_proposal), None),
    ("startups:ranking", "officer", lambda w: proposals(w.ranked_proposal), None),
    ("startups:ranking", "reviewer", lambda w: proposals(w.ranked_proposal), None),
    ("startups:pitch", "reviewer", presentations, None),
    ("pilots:award", "officer", lambda w: proposals(w.ranked_proposal), lambda w: {"slug": w.ranked.slug}),
    ("pilots:award", "officer", pilots, None),
    ("pilots:what_if", "officer", lambda w: proposals(w.ranked_proposal), lambda w: {"slug": w.ranked.slug}),
    ("pilots:case_file", "officer", lambda w: proposals(w.ranked_proposal), lambda w: {"slug": w.ranked.slug}),
    ("pilots:letters", "officer", letters, None),
    ("pilots:resolution", "visitor", pilots, None),
    ("pilots:list", "visitor", pilots, None),
    ("pilots:impact_latest", "visitor", areas_and_lines, None),
    ("pilots:pilot", "visitor", work, None),
    ("pilots:work", "participant", work, None),
    ("pilots:work", "delegate", work, None),
    ("pilots:work", "officer", work, None),
    ("pilots:invoicing", "participant", work, None),
    ("pilots:invoicing", "officer", work, None),
    ("pilots:budget", "visitor", lines, lambda w: {"year": 2026}),
    ("pilots:budget_entries", "visitor", lines, lambda w: {"year": 2026}),
    ("pilots:budget_balances", "visitor", lines, lambda w: {"year": 2026}),
    ("pilots:budget_year", "officer", lines, lambda w: {"year": 2026}),
    ("pilots:budget_years", "officer", lines, None),
    ("pilots:decisions", "director", waiting, None),
    ("pilots:decisions", "officer", waiting, None),
    ("notifications:inbox", "participant", notices, None),
    ("notifications:sent", "officer", notices, one_mail),
    ("audit:list", "auditor", events, few_events),
    ("audit:list", "director", events, few_events),
    ("accounts:delegates", "officer", delegates, None),
    ("accounts:substitutes", "director", delegates, None),
    ("programme:training", "visitor", crowds.sessions, crowds.one_course),
    ("programme:training", "delegate", crowds.sessions, crowds.one_course),
    ("programme:courses", "officer", crowds.sessions, crowds.one_course),
    ("programme:coverage", "officer", crowds.sessions, crowds.one_course),
    ("programme:session", "delegate", crowds.seats, crowds.one_session),
    ("programme:manage", "officer", crowds.seats, crowds.one_session),
    ("programme:attendance", "officer", crowds.seats, crowds.one_session),
    ("shell:home", "visitor", everything, None),
    *(
        ("shell:desk", role, everything, None)
        for role in ("participant", "delegate", "reviewer", "officer", "director")
    ),
]


def opened(world: World, role: str, address: str) -> tuple[list[str], bytes]:
    """Return the queries that a page took, and the page."""
    client = world.client(role)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        content = body(response)
    assert response.status_code == 200, address
    return [query["sql"] for query in queries], content


@pytest.fixture(scope="module")
def full(world: World) -> Iterator[World]:
    """The world with everything in it, so that each list has a row before it grows."""
    for name, value in vars(World).items():
        if isinstance(value, cached_property):
            getattr(world, name)
    with override_settings(USERSESSIONS_TRACK_ACTIVITY=False):  # it writes when a minute is over
        yield world


# Pages whose lists grow by the same rows are looked at together: the rows are made once.
TOGETHER: dict[Grow, list[tuple[str, str, Callable[[World], dict[str, Any]] | None]]] = {}
for _name, _role, _grow, _kwargs in CASES:
    TOGETHER.setdefault(_grow, []).append((_name, _role, _kwargs))


@pytest.mark.parametrize(
    "grow", TOGETHER, ids=["+".join(dict.fromkeys(name for name, *_ in pages)) for pages in TOGETHER.values()]
)
def test_fifty_rows_take_as_many_queries_as_one(grow: Grow, full: World) -> None:
    faults = {}
    with undone():
        pages = [
            (f"{name} {role}", role, reverse(name, kwargs=(kwargs or STATED[name].kwargs)(full)))
            for name, role, kwargs in TOGETHER[grow]
        ]
        before = {}
        for page, role, address in pages:
            opened(full, role, address)  # what is remembered from the first page on
            before[page] = opened(full, role, address)
        grow(full)
        for page, role, address in pages:
            (few, short), (many, long) = before[page], opened(full, role, address)
            if len(many) > len(few):
                faults[page] = [query.split("WHERE")[0][:150] for query in many if query not in few]
            if len(long) <= len(short) + 200:
                faults[page] = ["the list didn't grow"]

    assert faults == {}
