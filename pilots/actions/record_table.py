"""Tables of the case file, from the record: who asked, gave, agreed and decided what. Columns in Spanish."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from challenges.models import Challenge
from govtech.notifications.models import Notice
from pilots.models import Letter, Resolution
from startups.models import AbnormalOffer, AgreedScore, ClarificationAnswer, PitchScore, Score, ScoreSheet, Shortlist

BOM = "\ufeff"


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterable[bytes]:
    """Yield a CSV as the city writes them: semicolons, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(head)
    for row in rows:
        writer.writerow([cell_of(cell) for cell in row])
    yield (BOM + text.getvalue()).encode()


def cell_of(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = " ".join(str("" if value is None else value).split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def scores(challenge: Challenge) -> Iterable[bytes]:
    sheets = ScoreSheet.objects.counting().filter(proposal__challenge=challenge)
    rows = Score.objects.filter(sheet__in=sheets).select_related(
        "sheet__member__user", "sheet__proposal__organisation", "criterion"
    )
    head = ["entidad", "criterio", "vocal", "puntos_0_a_5", "motivo", "entregada"]
    return table(
        head,
        (
            (
                row.sheet.proposal.organisation.name,
                row.criterion.name,
                row.sheet.member.user.full_name,
                row.points,
                row.reason,
                row.sheet.handed_in_at.isoformat(),
            )
            for row in rows.order_by("sheet__proposal_id", "criterion__position", "sheet__member_id")
        ),
    )


def agreed(challenge: Challenge) -> Iterable[bytes]:
    """Write what sessions agreed on, in order: of a criterion the last counts. Without points, the mean does."""
    rows = AgreedScore.objects.filter(proposal__challenge=challenge).order_by("pk")
    rows = rows.select_related("proposal__organisation", "criterion", "session", "made_by")
    head = ["entidad", "criterio", "sesion", "puntos_0_a_5", "motivo", "anotado", "por"]
    return table(
        head,
        (
            (
                row.proposal.organisation.name,
                row.criterion.name,
                row.session.number,
                "media" if row.points is None else row.points,
                row.reason,
                row.made_at.isoformat(),
                row.made_by.full_name,
            )
            for row in rows
        ),
    )


def shortlist(challenge: Challenge) -> Iterable[bytes]:
    """Write who was to present, with the points that decided it."""
    rows = Shortlist.objects.filter(challenge=challenge).select_related("made_by").order_by("made_at", "pk")
    head = ["propuesta", "puntos", "se_presenta", "hecha", "por"]
    return table(
        head,
        (
            (
                each["proposal"],
                each["points"],
                "sí" if each["presents"] else "no",
                row.made_at.isoformat(),
                row.made_by.full_name,
            )
            for row in rows
            for each in row.record
        ),
    )


def presentations(challenge: Challenge) -> Iterable[bytes]:
    """Write the points of the presentations that count, and who couldn't judge."""
    rows = PitchScore.objects.of_panel().filter(proposal__challenge=challenge)
    rows = rows.select_related("member__user", "proposal__organisation", "criterion")
    head = ["propuesta", "entidad", "criterio", "vocal", "puntos_0_a_5", "motivo", "entregada"]
    return table(
        head,
        (
            (
                row.proposal.public_id,
                row.proposal.organisation.name,
                row.criterion.name,
                row.member.user.full_name,
                "no puede juzgarlo" if row.is_unable else row.points,
                row.reason,
                row.given_at.isoformat(),
            )
            for row in rows.order_by("proposal_id", "criterion__position", "member_id")
        ),
    )


def clarifications(challenge: Challenge) -> Iterable[bytes]:
    """Write what the Office asked of opened proposals, and what each answered."""
    rows = ClarificationAnswer.objects.filter(clarification__challenge=challenge)
    rows = rows.select_related("clarification__asked_by", "proposal__organisation", "answered_by")
    head = ["pregunta", "pedida", "por", "entidad", "hasta", "respuesta", "respondida", "respondida_por"]
    return table(
        head,
        (
            (
                row.clarification.text,
                row.clarification.asked_at.isoformat(),
                row.clarification.asked_by.full_name,
                row.proposal.organisation.name,
                row.ends_at.isoformat(),
                row.text,
                _instant(row.answered_at),
                _name(row.answered_by),
            )
            for row in rows.order_by("clarification__asked_at", "pk")
        ),
    )


def low_offers(challenge: Challenge) -> Iterable[bytes]:
    """Write each offer under the limit: what was asked, answered and decided."""
    rows = AbnormalOffer.objects.filter(proposal__challenge=challenge)
    rows = rows.select_related("proposal__organisation", "asked_by", "answered_by", "decided_by")
    head = [
        "entidad", "oferta_sin_iva", "limite", "pedida", "por", "peticion", "hasta", "justificacion", "respondida",
        "respondida_por", "se_acepta", "motivo", "decidida", "decidida_por",
    ]  # fmt: skip
    return table(
        head,
        (
            (
                row.proposal.organisation.name,
                row.offer_net,
                row.limit_net,
                _instant(row.asked_at),
                _name(row.asked_by),
                row.request,
                _instant(row.due_at),
                row.answer,
                _instant(row.answered_at),
                _name(row.answered_by),
                {True: "sí", False: "no", None: ""}[row.is_accepted],
                row.reason,
                _instant(row.decided_at),
                _name(row.decided_by),
            )
            for row in rows.order_by("found_at", "pk")
        ),
    )


def delivered(resolution: Resolution) -> Iterable[bytes]:
    """Write when each notice and mail of the result was made, read and sent."""
    letters = {letter.public_id: letter for letter in Letter.objects.filter(resolution=resolution)}
    keys = Q(pk__in=[])
    for public_id in letters:
        keys |= Q(dedupe_key__startswith=f"award.resolved:{public_id}:")
    rows = Notice.objects.filter(keys).select_related("email").order_by("created_at", "pk")
    head = ["notificacion", "entidad", "puesta_a_disposicion", "leida_en_el_portal", "correo_enviado", "notificada"]
    return table(
        head,
        (
            (
                letter.public_id,
                letter.content["organisation"],
                row.created_at.isoformat(),
                row.read_at.isoformat() if row.read_at else "",
                row.email.sent_at.isoformat() if row.email and row.email.sent_at else "",
                letter.served_on.isoformat() if letter.served_on else "",
            )
            for row in rows
            for letter in [letters[row.dedupe_key.split(":")[1]]]
        ),
    )


def _instant(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _name(user: Any) -> str:
    return user.full_name if user else ""
