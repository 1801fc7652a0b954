"""People's rights: all one's data in a zip that is never whole anywhere, erasure that says what stays and why."""

import io
import json
import tracemalloc
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.urls import reverse
from django.utils.html import escape

from govtech import clock
from govtech.accounts import erasure, export, rights
from govtech.accounts.models import Erasure
from govtech.audit import actions as audit
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.files import actions as files
from govtech.notifications.models import Notice
from startups.actions import attachment as attachments
from startups.actions import comment as comments
from startups.actions import draft as drafts
from startups.actions import join_request as join_requests
from startups.models import Membership, OrganisationRole, Submission
from tests import people
from tests.files import samples
from tests.startups.calls import open_call
from tests.startups.factories import TEXTS, draft_proposal, hand_in, member, organisation, owner_of
from tests.startups.test_dossier import declared, paper

pytestmark = pytest.mark.django_db


def opened(user):
    """Return the zip of all the person's data."""
    return zipfile.ZipFile(io.BytesIO(b"".join(export.archive(user, at=clock.now()))))


def rows(archive, part):
    return json.loads(archive.read(f"{part}.json"))


def test_everything_is_in_one_zip_as_json_with_the_files_as_they_were():
    company = organisation()
    owner = owner_of(company)
    declared(company)
    kept = paper(company)
    draft = draft_proposal(open_call(), company)
    upload = SimpleUploadedFile("memoria técnica.pdf", samples.pdf())
    attachments.add(draft, upload, envelope="technical", by=owner, at=clock.now())
    comments.add(draft, part="", text="Falta la gráfica.", by=owner, at=clock.now())

    found = opened(owner)

    assert found.testzip() is None
    assert rows(found, "account")[0]["email"] == owner.email
    assert rows(found, "organisations")[0]["organisation"] == company.name
    proposal, comment = rows(found, "proposals")
    assert comment["text"] == "Falta la gráfica."
    assert proposal["sections"]["solution"]["text"] == TEXTS["solution"]
    names = found.namelist()
    assert [name for name in names if name.startswith("proposals/") and name.endswith("memoria técnica.pdf")]
    (own,) = [name for name in names if name.startswith("papers/")]
    assert kept.public_id in own
    assert found.read(own) == files.read(kept.file)
    assert {row["what"] for row in rows(found, "papers")} == {"tax", "not_barred"}
    assert all(f"{part.key}.json" in names for part in rights.export)


def test_what_cannot_be_read_is_named_and_the_rest_arrives(monkeypatch):
    def bad_rows(_user):
        yield {"n": 1}
        raise ConnectionError

    def bad_chunks():
        yield b"half"
        raise OSError

    def files(_user):
        yield rights.ExportFile("bad.txt", bad_chunks)
        yield rights.ExportFile("good.txt", lambda: [b"good"])

    only = rights.Registry()
    only.register(rights.Part("broken", "Broken", bad_rows))
    only.register(rights.Part("things", "Things", lambda _user: [{"n": 2}], files))
    monkeypatch.setattr(rights, "export", only)

    found = opened(people.person())

    assert found.testzip() is None
    assert rows(found, "broken") == [{"n": 1}]
    assert rows(found, "things") == [{"n": 2}]
    assert found.read("things/good.txt") == b"good"
    assert "no se ha podido leer" in found.read("things/bad.txt").decode()
    said = found.read("LÉEME.txt").decode()
    assert "things/bad.txt" in said
    assert "broken: no hasta el final" in said
    assert "things/ (1)" in said


def test_a_damaged_file_costs_nobody_the_rest_of_their_data(settings, tmp_path):
    settings.PRIVATE_FILES_DIR = tmp_path
    company = organisation()
    kept, whole = paper(company), paper(company)
    kept.file.location.write_bytes(b"rotten")

    found = opened(owner_of(company))

    names = [name for name in found.namelist() if name.startswith("papers/")]
    bad, good = (next(name for name in names if row.public_id in name) for row in (kept, whole))
    assert "no se ha podido leer" in found.read(bad).decode()
    assert found.read(good) == files.read(whole.file)
    assert bad in found.read("LÉEME.txt").decode()


def test_it_holds_nothing_of_others_nor_of_an_organisation_one_has_left():
    company = organisation()
    editor = member(company)
    draft = draft_proposal(open_call(), company)
    drafts.save_section(draft, "team", version=1, body="Texto de quien se va.", by=editor, at=clock.now())
    before = rows(opened(editor), "proposals")
    Membership.objects.filter(user=editor).update(left_at=clock.now(), left_by=editor)

    after = opened(editor)

    assert [list(each["sections"]) for each in before] == [["team"]]
    assert rows(after, "proposals") == []
    whole = b"".join(after.read(name) for name in after.namelist()).decode()
    assert owner_of(company).email not in whole
    assert "Texto de quien se va." not in whole


def test_a_long_history_is_read_and_sent_piece_by_piece(monkeypatch):
    """Ten times the rows take the same memory: the zip is never whole."""
    user = people.person()
    part = rights.Part("many", "Many", lambda _user: ({"n": n, "text": f"{n}" * 40} for n in range(part_size[0])))
    part_size = [0]
    only = rights.Registry()
    only.register(part)
    monkeypatch.setattr(rights, "export", only)

    def peak(number):
        part_size[0] = number
        tracemalloc.start()
        for _piece in export.archive(user, at=clock.now()):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    few = peak(2_000)
    assert peak(20_000) < few * 1.5


def test_the_page_sends_it_as_a_download_and_puts_it_on_record(client):
    user = people.person()
    client.force_login(user)

    response = client.post(reverse("accounts:download"))

    assert response.streaming
    assert response["Content-Type"] == "application/zip"
    assert "attachment" in response["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).testzip() is None
    assert AuditEvent.objects.filter(kind="account.data_downloaded", actor_id=user.pk).exists()


def test_who_has_a_password_is_asked_for_it_first(client):
    user = people.person()
    user.set_password("correcta-pila-9")
    user.save()
    client.force_login(user)

    for name in ("accounts:download", "accounts:erase"):
        answer = client.post(reverse(name), {"email": user.email})
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_erasing_masks_the_person_everywhere_and_says_what_stayed_and_why():
    company = organisation()
    owner, leaver = owner_of(company), people.person("Leandra Quesevá")
    join_requests.ask_to_join(tax_id=company.tax_id, country="ES", by=leaver, at=clock.now())
    Membership.objects.create(
        organisation=company, user=leaver, role=OrganisationRole.OWNER, joined_at=clock.now(), joined_by=owner
    )
    hand_in(draft_proposal(open_call(), company), by=leaver)
    address = leaver.email
    assert Notice.objects.filter(recipient=owner, params__person="Leandra Quesevá").exists()
    gone, kept = erasure.plan(leaver, at=clock.now())

    made = erasure.erase(leaver, by=leaver, at=clock.now())

    leaver.refresh_from_db()
    assert (leaver.full_name, leaver.is_active, leaver.has_usable_password()) == ("Cuenta borrada", False, False)
    assert address not in leaver.email
    assert not EmailAddress.objects.filter(email=address).exists()
    assert not Membership.objects.current().filter(user=leaver).exists()
    assert Submission.objects.filter(submitted_by=leaver).exists()
    assert not Notice.objects.filter(recipient=leaver).exists()
    assert "Quesevá" not in str(list(Notice.objects.values_list("params", flat=True)))
    assert [line["what"] for line in made.gone] == [line.what for line in gone]
    assert [line["why"] for line in made.kept] == [line.why for line in kept]
    assert all(line["why"] for line in made.kept)
    assert "Ley 39/2015, art. 17" in str(made.kept)
    assert AuditEvent.objects.get(kind="account.erased").target_id == str(leaver.pk)


def test_who_must_answer_for_something_is_told_the_way_out():
    alone = owner_of(organisation(name="Empresa Sola SL"))

    for user, words in (
        (alone, "Empresa Sola SL"),
        (people.officer(), "Oficina"),
        (people.delegate(), "delegad"),
        (people.administrator(), "plataforma"),
    ):
        assert words in " ".join(erasure.obstacles(user, at=clock.now()))
        with pytest.raises(DomainError):
            erasure.erase(user, by=user, at=clock.now())
    assert not Erasure.objects.exists()


def test_nobody_erases_another_and_once_is_enough():
    user = people.person()

    with pytest.raises(PermissionDenied):
        erasure.erase(user, by=people.administrator(), at=clock.now())
    erasure.erase(user, by=user, at=clock.now())
    with pytest.raises(DomainError):
        erasure.erase(user, by=user, at=clock.now())


def test_the_page_asks_for_the_address_then_signs_out(client):
    user = people.person()
    audit.record("question.asked", target=user, by=user, at=clock.now())
    client.force_login(user)

    page = client.get(reverse("accounts:erase")).content.decode()
    refused = client.post(reverse("accounts:erase"), {"email": "otra@example.test"})
    done = client.post(reverse("accounts:erase"), {"email": user.email.upper()})

    assert "ENS" in page  # why the record stays
    assert refused.status_code == 422
    assert "ENS" in done.content.decode()
    assert client.get(reverse("accounts:my_data")).status_code == 302


def test_the_command_only_looks_unless_told(capsys):
    user = people.person()

    call_command("erase_account", user.email)
    assert not Erasure.objects.exists()
    assert "goes: " in (said := capsys.readouterr().out)
    assert "stays: " in said
    call_command("erase_account", user.email, "--run")
    assert Erasure.objects.get().user == user
    with pytest.raises(CommandError):
        call_command("erase_account", user.email)


@pytest.mark.parametrize("key", ["account", "organisation", "dossier", "proposal", "question"])
def test_where_data_is_asked_the_first_layer_says_what_for(key):
    html = Template("{% load privacy %}{% privacy_notice key %}").render(Context({"key": key}))

    assert str(rights.notices.get(key).purpose) in html
    assert f"{reverse('accounts:data_protection')}#{key}" in html


def test_a_notice_nobody_declared_is_a_bug():
    with pytest.raises(LookupError):
        Template("{% load privacy %}{% privacy_notice 'nothing' %}").render(Context())


def test_everybody_reads_how_long_each_thing_is_kept(client):
    page = client.get(reverse("accounts:data_protection")).content.decode()

    assert all(str(escape(str(rule.label))) in page for rule in rights.schedule)
    assert all(f'id="{notice.key}"' in page for notice in rights.notices)


def test_erasing_leaves_notices_about_somebody_of_the_same_name_as_they_are():
    company = organisation()
    owner, leaver, namesake = owner_of(company), people.person("María García"), people.person("María García")
    for user in (leaver, namesake):
        join_requests.ask_to_join(tax_id=company.tax_id, country="ES", by=user, at=clock.now())
    params = {"what": "Adjudicación", "challenge": "Reto", "officer": leaver.full_name, "person_id": leaver.pk}
    Notice.objects.create(recipient=owner, kind="award.prepared", dedupe_key="k", created_at=clock.now(), params=params)
    (said,) = [line for line in erasure.plan(leaver, at=clock.now())[0] if "nombre" in line.what and "otr" in line.what]
    assert said.number == 2

    erasure.erase(leaver, by=leaver, at=clock.now())

    told = Notice.objects.filter(recipient=owner)
    assert {row["person"] for row in told.filter(kind="organisation.join_asked").values_list("params", flat=True)} == {
        "Cuenta borrada",
        "María García",
    }
    assert told.get(kind="award.prepared").params["officer"] == "Cuenta borrada"
    assert namesake.email in str(list(told.values_list("params", flat=True)))
