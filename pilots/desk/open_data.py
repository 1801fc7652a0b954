"""Impact and open data in the foot of every page."""

from django.utils.translation import gettext_lazy

from govtech.shell.registry import footer


def register() -> None:
    """Fill the registries of the shell."""
    footer.register("impact", gettext_lazy("Impact"), "pilots:impact_latest", 12)
    footer.register("open_data", gettext_lazy("Open data"), "pilots:open_data", 40)
