"""Where incidents are found: in the footer for everybody, beside the desk for officers."""

from django.utils.translation import gettext_lazy

from govtech.accounts import roles
from govtech.shell.registry import desk_links, footer


def register() -> None:
    """Fill the registries of the shell."""
    footer.register("incidents", gettext_lazy("Incidents"), "challenges:incidents", 12)
    desk_links.register("incidents", gettext_lazy("Incidents"), "challenges:incidents", 14, allowed=roles.is_officer)
