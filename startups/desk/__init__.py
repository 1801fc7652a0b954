"""What startups puts on people's desks, the menu, the home page and other apps' pages."""

from startups.desk import clarified, competition, dossier, evaluation, organisation, proposal


def register() -> None:
    """Fill the registries of the shell."""
    clarified.register()
    competition.register()
    dossier.register()
    evaluation.register()
    organisation.register()
    proposal.register()
