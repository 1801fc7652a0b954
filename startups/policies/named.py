"""Which organisations take part in what a panel judges, in alphabetical order, and where each one's proposal is."""

from challenges.models import Challenge
from startups.calculations.redaction import folded
from startups.models import NamedDeclaration, Organisation, PanelMember, Participation, Proposal


def taking_part(challenge: Challenge) -> list[Organisation]:
    """Return the organisations before the panel, leads and partners alike, by name. One query."""
    rows = Organisation.objects.filter(
        participations__challenge=challenge,
        participations__is_live=True,
        participations__proposal__in=Proposal.objects.on_panel(),
    )
    return sorted(rows.distinct(), key=lambda row: (folded(row.name), row.pk))


def proposals_by_organisation(challenge: Challenge) -> dict[int, int]:
    """Return the proposal of each organisation that takes part, lead or partner."""
    rows = Participation.objects.filter(challenge=challenge, is_live=True, proposal__in=Proposal.objects.on_panel())
    return dict(rows.values_list("organisation_id", "proposal_id"))


def organisations_of(proposals: list[Proposal]) -> dict[int, list[Organisation]]:
    """Return the organisations of each proposal, the lead first. Two queries."""
    found: dict[int, list[Organisation]] = {proposal.pk: [] for proposal in proposals}
    rows = Participation.objects.filter(proposal__in=found, is_live=True).select_related("organisation")
    for row in rows.order_by("role", "organisation__name", "pk"):
        found[row.proposal_id].append(row.organisation)
    return found


def unanswered(member: PanelMember) -> list[Organisation]:
    """Return the organisations on which the member of a panel without names has still to declare."""
    said = set(NamedDeclaration.objects.filter(member=member).values_list("organisation_id", flat=True))
    return [row for row in taking_part(member.challenge) if row.pk not in said]
