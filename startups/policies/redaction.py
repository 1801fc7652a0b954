"""Who hides what from a panel that judges without names."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from startups.calculations import redaction as hiding
from startups.models import Evaluation, PanelMember, PanelRole, Proposal, ProposalStatus, Redaction


def check_can_redact(proposal: Proposal, *, by: User, at: datetime) -> None:
    """The secretary of a panel that judges without names, having declared, until the scores are locked."""
    seats = PanelMember.objects.in_mandate().filter(challenge=proposal.challenge_id, user=by)
    if not seats.filter(role=PanelRole.SECRETARY, has_conflict=False).exists() or not roles.is_officer(by):
        raise PermissionDenied(_("Only the secretary of the panel, having declared, prepares what it reads."))
    if not Proposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("You declared a conflict with this organisation."))
    if not proposal.challenge.is_anonymised:
        raise TransitionError(_("This call is judged with names: there is nothing to hide."))
    if proposal.status != ProposalStatus.ADMITTED:
        raise TransitionError(_("This proposal is not being scored now."))
    if Evaluation.objects.filter(challenge=proposal.challenge_id, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked."))


def check_passages(passages: Iterable[str], texts: Iterable[str]) -> None:
    """Every passage stands in the proposal: what is mistyped would hide nothing."""
    texts = list(texts)
    for passage in passages:
        if len(passage.strip()) < hiding.SHORTEST:
            raise DomainError(
                _("«%(passage)s» is too short: write at least %(n)s characters.")
                % {"passage": passage, "n": hiding.SHORTEST},
                field="passages",
            )
        if not hiding.stands_in(passage, texts):
            raise DomainError(
                _("«%(passage)s» isn't in the proposal. Copy it as it stands there.") % {"passage": passage},
                field="passages",
            )


def check_hides_more(
    redaction: Redaction | None, *, passages: Iterable[str], hidden: Iterable[str], files: Iterable[str]
) -> None:
    """Once the panel reads, more may be hidden and nothing shown again."""
    if redaction is None or redaction.released_at is None:
        return
    if set(redaction.passages) - set(passages) or set(redaction.hidden) - set(hidden):
        raise DomainError(
            _("The panel is reading already: you can hide more, and show nothing that was hidden."), field="passages"
        )
    if set(files) - set(redaction.files):
        raise DomainError(_("The panel is reading already: no more files can be shown."), field="files")


def unreleased(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Return those whose copy the panel can't read yet."""
    proposals = list(proposals)
    out = set(
        Redaction.objects.filter(proposal__in=proposals, released_at__isnull=False).values_list("proposal", flat=True)
    )
    return [proposal for proposal in proposals if proposal.pk not in out]
