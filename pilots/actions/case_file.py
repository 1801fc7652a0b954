"""The whole file of a call for the administrative record: every document, an index, and the hashes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.text import slugify
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit.models import AuditEvent
from govtech.files.actions import open_stored
from govtech.files.archive import Entry, Written, archive
from govtech.files.models import StoredFile
from govtech.files.stream import StreamCodec
from pilots.actions import record_document as made
from pilots.actions import record_table as tables
from pilots.actions.document import letter_pdf
from pilots.actions.record_table import table
from pilots.actions.session_document import minutes, title_of
from pilots.calculations.letter import LANGUAGE
from pilots.models import Award, AwardPaper, Letter, Resolution, ReviewRequest
from startups.actions.envelope import file_codec
from startups.models import (
    AbnormalOffer,
    AgreedScore,
    Clarification,
    Envelope,
    Evaluation,
    Opening,
    PanelMember,
    Proposal,
    ScoreSheet,
    Shortlist,
    Submission,
    SubmissionFile,
)
from startups.models.consensus import PanelSession

PIECE = 64 * 1024


def entries(challenge: Challenge, *, at: datetime) -> list[Entry]:
    """Return what the file holds, in order. Nothing is made or read until its turn comes."""
    with translation.override(LANGUAGE):
        return [
            *_of_call(challenge, at),
            *_of_proposals(challenge, at),
            *_of_evaluation(challenge, at),
            *_of_award(challenge, at),
            Entry("08-registro/actuaciones.csv", _("What was done, by whom and when"), partial(_audit, challenge)),
        ]


def whole(challenge: Challenge, *, by: User, at: datetime) -> Iterator[bytes]:
    """Return the zip in pieces, and record who took it."""
    audit.record("case_file.downloaded", target=challenge, by=by, at=at)
    return archive(entries(challenge, at=at), index=partial(_index, challenge, at), at=at)


def _of_call(challenge: Challenge, at: datetime) -> list[Entry]:
    opening = Opening.objects.select_related("report").filter(challenge=challenge).first()
    proposals = _proposals(challenge)
    found = [Entry("01-convocatoria/convocatoria.pdf", _("Call"), _once(made.call, challenge, at=at))]
    if opening is not None and opening.report is not None:
        found.append(_stored("02-apertura/acta-de-apertura.pdf", _("Record of the opening"), opening.report))
    admitted = _once(made.admission, challenge, proposals, at=at)
    found.append(Entry("03-admision/admision.pdf", _("Admission of proposals"), admitted))
    if Clarification.objects.filter(challenge=challenge).exists():
        answers = partial(tables.clarifications, challenge)
        found.append(Entry("03-admision/aclaraciones.csv", _("Clarifications and their answers"), answers))
    return found


def _proposals(challenge: Challenge) -> list[Proposal]:
    rows = Proposal.objects.filter(challenge=challenge, opened_at__isnull=False)
    return list(rows.select_related("organisation", "decided_by").order_by("pk"))


def _of_proposals(challenge: Challenge, at: datetime) -> list[Entry]:
    """Return what was opened of each proposal, with its files. The same number of queries for any number."""
    rows = Submission.objects.filter(
        proposal__challenge=challenge, proposal__opened_at__isnull=False, superseded_by=None, technical__isnull=False
    )
    rows = rows.select_related("proposal__organisation", "receipt").order_by("receipt__register_number")
    submissions = list(rows.defer("technical_blob", "economic_blob", "signatory_name"))
    files: dict[int, list[SubmissionFile]] = {}
    kept = SubmissionFile.objects.filter(submission__in=submissions).select_related("file", "submission__proposal")
    for row in kept.order_by("pk"):
        files.setdefault(row.submission_id, []).append(row)
    found = []
    for submission in submissions:
        folder = f"04-propuestas/{slugify(submission.receipt.register_number)}"
        name = submission.proposal.organisation.name
        title = _("Proposal of %(name)s") % {"name": name}
        found.append(Entry(f"{folder}/propuesta.pdf", title, _once(made.proposal, submission, challenge, at=at)))
        found += _files(submission, files.get(submission.pk, []), folder, name)
    return found


def _files(submission: Submission, rows: list[SubmissionFile], folder: str, organisation: str) -> list[Entry]:
    """Return the files of the envelopes that were opened."""
    opened = {Envelope.TECHNICAL: submission.technical, Envelope.ECONOMIC: submission.economic}
    names = {
        each["attachment"]: each["name"] for content in opened.values() if content for each in content.get("files", [])
    }
    return [
        _stored(
            f"{folder}/ficheros/{number:02d}-{_safe(names[row.attachment_public_id])}",
            f"{organisation}: {names[row.attachment_public_id]}",
            row.file,
            codec=partial(file_codec, row),
        )
        for number, row in enumerate(rows, start=1)
        if row.attachment_public_id in names
    ]


def _safe(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{slugify(stem) or 'fichero'}.{slugify(ending)}" if dot else slugify(name) or "fichero"


def _of_evaluation(challenge: Challenge, at: datetime) -> list[Entry]:
    found = [Entry("05-valoracion/comision.pdf", _("Panel and declarations"), _once(made.panel, challenge, at=at))]
    sessions = PanelSession.objects.filter(challenge=challenge).select_related("recorded_by").order_by("number")
    found += [
        Entry(f"05-valoracion/acta-{row.number:02d}.pdf", title_of(row), _once(minutes, row, challenge))
        for row in sessions
    ]
    evaluation = Evaluation.objects.select_related("report").filter(challenge=challenge).first()
    if evaluation is None or evaluation.locked_at is None:
        return found
    found.append(Entry("05-valoracion/puntuaciones.csv", _("Every member's points"), partial(tables.scores, challenge)))
    found += _of_rounds(challenge)
    if evaluation.report is not None:
        found.append(_stored("05-valoracion/informe-de-valoracion.pdf", _("Evaluation report"), evaluation.report))
    return found


def _of_rounds(challenge: Challenge) -> list[Entry]:
    """Return what changed the mean of the points or came after them: agreed scores, presentations, low offers."""
    found = []
    if AgreedScore.objects.filter(proposal__challenge=challenge).exists():
        agreed = partial(tables.agreed, challenge)
        found.append(Entry("05-valoracion/puntos-acordados.csv", _("Points agreed in sessions"), agreed))
    if Shortlist.objects.filter(challenge=challenge).exists():
        listed, given = partial(tables.shortlist, challenge), partial(tables.presentations, challenge)
        found.append(Entry("05-valoracion/seleccion-previa.csv", _("Who presents"), listed))
        found.append(Entry("05-valoracion/presentaciones.csv", _("Points of the presentations"), given))
    low = AbnormalOffer.objects.filter(proposal__challenge=challenge)
    if low.exists():
        heard = partial(tables.low_offers, challenge)
        found.append(Entry("05-valoracion/ofertas-bajas.csv", _("Abnormally low offers and their hearing"), heard))
    before = low.filter(report_before__isnull=False).select_related("report_before").order_by("decided_at", "pk")
    return found + [
        _stored(f"05-valoracion/informe-anterior-{number:02d}.pdf", _("Evaluation report before"), row.report_before)
        for number, row in enumerate(before, start=1)
        if row.report_before is not None
    ]


def _of_award(challenge: Challenge, at: datetime) -> list[Entry]:
    resolution = Resolution.objects.select_related("document").filter(challenge=challenge).first()
    if resolution is None:
        return []
    rows = Award.objects.filter(resolution=resolution).select_related(
        "proposal__organisation", "proposed_by", "approved_by"
    )
    awards = list(rows.prefetch_related("papers").order_by("pk"))
    found = []
    if awards:
        proposed = _once(made.awards, challenge, awards, at=at)
        found.append(Entry("06-adjudicacion/propuestas.pdf", _("Proposed awards and answers"), proposed))
    papers = AwardPaper.objects.filter(award__in=awards, file__isnull=False).select_related("file").order_by("pk")
    found += [
        _stored(f"06-adjudicacion/documentos/{number:02d}-{_safe(paper.file.name)}", paper.title, paper.file)
        for number, paper in enumerate(papers, start=1)
    ]
    if resolution.document is not None:
        found.append(_stored("06-adjudicacion/resolucion.pdf", _("Resolution"), resolution.document))
    return [*found, *_of_letters(resolution), *_of_reviews(resolution, challenge, at)]


def _of_letters(resolution: Resolution) -> list[Entry]:
    letters = Letter.objects.filter(resolution=resolution).select_related("resolution__challenge", "proposal")
    found = [
        Entry(
            f"07-notificaciones/{letter.released_at:%Y%m%d}-{letter.public_id}.pdf".lower(),
            _("Notification to %(name)s") % {"name": letter.content["organisation"]},
            _once(letter_pdf, letter),
        )
        for letter in letters.order_by("released_at", "pk")
    ]
    if found:
        delivered = partial(tables.delivered, resolution)
        found.append(Entry("07-notificaciones/envios.csv", _("Notices and mails of the result"), delivered))
    return found


def _of_reviews(resolution: Resolution, challenge: Challenge, at: datetime) -> list[Entry]:
    rows = ReviewRequest.objects.filter(letter__resolution=resolution)
    rows = rows.select_related("letter__proposal__organisation", "answered_by", "file").order_by("lodged_at", "pk")
    found = []
    for number, row in enumerate(rows, start=1):
        folder, name = f"07-recursos/{number:02d}", row.letter.proposal.organisation.name
        title = _("Request to review of %(name)s") % {"name": name}
        found.append(Entry(f"{folder}/recurso.pdf", title, _once(made.review, row, challenge, at=at)))
        if row.file is not None:
            found.append(_stored(f"{folder}/fichero-{_safe(row.file.name)}", f"{title}: {row.file.name}", row.file))
    return found


# Contents ---------------------------------------------------------------------------------------------


def _once(make: Any, *args: Any, **kwargs: Any) -> Any:
    def chunks() -> Iterable[bytes]:
        yield make(*args, **kwargs)

    return chunks


def _stored(path: str, title: str, file: StoredFile, *, codec: Any = None) -> Entry:
    def chunks() -> Iterable[bytes]:
        key: StreamCodec | None = codec() if codec and file.encrypted else None
        with open_stored(file, key) as source:
            while piece := source.read(PIECE):
                yield piece

    return Entry(path, title, chunks)


def _audit(challenge: Challenge) -> Iterable[bytes]:
    """Write the audit of the call, its proposals, panel, sheets, awards, letters and reviews. People are numbers."""
    awards = Award.objects.filter(resolution__challenge=challenge)
    targets = {
        "challenges.challenge": [challenge.pk],
        "startups.proposal": [proposal.pk for proposal in _proposals(challenge)],
        "startups.evaluation": Evaluation.objects.filter(challenge=challenge).values_list("pk", flat=True),
        "pilots.resolution": Resolution.objects.filter(challenge=challenge).values_list("pk", flat=True),
        "pilots.award": awards.values_list("pk", flat=True),
        "startups.panelmember": PanelMember.objects.filter(challenge=challenge).values_list("pk", flat=True),
        "startups.panelsession": PanelSession.objects.filter(challenge=challenge).values_list("pk", flat=True),
        "startups.scoresheet": ScoreSheet.objects.filter(proposal__challenge=challenge).values_list("pk", flat=True),
        "pilots.letter": Letter.objects.filter(resolution__challenge=challenge).values_list("pk", flat=True),
        "pilots.reviewrequest": ReviewRequest.objects.filter(letter__resolution__challenge=challenge).values_list(
            "pk", flat=True
        ),
    }
    found = Q(pk__in=[])
    for label, keys in targets.items():
        found |= Q(target_label=label, target_id__in=[str(key) for key in keys])
    rows = AuditEvent.objects.filter(found).order_by("occurred_at", "pk")
    head = ["cuando", "que", "sobre", "persona", "antes", "despues", "importe"]
    return table(
        head,
        (
            (row.occurred_at.isoformat(), row.kind, row.target_label, row.actor_id, row.old, row.new, row.amount)
            for row in rows
        ),
    )


def _index(challenge: Challenge, at: datetime, files: list[Written]) -> list[Entry]:
    """Return the index three times: to read, to open in a browser, and to compute with."""
    head = ["fichero", "documento", "octetos", "sha256"]
    rows = [(each.path, each.title, each.size, each.sha256) for each in files]
    with translation.override(LANGUAGE):
        title = _("Index of the case file")
        return [
            Entry("INDICE.pdf", title, _once(made.index, challenge, files, at=at)),
            Entry("indice.html", title, _once(_page, challenge, title, files)),
            Entry("indice.csv", title, partial(table, head, rows)),
        ]


def _page(challenge: Challenge, title: str, files: list[Written]) -> bytes:
    rows = format_html_join(
        "\n",
        '<tr><th scope="row"><a href="{}">{}</a></th><td>{}</td><td><code>{}</code></td></tr>',
        ((each.path, each.title, each.size, each.sha256) for each in files),
    )
    page = (
        '<!doctype html>\n<html lang="es"><head><meta charset="utf-8"><title>{} · {}</title></head><body><main>'
        "<h1>{}</h1><p>{} · {}</p><table><thead><tr>"
        '<th scope="col">Documento</th><th scope="col">Octetos</th><th scope="col">SHA-256</th></tr></thead>'
        "<tbody>{}</tbody></table></main></body></html>\n"
    )
    return format_html(page, title, challenge.reference, title, challenge.reference, challenge.title, rows).encode()
