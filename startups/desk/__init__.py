"""What startups puts on people's desks, the menu, the home page and other apps' pages."""

from startups.desk import evaluation, organisation, proposal


def register() -> None:
    """Fill the registries of the shell."""
    evaluation.register()
    organisation.register()
    proposal.register()
