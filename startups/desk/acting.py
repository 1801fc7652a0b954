"""On the desk and beside questions: for which organisation a person of several acts."""

from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from challenges.models import Question
from challenges.policies import question as questions
from govtech.shell.registry import Acting, Section, desk, desk_panels, slots
from startups.actions import acting as actions
from startups.models import QuestionAsker
from startups.policies import acting as policies


def register() -> None:
    """Fill the registries of the shell and of questions."""
    desk_panels.register(panel, 5)
    desk.register_acting(acting)
    slots.register("question.own", asked_for, 10)
    questions.register_askers(questions.Askers(choices=choices, first=first, keep=actions.keep_asker))


def panel(user: Any, *, at: datetime) -> Section | None:  # noqa: ARG001 - the shape of a section
    """Say for whom the person acts, and let them choose another; nothing for who belongs to one or none."""
    rows = policies.can_act_for(user)
    return Section("startups/_acting.html", {"rows": rows, "chosen": _chosen(rows)}) if len(rows) > 1 else None


def acting(user: Any) -> Acting | None:
    """Return for which of several organisations the person acts, and the names of all; nothing for who has one."""
    rows = policies.can_act_for(user)
    chosen = _chosen(rows)
    return Acting(str(chosen.pk) if chosen else "", {str(row.pk): row.name for row in rows}) if len(rows) > 1 else None


def _chosen(rows: list[Any]) -> Any:
    return rows[0] if rows and rows[0].is_chosen else None


def choices(user: Any) -> list[tuple[str, str]]:
    """Return the organisations that the person may ask for, by public id."""
    return [(row.public_id, f"{row.name} ({row.tax_id})") for row in policies.can_act_for(user)]


def first(user: Any) -> str:
    """Return the public id of the one the person acts for; nothing where none is chosen."""
    found = policies.acting_for(user)
    return found.public_id if found else ""


def asked_for(rows: list[Question], *, user: Any) -> dict[int, SafeString]:  # noqa: ARG001 - the shape of a slot
    """Say beside one's own questions for which organisation they were asked. Only their asker has them shown."""
    kept = QuestionAsker.objects.filter(question__in=rows).select_related("organisation")
    line = '<p class="small text-secondary mb-1">{}</p>'
    return {
        row.question_id: format_html(line, _("Asked for %(name)s.") % {"name": row.organisation.name}) for row in kept
    }
