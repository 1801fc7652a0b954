"""The minutes (acta) of a session of the panel: who came, what about, what was agreed and why (L40 art. 18)."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from challenges.models import Challenge
from govtech.files import pdf
from govtech.shell.words import formatted
from pilots.calculations.letter import LANGUAGE
from startups.models.consensus import AgreedScore, Attendance, PanelSession
from startups.models.panel import ConflictDeclaration, PanelMember


def title_of(session: PanelSession) -> str:
    """Return the name of the document, in the language in force."""
    return _("Minutes of session %(n)d of the panel") % {"n": session.number}


def minutes(session: PanelSession, challenge: Challenge) -> bytes:
    """Return the minutes as a tagged PDF, dated when the secretary put the session on record."""
    with translation.override(LANGUAGE):
        rows = Attendance.objects.filter(session=session).select_related("member__user").order_by("pk")
        head = (_("Person"), pgettext("panel", "Part"), pgettext("minutes", "Came"))
        table = [
            (row.member.user.full_name, row.get_role_display(), _("yes") if row.is_present else _("no")) for row in rows
        ]
        blocks = [
            pdf.facts([
                (_("Challenge"), challenge.title),
                (_("Held on"), formatted(session.held_at, "when")),
                (_("How"), session.get_mode_display()),
                (_("Where"), session.place),
                (_("Put on record by"), session.recorded_by),
            ]),
            pdf.heading(_("Who came")),
            pdf.table(head, table),
            pdf.heading(_("What it was about")),
            pdf.paragraph(session.agenda),
            pdf.paragraph(session.notes),
            *_recusals(challenge, session.recorded_at),
            *_agreed(session),
        ]  # fmt: skip
        data = {"title": title_of(session), "reference": challenge.reference, "lang": LANGUAGE, "blocks": blocks}
        return pdf.render("document", data, at=session.recorded_at)


def _recusals(challenge: Challenge, at: datetime) -> list[dict[str, object]]:
    """Return what had been declared when the session was put on record: later recusals aren't of this session."""
    off = PanelMember.objects.filter(challenge=challenge, has_conflict=True, declared_at__lte=at)
    left = _("%(name)s left the panel for a conflict of interest.")
    lines = [left % {"name": member.user.full_name} for member in off.select_related("user").order_by("pk")]
    rows = ConflictDeclaration.objects.filter(member__challenge=challenge, has_conflict=True, declared_at__lte=at)
    rows = rows.select_related("member__user", "proposal__organisation").order_by("pk")
    words = _("%(name)s did not judge %(organisation)s.")
    named = ((row.member.user.full_name, row.proposal.organisation.name) for row in rows)
    lines += [words % {"name": name, "organisation": organisation} for name, organisation in named]
    return [pdf.heading(_("Recusals")), pdf.items(lines)] if lines else []


def _agreed(session: PanelSession) -> list[dict[str, object]]:
    rows = AgreedScore.objects.filter(session=session).select_related("proposal__organisation", "criterion")
    blocks: list[dict[str, object]] = []
    for row in rows.order_by("pk"):
        points = _("every member keeps theirs") if row.points is None else _("%(n)d of 5") % {"n": row.points}
        blocks += [
            pdf.heading(f"{row.proposal.organisation.name} · {row.criterion.name}"),
            pdf.facts([(_("Agreed"), points)]),
            pdf.paragraph(row.reason),
        ]
    return blocks
