"""Loading a proposal for a page. Who may not know of it gets 404, and a try at a sealed one is put on record."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from challenges.models import Challenge
from govtech import clock
from govtech.audit import actions as audit
from startups.models import Proposal


def proposal_or_404(request: HttpRequest, rows: QuerySet[Proposal], public_id: str) -> Proposal:
    """Return the proposal among `rows`, which `visible_to` or `of_member` has narrowed to this person's."""
    found = rows.select_related("challenge", "organisation").filter(public_id=public_id).first()
    if found is None:
        _record_attempt(request, public_id)
        raise Http404
    return found


def _record_attempt(request: HttpRequest, public_id: str) -> None:
    """Say who tried which page of which sealed proposal: ids only. An address that never existed isn't worth a row."""
    sealed = Proposal.objects.filter(public_id=public_id, opened_at=None).first()
    if sealed is None or Proposal.objects.of_member(request.user).filter(pk=sealed.pk).exists():
        return  # or one's own, on a page that it doesn't have yet
    page = request.resolver_match.view_name if request.resolver_match else ""
    audit.record(
        "proposal.seal_tried", target=sealed, by=request.user, at=clock.now(), reason=f"{request.method} {page}"
    )


def record_too_early(request: HttpRequest, challenge: Challenge) -> None:
    """Say who tried to open the proposals of a challenge when that wasn't possible."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    audit.record(
        "opening.refused", target=challenge, by=request.user, at=clock.now(), reason=f"{request.method} {page}"
    )
