"""What startups puts on people's desks, the menu, the home page and other apps' pages."""

from startups.desk import (
    abnormal,
    acting,
    clarified,
    competition,
    dossier,
    evaluation,
    independence,
    interest,
    organisation,
    pitch,
    proposal,
)


def register() -> None:
    """Fill the registries of the shell."""
    abnormal.register()
    acting.register()
    clarified.register()
    competition.register()
    dossier.register()
    evaluation.register()
    independence.register()
    interest.register()
    organisation.register()
    pitch.register()
    proposal.register()
