"""What the budget puts in the menu, on desks and in the check list of challenges."""

from challenges.policies import preflight
from govtech.audit.models import DecisionKind
from pilots.notifications import decision as notifications
from pilots.policies import credit, decision


def register() -> None:
    """Fill the registries of the shell, of challenges, and of decisions."""
    notifications.register()
    preflight.register(credit.credit_checks)
    for kind, title in (
        (DecisionKind.PUBLICATION, decision.title_of_publication),
        (DecisionKind.CANCELLATION, decision.title_of_cancellation),
        (DecisionKind.CREDIT, decision.title_of_credit),
        (DecisionKind.BUDGET_YEAR, decision.title_of_year),
    ):
        decision.register(kind, title=title, url=lambda row, target: notifications.address(row))
