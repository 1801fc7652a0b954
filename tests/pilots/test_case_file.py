"""The whole file of a call: the zip opens, its hashes check, its PDFs have text, tags and titles."""

import csv
import hashlib
import io
import re
import zipfile
from datetime import datetime, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from challenges.models import Challenge
from govtech.audit.models import AuditEvent
from pilots.actions import review as reviews
from pilots.actions.session_document import _recusals as recusals
from pilots.models import Letter
from startups.models import (
    AbnormalOffer,
    AgreedScore,
    Clarification,
    ClarificationAnswer,
    Evaluation,
    PanelMember,
    Proposal,
    Shortlist,
    Submission,
)
from startups.models.consensus import Attendance, PanelSession, SessionMode
from startups.models.panel import ConflictDeclaration
from tests import people
from tests.copies import unchecked
from tests.pilots import awards
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db


def text_of(pdf: pikepdf.Pdf) -> int:
    """Return how many pieces of text the pages draw."""
    return sum(
        sum(str(each.operator) in ("Tj", "TJ") for each in pikepdf.parse_content_stream(page)) for page in pdf.pages
    )


def session_of(challenge: Challenge) -> None:
    """Put a session of the panel on record, with who came and something agreed; a clarification; a low offer heard."""
    at, by = challenge.closes_at, people.officer()
    session = PanelSession.objects.create(
        challenge=challenge, number=1, held_at=at, mode=SessionMode.REMOTE, agenda="Puntos lejanos.", recorded_at=at,
        recorded_by=by,
    )  # fmt: skip
    for member in PanelMember.objects.filter(challenge=challenge):
        Attendance.objects.create(session=session, member=member, role=member.role, is_present=True)
    proposal, criterion = Proposal.objects.order_by("pk")[0], challenge.criteria.get(position=1)
    kept = {"proposal": proposal, "made_at": at, "made_by": by, "reason": "Se mide mejor."}
    asked = Clarification.objects.create(challenge=challenge, text="¿Qué barrio?", due_at=at, asked_at=at, asked_by=by)
    ClarificationAnswer.objects.create(clarification=asked, proposal=proposal)
    with unchecked():
        ConflictDeclaration.objects.filter(proposal=proposal, member=PanelMember.objects.order_by("pk")[0]).update(
            has_conflict=True, reason="Después de la sesión.", declared_at=at + timedelta(days=9)
        )
        AgreedScore.objects.create(session=session, criterion=criterion, points=3, **kept)
        AbnormalOffer.objects.create(
            proposal=proposal,
            offer_net=1,
            limit_net=2,
            found_at=at,
            asked_at=at,
            asked_by=by,
            due_at=at + timedelta(days=1),
            report_before=Evaluation.objects.get().report,
            request="Explica el precio.",
        )
        Shortlist.objects.create(
            challenge=challenge,
            presents_at=at,
            place="Sala 1",
            made_at=at,
            made_by=by,
            record=[{"proposal": proposal.public_id, "points": "48.00", "presents": True}],
        )
    assert [minutes_of(session, at) for at in (at, at + timedelta(days=9))] == [0, 1]


def minutes_of(session: PanelSession, at: datetime) -> int:
    """Return how many recusals the minutes name where they were put on record at that instant."""
    return sum(len(block["rows"]) for block in recusals(session.challenge, at) if block["kind"] == "items")


def test_zip_opens_its_hashes_check_and_its_documents_are_accessible(client):
    challenge = awards.awarded()
    session_of(challenge)
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    with awards.working(6) as at:
        upload = SimpleUploadedFile("prueba.txt", b"Lo que apoya el recurso.", content_type="text/plain")
        by = owner_of(letter.proposal.organisation)
        reviews.lodge(letter, text="Pido que se mire otra vez.", upload=upload, by=by, at=at)
        client.force_login(people.auditor())
        page = client.get(reverse("pilots:case_file", kwargs={"slug": challenge.slug})).content.decode()
        response = client.post(reverse("pilots:case_file_zip", kwargs={"slug": challenge.slug}))
        data = b"".join(response.streaming_content)

    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    names = set(archive.namelist())
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
    assert set(sums) == names - {"SHA256SUMS"}
    assert {name: hashlib.sha256(archive.read(name)).hexdigest() for name in sums} == sums
    said = archive.read("05-valoracion/puntos-acordados.csv").decode()
    assert "Se mide mejor." in said
    assert "panel" in archive.read("08-registro/actuaciones.csv").decode()
    for wanted in (
        "03-admision/aclaraciones.csv",
        "05-valoracion/seleccion-previa.csv",
        "05-valoracion/presentaciones.csv",
        "05-valoracion/ofertas-bajas.csv",
        "05-valoracion/informe-anterior-01.pdf",
        "01-convocatoria/convocatoria.pdf",
        "02-apertura/acta-de-apertura.pdf",
        "03-admision/admision.pdf",
        "05-valoracion/acta-01.pdf",
        "05-valoracion/informe-de-valoracion.pdf",
        "06-adjudicacion/resolucion.pdf",
        "07-recursos/01/recurso.pdf",
        "07-recursos/01/fichero-prueba.txt",
        "INDICE.pdf",
        "indice.html",
    ):
        assert wanted in names
    assert len([name for name in names if re.match(r"04-propuestas/[^/]+/propuesta\.pdf", name)]) == 2
    assert len([name for name in names if name.startswith("07-notificaciones/") and name.endswith(".pdf")]) == 2
    for name in sorted(name for name in names if name.endswith(".pdf") and "/ficheros/" not in name):
        with pikepdf.open(io.BytesIO(archive.read(name))) as pdf:
            assert text_of(pdf), name
            assert "/StructTreeRoot" in pdf.Root, name
            assert pdf.Root.MarkInfo.Marked, name
            assert str(pdf.docinfo.get("/Title", "")).strip(), name
            assert str(pdf.Root.Lang) == "es", name
    listed = list(csv.DictReader(io.StringIO(archive.read("indice.csv").decode("utf-8-sig")), delimiter=";"))
    assert {row["fichero"]: row["sha256"] for row in listed}.items() <= sums.items()
    assert "Informe de valoración" in page
    assert AuditEvent.objects.filter(kind="case_file.downloaded").count() == 1


def test_case_file_keeps_shut_what_is_shut_and_waits_for_the_lock(client):
    with awards.clock.travel(awards.SPRING):
        challenge = awards.published(publishes_identities=True)
        challenge = awards.with_proposals(("12000.00",), challenge)
    client.force_login(people.officer())
    with awards.working():
        page = client.get(reverse("pilots:case_file", kwargs={"slug": challenge.slug}))
        zipped = client.post(reverse("pilots:case_file_zip", kwargs={"slug": challenge.slug}))

    assert page.status_code == 200
    assert zipped.status_code == 403
    assert Submission.objects.get(proposal=Proposal.objects.get()).technical is None
