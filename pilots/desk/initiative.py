"""Where the initiatives are linked from."""

from govtech.shell.registry import Addresses, footer, sitemaps
from pilots.models import Initiative


def register() -> None:
    """Fill the registries of the shell."""
    footer.register("govtech4all", "Govtech4All", "pilots:initiatives", 13)
    sitemaps.register("initiatives", Addresses("pilots:initiative", _public))


def _public() -> object:
    rows = Initiative.objects.filter(published_at__isnull=False).order_by("pk")
    return rows.values_list("slug", "published_at")
