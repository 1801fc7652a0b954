"""Whether a panel, with the people it has, can finish: score, write, lock, prepare and approve."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.clock import local_date
from govtech.shell.words import formatted
from startups.models import ConflictDeclaration, Membership, PanelMember, PanelRole, Participation
from startups.policies.evaluation import Work
from startups.policies.panel import Line


def lines(challenge: Challenge, work: Work, *, at: datetime) -> list[Line]:
    """Return everything that would stop it, and that somebody can still prepare and approve the award."""
    out = with_conflict(challenge)
    return [
        *mandate_lines(work.members, at=at),
        *score_lines(work),
        *secretary_lines(work),
        preparation_line(out),
        approval_line(work.members, out),
    ]


def score_lines(work: Work) -> list[Line]:
    """Return what recusals have left without enough people. No query."""
    short = sum(len(work.called[proposal.pk]) < work.minimum for proposal in work.proposals)
    if not short:
        return []
    words = ngettext(
        "With these people nobody could finish: %(n)s proposal has fewer than %(least)s members without a conflict. "
        "Name another member.",
        "With these people nobody could finish: %(n)s proposals have fewer than %(least)s members without a conflict. "
        "Name another member.",
        short,
    )
    return [Line("stop", words % {"n": short, "least": work.minimum})]


def secretary_lines(work: Work) -> list[Line]:
    """Return that nobody could write the reasons of what the secretary is recused from. No query."""
    secretaries = {member.pk for member in work.members if member.role == PanelRole.SECRETARY}
    recused = sum(bool(secretaries & members) for members in work.recused.values())
    if not recused:
        return []
    words = ngettext(
        "The secretary is recused from %(n)s proposal, so nobody can write its reasons. Name another secretary.",
        "The secretary is recused from %(n)s proposals, so nobody can write their reasons. Name another secretary.",
        recused,
    )
    return [Line("stop", words % {"n": recused})]


def mandate_lines(members: Sequence[PanelMember], *, at: datetime) -> list[Line]:
    """Return whose time on the panel is over, and whose post isn't written. No query."""
    today = local_date(at)
    found = [
        Line(
            "stop",
            _("The time of %(person)s on the panel ended on %(day)s. Invite them again or name somebody else.")
            % {"person": member.user.full_name, "day": formatted(member.until_on, "short_day_year")},
        )
        for member in members
        if member.until_on is not None and member.until_on < today
    ]
    nameless = [member.user.full_name for member in members if not member.post]
    if nameless:
        words = _("The law asks to publish the post of each (Law 9/2017, art. 63.5). It is missing for: %(people)s.")
        found.append(Line("advice", words % {"people": ", ".join(nameless)}))
    return found


def approval_line(members: Sequence[PanelMember], out: set[int]) -> Line:
    """Say whether somebody could approve the award: a director or today's substitute, off the panel, no conflict."""
    seated = {member.user_id for member in members}
    if any(person.pk not in seated | out for person in roles.directors()):
        return Line("ok", _("The award can be approved by a director who isn't on the panel and has no conflict."))
    return Line(
        "stop",
        _(
            "With these people nobody could approve the award: every director sits on the panel or has a conflict. "
            "Name a substitute of the director, or somebody else here."
        ),
    )


def preparation_line(out: set[int]) -> Line:
    """Say whether an officer without a conflict could prepare the award."""
    if any(person.pk not in out for person in roles.officers()):
        return Line("ok", _("The award can be prepared by an officer without a conflict."))
    return Line("stop", _("With these people nobody could prepare the award: every officer has a conflict."))


def with_conflict(challenge: Challenge) -> set[int]:
    """Return the people who declared a conflict here, on all or on one, or whose organisation takes part."""
    off = PanelMember.objects.filter(challenge=challenge, has_conflict=True).values_list("user_id", flat=True)
    declared = ConflictDeclaration.objects.filter(proposal__challenge=challenge, has_conflict=True)
    opened = Participation.objects.filter(challenge=challenge, proposal__opened_at__isnull=False)
    own = Membership.objects.current().filter(organisation__in=opened.values("organisation"))
    return {*off, *declared.values_list("member__user_id", flat=True), *own.values_list("user_id", flat=True)}
