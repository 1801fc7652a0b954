"""What pilots puts on people's desks, the menu, the home page and other apps' pages."""

from pilots.desk import award, budget, direct, initiative, open_data, pilot


def register() -> None:
    """Fill the registries of the shell."""
    award.register()
    budget.register()
    direct.register()
    open_data.register()
    initiative.register()
    pilot.register()
