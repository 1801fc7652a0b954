"""What size an organisation has by what it says of itself and of its group."""

from startups.calculations.size import Figures, Related, Size, counts, eu_size
from startups.models import Organisation, RelatedCompany, Relation


def size_of(organisation: Organisation) -> Size:
    """Return its size by the European definition. One query where it is in a group."""
    rows = RelatedCompany.objects.filter(organisation=organisation.pk).order_by("pk")
    related = [
        Related(
            Figures(row.staff, row.turnover, row.balance),
            row.share if row.relation == Relation.PARTNER else Related.percent,
            counts(row.relation, row.holder),
        )
        for row in (rows if organisation.in_group else ())
    ]
    return eu_size(
        Figures(organisation.staff, organisation.turnover, organisation.balance),
        related,
        in_group=organisation.in_group,
        is_public=organisation.is_public_body,
        earlier=Figures(organisation.earlier_staff, organisation.earlier_turnover, organisation.earlier_balance),
        until=organisation.earlier_size,
        group_changed=organisation.group_changed,
    )
