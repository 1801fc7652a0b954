"""Reminders of drafts: when, of what, to whom, and never twice."""

from datetime import timedelta

import pytest

from challenges.models import Challenge
from govtech import clock
from govtech.notifications import mails, reminders
from govtech.notifications.models import Notice
from startups.models import OrganisationRole
from startups.notifications.draft import remind_of_drafts
from tests.startups.calls import after, open_call
from tests.startups.factories import draft_proposal, hand_in, member, organisation, owner_of, submitted_proposal

pytestmark = pytest.mark.django_db


def told(kind="proposal.draft_due"):
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))


def remind(challenge, hours):
    with after(challenge, hours=-hours):
        remind_of_drafts(at=clock.now())
        remind_of_drafts(at=clock.now())


@pytest.fixture
def challenge():
    return open_call()


def test_a_draft_is_told_of_7_days_72_hours_and_6_hours_before(challenge):
    draft = draft_proposal(challenge, organisation())
    counts = []

    for hours in (169, 167, 100, 73, 71, 50, 7, 5, 1):
        remind(challenge, hours)
        counts.append(len(told()))

    assert counts == [0, 1, 1, 1, 2, 2, 2, 3, 3]
    assert set(told()) == {owner_of(draft.organisation).pk}


def test_what_is_handed_in_or_withdrawn_is_told_of_no_more(challenge):
    submitted_proposal(challenge, organisation())

    remind(challenge, 5)

    assert told() == []


def test_one_begun_later_isnt_told_of_an_instant_that_was_before_it(challenge):
    with after(challenge, hours=-71):
        draft_proposal(challenge, organisation())

    remind(challenge, 70)
    assert told() == []
    remind(challenge, 5)
    assert len(told()) == 1


def test_more_time_moves_the_reminders(challenge):
    draft_proposal(challenge, organisation())
    remind(challenge, 5)
    Challenge.objects.filter(pk=challenge.pk).update(closes_at=challenge.closes_at + timedelta(days=10))

    remind(challenge, 4)  # of what was the deadline: now ten days more
    assert len(told()) == 1
    challenge.refresh_from_db()
    remind(challenge, 5)

    assert len(told()) == 2


def test_several_drafts_of_a_person_come_in_one_notice(challenge):
    company = organisation()
    draft_proposal(challenge, company)
    draft_proposal(open_call(closes_at=challenge.closes_at), company)

    remind(challenge, 71)

    assert told() == []
    assert told("proposal.drafts_due") == [owner_of(company).pk]
    notice = Notice.objects.get(kind="proposal.drafts_due")
    assert notice.params["count"] == 2
    assert challenge.title in notice.params["challenges"]


def mail_of(kind="proposal.draft_due"):
    """Return the mail of the one notice of a kind, as it would be sent now."""
    return mails.message_of(Notice.objects.get(kind=kind).email)


def test_what_waits_isnt_mailed_after_handing_in_nor_after_the_deadline(challenge):
    draft = draft_proposal(challenge, organisation())
    other = draft_proposal(open_call(closes_at=challenge.closes_at), organisation())
    remind(challenge, 5)  # the mail server is down; it comes back later
    mine, theirs = (Notice.objects.get(recipient=owner_of(each.organisation)).email for each in (draft, other))
    assert mails.message_of(mine)

    hand_in(draft)

    with pytest.raises(mails.NothingToSay):
        mails.message_of(mine)
    assert mails.message_of(theirs)
    with after(challenge, hours=1), pytest.raises(mails.NothingToSay):
        mails.message_of(theirs)


def test_a_mail_about_several_names_those_that_are_still_drafts(challenge):
    company = organisation()
    draft = draft_proposal(challenge, company)
    left = draft_proposal(open_call(closes_at=challenge.closes_at, title="Sombras en las plazas de barrio"), company)
    remind(challenge, 71)
    assert mail_of("proposal.drafts_due").subject.startswith("2 propuestas")

    hand_in(draft)
    message = mail_of("proposal.drafts_due")

    assert "Sombras en las plazas de barrio" in message.subject
    assert challenge.title not in message.body
    assert left.public_id in message.body


def test_who_only_reads_isnt_told_to_hand_in(challenge):
    company = organisation()
    draft_proposal(challenge, company)
    editor, _reader = member(company), member(company, OrganisationRole.READER)

    remind(challenge, 5)

    assert set(told()) == {owner_of(company).pk, editor.pk}


def test_the_hourly_round_sends_them(challenge):
    draft_proposal(challenge, organisation())

    with after(challenge, hours=-5):
        assert reminders.send_all(at=clock.now()) == 0

    assert len(told()) == 1
