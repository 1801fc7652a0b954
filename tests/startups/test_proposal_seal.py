"""The seal as people meet it: who knows of a proposal, and where its words are to be found before the opening."""

import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.files.models import StoredFile
from startups.actions import attachment as attachments
from startups.actions import draft as drafts
from startups.actions import proposal as actions
from startups.actions.membership import leave
from startups.models import OrganisationRole, Proposal, Receipt
from tests import people
from tests.startups import evaluations
from tests.startups.calls import open_call
from tests.startups.factories import draft_proposal, hand_in, member, organisation, owner_of, submitted_proposal

MARKER = "zarzaparrilla"


def _outsiders():
    """Return people of every role who don't belong to the organisations at hand."""
    outsider = organisation()
    return {
        "officer": people.officer(),
        "director": people.director(),
        "auditor": people.auditor(),
        "administrator": people.administrator(),
        "delegate": people.delegate(),
        "rival": owner_of(outsider),
    }


@pytest.mark.django_db
def test_before_the_opening_only_members_know_of_it():
    challenge = open_call()
    own = organisation()
    draft, sealed = draft_proposal(open_call(), own), submitted_proposal(challenge, own)
    withdrawn = submitted_proposal(open_call(), own)
    actions.withdraw(withdrawn, by=owner_of(own))
    other = submitted_proposal(challenge, organisation())
    reader = member(own, OrganisationRole.READER)

    assert set(Proposal.objects.visible_to(reader)) == {draft, sealed, withdrawn}
    assert set(Proposal.objects.visible_to(owner_of(other.organisation))) == {other}
    seen = {role: set(Proposal.objects.visible_to(user)) for role, user in _outsiders().items()}
    assert seen == {"officer": set(), "director": set(), "auditor": set(), "administrator": set(),
                    "delegate": set(), "rival": set()}  # fmt: skip
    assert set(Receipt.objects.visible_to(reader)) == set(Receipt.objects.exclude(submission__proposal=other))
    assert not Receipt.objects.visible_to(people.officer()).exists()


@pytest.mark.django_db
def test_once_left_a_member_sees_nothing():
    own = organisation()
    submitted_proposal(open_call(), own)
    editor = member(own)

    leave(own.memberships.get(user=editor), by=editor, at=clock.now())

    assert not Proposal.objects.visible_to(editor).exists()


@pytest.mark.django_db
def test_the_opening_shows_it_to_the_city_and_never_to_the_administrator():
    challenge = evaluations.opened()
    proposals = set(Proposal.objects.filter(challenge=challenge))

    seen = {role: set(Proposal.objects.visible_to(user)) for role, user in _outsiders().items()}

    assert seen == {"officer": proposals, "director": proposals, "auditor": proposals, "administrator": set(),
                    "delegate": set(), "rival": set()}  # fmt: skip


def _write_markers(proposal, by):
    """Put the marker in every text, file name and file of the working copy."""
    at = clock.now()
    for row in list(proposal.sections.filter(envelope="technical")):
        drafts.save_section(proposal, row.key, version=1, body=f"{MARKER} en {row.key}", by=by, at=at)
    drafts.save_price(
        proposal,
        version=1,
        amount_net=Decimal("9876.00"),
        vat_regime="general",
        breakdown=MARKER,
        milestones=[
            {"title": MARKER, "deliverables": MARKER, "acceptance_criteria": MARKER, "month": 1, "amount_net": "9876"}
        ],
        by=by,
        at=at,
    )
    for envelope in ("technical", "economic"):
        content = f"a;b\n{MARKER};{MARKER}\n".encode()
        attachments.add(proposal, SimpleUploadedFile(f"{MARKER}.csv", content), envelope=envelope, by=by, at=at)


def _dump() -> str:
    """Return every row of every table as text, as pg_dump would write it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        parts = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            parts += [row for (row,) in cursor.fetchall()]
    return "\n".join(parts)


@pytest.mark.django_db
def test_a_dump_of_the_database_and_the_disk_holds_no_word_of_a_draft_or_a_sealed_proposal(settings, tmp_path):
    settings.PRIVATE_FILES_DIR = tmp_path
    own = organisation()
    by = owner_of(own)
    for handed_in in (False, True):
        proposal = draft_proposal(open_call(), own)
        _write_markers(proposal, by)
        if handed_in:
            hand_in(proposal, signatory_name=f"{MARKER} García")

    dump = _dump()
    hexed = MARKER.encode().hex()
    assert own.name in dump  # the dump does hold what isn't sealed
    assert MARKER not in dump
    assert hexed not in dump
    assert "9876.00" not in dump
    files = [path.read_bytes() for path in Path(tmp_path).rglob("*") if path.is_file()]
    assert StoredFile.objects.filter(encrypted=True).count() == 4
    assert len(files) >= 4
    assert not any(MARKER.encode() in data for data in files)
    assert subprocess.run(["grep", "-r", MARKER, str(tmp_path)], check=False).returncode == 1  # noqa: S607


@pytest.mark.django_db
def test_own_members_read_it_all_and_others_get_404_everywhere(client):
    own = organisation()
    proposal = draft_proposal(open_call(), own)
    _write_markers(proposal, owner_of(own))
    receipt = hand_in(proposal)
    attachment = proposal.attachments.order_by("pk")[0]
    at = {"public_id": proposal.public_id}
    addresses = [
        reverse("startups:proposal", kwargs=at),
        *(
            reverse("startups:section", kwargs={**at, "part": part})
            for part in ("solution", "plan", "team", "result", "risks")
        ),
        *(reverse(f"startups:{name}", kwargs=at) for name in ("price", "files", "review")),
        reverse("startups:file", kwargs={**at, "attachment": attachment.public_id}),
        reverse("startups:receipt", kwargs={**at, "number": receipt.register_number}),
        reverse("startups:receipt_pdf", kwargs={**at, "number": receipt.register_number}),
    ]
    posts = [
        reverse("startups:withdraw", kwargs=at),
        reverse("startups:remove_file", kwargs={**at, "attachment": attachment.public_id}),
        *addresses[1:9],
    ]

    client.force_login(member(own, OrganisationRole.EDITOR))
    assert {client.get(address).status_code for address in addresses} == {200}
    answer = client.get(addresses[9])
    assert MARKER.encode() in b"".join(answer.streaming_content)
    assert f"{MARKER}.csv" in answer["Content-Disposition"]
    for user in _outsiders().values():
        client.force_login(user)
        assert {client.get(address).status_code for address in addresses} == {404}, user
        assert {client.post(address).status_code for address in posts} == {404}, user
    proposal.refresh_from_db()
    assert proposal.status == "submitted"
    tries = AuditEvent.objects.filter(kind="proposal.seal_tried")
    assert tries.count() == len(_outsiders()) * (len(addresses) + len(posts))
    assert {event.target_id for event in tries} == {str(proposal.pk)}
    assert not any(own.name in event.reason or MARKER in event.reason for event in tries)


@pytest.mark.django_db
def test_another_organisations_file_and_receipt_dont_open_under_ones_own_address(client):
    challenge = open_call()
    mine, theirs = (draft_proposal(challenge, organisation()) for _ in range(2))
    for proposal in (mine, theirs):
        _write_markers(proposal, owner_of(proposal.organisation))
    receipt = hand_in(theirs)
    client.force_login(owner_of(mine.organisation))
    at = {"public_id": mine.public_id}
    theirs_file = theirs.attachments.order_by("pk")[0].public_id

    for name, kwargs in (("file", {"attachment": theirs_file}), ("receipt", {"number": receipt.register_number})):
        assert client.get(reverse(f"startups:{name}", kwargs={**at, **kwargs})).status_code == 404
    address = reverse("startups:remove_file", kwargs={**at, "attachment": theirs_file})
    assert client.post(address).status_code == 404


@pytest.mark.django_db
def test_the_public_check_names_nobody_and_says_unaltered(client):
    proposal = submitted_proposal(open_call(), organisation(name="Compañía Nombrada SL"))
    receipt = Receipt.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    page = client.get(receipt.get_absolute_url())
    text = page.content.decode()

    assert "sin alterar" in text
    assert receipt.register_number in text
    assert receipt.manifest_hash in text
    hidden = ["Nombrada", proposal.challenge.title, proposal.challenge.reference, proposal.public_id]
    assert not any(word in text for word in hidden)
    assert client.get(reverse("startups:verify", kwargs={"code": "x" * 20})).status_code == 404
    found = client.get(reverse("startups:verify_form"), {"code": f" {receipt.code.upper()[:10]} {receipt.code[10:]}"})
    assert found["Location"] == receipt.get_absolute_url()


@pytest.mark.django_db
def test_the_public_check_says_when_it_was_altered(client):
    submitted_proposal(open_call(), organisation())
    receipt = Receipt.objects.get()
    with connection.cursor() as cursor:  # somebody with the owner's password and no scruples
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE startups_submission SET economic_blob = technical_blob")
        cursor.execute("SET session_replication_role = origin")

    assert "No coincide" in client.get(receipt.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_officers_see_a_count_and_no_name(client):
    challenge = open_call()
    for number in range(2):
        submitted_proposal(challenge, organisation(name=f"Compañía Nombrada {number} SL"))
    draft_proposal(challenge, organisation(name="Compañía Nombrada 3 SL"))

    for user in (people.officer(), people.delegate(challenge.department), people.auditor()):
        client.force_login(user)
        for address in (challenge.get_absolute_url(), reverse("challenges:list"), reverse("shell:desk")):
            assert "Nombrada" not in client.get(address).content.decode()
        assert "2 propuestas selladas" in client.get(challenge.get_absolute_url()).content.decode()
