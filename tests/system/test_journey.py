"""One challenge from idea to paid pilot, by clicking, on the running portal with its database, broker and worker."""

from collections.abc import Callable
from typing import Any

from govtech import clock
from govtech.accounts.models import DelegateAppointment
from tests import people
from tests.system import journey_account as account
from tests.system import journey_award as award
from tests.system import journey_challenge as challenge
from tests.system import journey_end as end
from tests.system import journey_evaluation as evaluation
from tests.system import journey_pilot as pilot
from tests.system import journey_proposal as proposal
from tests.system.journey_people import PASSWORD, Journey, address, moment
from tests.system.portal import Portal


def the_people(portal: Portal) -> None:
    """The city's people with their roles, and companies' people who have an account already."""
    portal.travel(moment("2026-02-02"))
    with portal.orm():
        for make, name, full_name in (
            (people.officer, "olga", "Olga Oficina"),
            (people.officer, "oscar", "Oscar Segundo"),
            (people.director, "dolores", "Dolores Dirección"),
            (people.auditor, "aurelio", "Aurelio Interventor"),
            (people.person, "teresa", "Teresa Delegada"),
            (people.person, "berta", "Berta Brisa"),
            (people.person, "carla", "Carla Cauce"),
            (people.person, "paula", "Paula Panel"),
            (people.person, "pedro", "Pedro Panel"),
            (people.person, "pilar", "Pilar Panel"),
            (people.person, "sara", "Sara Suplente"),
        ):
            make(full_name, email=address(name), password=PASSWORD)
        users = people.User.objects.in_bulk([address("olga"), address("teresa")], field_name="email")
        DelegateAppointment.objects.create(
            user=users[address("teresa")],
            department=people.department(),
            from_on=people.LONG_AGO,
            appointed_by=users[address("olga")],
            appointed_at=clock.now(),
        )


def test_one_challenge_from_idea_to_paid_pilot(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    the_people(portal)
    journey = Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)

    challenge.the_year_has_money(journey)
    challenge.a_delegate_drafts(journey)
    challenge.the_office_returns_it(journey)
    challenge.the_office_sets_terms(journey)
    account.a_company_wants_to_hear(journey)
    journey.travel("2026-02-03")
    challenge.the_director_publishes(journey)
    challenge.a_visitor_finds_it(journey)

    journey.travel("2026-02-17")
    challenge.a_company_asks_and_the_department_answers(journey)
    proposal.register(journey, "ana", with_wrong_letter=True)
    proposal.invite_a_colleague(journey)
    proposal.two_members_write(journey)
    proposal.they_attach_and_hand_in(journey)
    proposal.anybody_checks_the_receipt(journey)
    proposal.they_replace_it(journey)
    proposal.two_more_propose(journey)
    proposal.nobody_else_sees_anything(journey)
    end.no_sealed_word_left_the_organisations(journey)
    proposal.too_late_is_refused(journey)

    journey.travel("2026-03-10", "15:00")
    evaluation.two_people_open(journey)
    evaluation.two_are_admitted_and_one_is_left_out(journey)
    evaluation.a_panel_is_named(journey)
    evaluation.they_declare(journey)
    evaluation.they_score_alone(journey)
    evaluation.chair_and_secretary_lock(journey)
    evaluation.the_ranking_follows(journey)

    award.the_first_declines(journey)
    award.the_next_accepts(journey)
    award.the_office_verifies_and_prepares(journey)
    award.the_director_approves(journey)
    award.the_resolution_is_public(journey)
    award.everybody_reads_their_own(journey)

    journey.travel("2026-05-22")
    pilot.it_starts(journey)
    journey.travel("2026-06-22")
    pilot.deliver(journey, 1)
    pilot.accept(journey, 1)
    pilot.measure(journey, "2026-06-20", "120")
    pilot.invoice(journey, 1, base="4.000", vat="840", total="4.840", day="2026-06-22")
    pilot.the_company_reads_where_to_invoice(journey)
    pilot.pay(journey, 1, day="2026-06-22")
    journey.travel("2026-08-24")
    pilot.deliver(journey, 2)
    pilot.give_back(journey, 2)
    pilot.deliver(journey, 2, again=True)
    pilot.accept(journey, 2)
    pilot.measure(journey, "2026-08-20", "70,5")
    pilot.invoice(journey, 2, base="5.000", vat="1.050", total="6.050", day="2026-08-24")
    pilot.pay(journey, 2, day="2026-08-24")
    journey.travel("2026-11-23")
    pilot.deliver(journey, 3)
    pilot.accept(journey, 3)
    pilot.measure(journey, "2026-11-20", "41")
    pilot.invoice(journey, 3, base="5.000", vat="1.050", total="6.050", day="2026-11-23")
    pilot.pay(journey, 3, day="2026-11-23")
    pilot.the_city_decides(journey)
    pilot.the_public_sees_it_all(journey)

    end.every_mail_is_counted(journey)
    end.some_mails_are_read(journey)
    end.the_chains_are_whole(journey)
    end.the_ledger_is_what_the_pages_said(journey)
