"""The history of a draft: when a version is cut, that it never changes, and what the difference says."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from challenges.actions import challenge as actions
from challenges.actions import version as versions
from challenges.filters.version import changes, changes_since
from challenges.models import Challenge, ChallengeVersion, VersionCause
from govtech import clock
from govtech.shell.difference import difference
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


def save(challenge: Challenge, text: str, by: Any, at: Any, key: str = "outcome") -> None:
    version = challenge.steps.get(key=key).version
    actions.save_step(challenge, key, version=version, data={"outcome": text}, by=by, at=at)


def causes(challenge: Challenge) -> list[tuple[str, str]]:
    return [(row.cause, row.content["outcome"]) for row in challenge.versions.order_by("number")]


def test_keystrokes_cut_no_version_and_another_day_cuts_one() -> None:
    author, at = people.delegate(), clock.now().replace(hour=9)
    challenge = factories.draft_challenge(complete=False, by=author)

    for minute in range(5):
        save(challenge, f"Borrador {minute}", author, at + timedelta(minutes=minute))
    assert causes(challenge) == []
    save(challenge, "Al día siguiente", author, at + timedelta(days=1))

    assert causes(challenge) == [("work", "Borrador 4")]
    assert challenge.versions.get().made_at == at + timedelta(minutes=4)


def test_another_author_cuts_one_and_two_who_alternate_do_not_flood() -> None:
    one, other, at = people.delegate(), people.delegate(), clock.now().replace(hour=9)
    challenge = factories.draft_challenge(complete=False, by=one)

    save(challenge, "Lo de una", one, at)
    for second in range(1, 20):
        save(challenge, f"A medias {second}", other if second % 2 else one, at + timedelta(seconds=second))

    assert causes(challenge) == [("work", "Lo de una")]
    assert challenge.versions.get().made_by == one


def test_sending_and_returning_cut_one_each_and_what_changed_since_is_told() -> None:
    challenge = factories.draft_challenge(outcome="Avisar en 3 horas")
    author, at = challenge.created_by, clock.now()
    challenge = actions.submit(challenge, by=author, at=at)
    comment = {"step": "outcome", "text": "¿Y la cifra?"}
    returned_at = at + timedelta(minutes=1)
    challenge = actions.send_back(challenge, comments=[comment], by=people.officer(), at=returned_at)
    assert [cause for cause, _ in causes(challenge)] == [VersionCause.SENT, VersionCause.RETURNED]
    assert changes_since(challenge, at=returned_at) == []

    save(challenge, "Avisar en 45 minutos", author, at + timedelta(minutes=2))
    challenge.refresh_from_db()

    (change,) = changes_since(challenge, at=returned_at)
    assert (change.step, change.field, change.old) == ("outcome", "outcome", "Avisar en 3 horas")
    assert [(part.kind, part.text) for part in change.parts] == [
        ("same", "Avisar en "),
        ("taken", "3 horas"),
        ("added", "45 minutos"),
    ]


def test_a_version_never_seems_older_than_the_terms_or_the_version_before_it() -> None:
    challenge, at = factories.submitted_challenge(), clock.now()
    author, sent_at = challenge.created_by, challenge.submitted_at
    challenge.steps.filter(key="outcome").update(saved_at=sent_at - timedelta(hours=1), saved_by=author)
    challenge.steps.filter(key="terms").update(saved_at=at, saved_by=people.officer())

    cut = versions.cut_before_save(challenge, by=people.delegate(), at=at + timedelta(days=2))

    assert cut is None or cut.made_at == at
    Challenge.objects.filter(pk=challenge.pk).update(ip_clause="Otra cláusula")
    challenge.refresh_from_db()
    cut = versions.cut_before_save(challenge, by=people.delegate(), at=at + timedelta(days=3))
    assert cut.made_at >= max(at, *challenge.versions.values_list("made_at", flat=True))


def test_criteria_amounts_and_days_are_compared_as_people_read_them() -> None:
    challenge = factories.draft_challenge()
    before = versions.cut(challenge, cause=VersionCause.WORK, by=challenge.created_by, at=clock.now())
    challenge.criteria.filter(position=1).update(weight_percent=20)
    challenge.max_amount_net = "12000.00"
    after = versions.content_of(challenge)

    found = {change.field: change for change in changes(before.content, after)}

    assert set(found) == {"criteria", "max_amount_net"}
    assert (found["max_amount_net"].old, found["max_amount_net"].new) == ("14.500\xa0€", "12.000\xa0€")
    assert "Ajuste al reto: 25 %" in found["criteria"].old
    assert "Ajuste al reto: 20 %" in found["criteria"].new


def test_the_difference_gives_both_texts_back() -> None:
    old, new = "Uno dos tres\n\ncuatro  cinco", "Cero uno dos\ncuatro seis cinco"
    parts = difference(old, new)

    assert "".join(part.text for part in parts if part.kind != "added").split() == old.split()
    assert "".join(part.text for part in parts if part.kind != "taken").split() == new.split()


def test_the_database_changes_and_deletes_no_version_of_what_was_sent() -> None:
    challenge = factories.submitted_challenge()
    for statement in ("UPDATE challenges_challengeversion SET number = 9", "DELETE FROM challenges_challengeversion"):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert challenge.versions.count() == 1


def test_a_draft_that_was_never_sent_is_deleted_with_its_versions() -> None:
    challenge = factories.draft_challenge()
    versions.cut(challenge, cause=VersionCause.WORK, by=challenge.created_by, at=clock.now())

    actions.discard(challenge, by=challenge.created_by, at=clock.now())

    assert not ChallengeVersion.objects.exists()
