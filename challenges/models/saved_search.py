"""Saved searches: any search of the catalogue, kept as an alert."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models.alert import Alert


class SavedSearch(Alert):
    """A search under a name. `query` is what follows the question mark in the catalogue's address, in one order."""

    name = models.CharField(gettext_lazy("name"), max_length=80)
    query = models.CharField(max_length=1000)

    SORT = "search"

    class Meta(Alert.Meta):
        constraints = [
            *Alert.Meta.constraints,
            models.CheckConstraint(name="savedsearch_named", condition=~Q(name="")),
            models.UniqueConstraint(name="search_saved_once", fields=["user", "query"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The catalogue with this search."""
        return f"{reverse('challenges:list')}?{self.query}"

    def because(self) -> str:
        """Why it tells somebody of news, in the language in force."""
        return _("Because of your alert «%(name)s».") % {"name": self.name}
