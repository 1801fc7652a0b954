"""What challenges puts on people's desks, the menu, the home page and other apps' pages."""

from challenges.desk import challenge, incident, need, planned, question


def register() -> None:
    """Fill the registries of the shell."""
    challenge.register()
    incident.register()
    need.register()
    planned.register()
    question.register()
