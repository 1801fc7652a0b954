"""Addresses of the programme's pages."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.programme import views

app_name = "programme"
urlpatterns = [
    path(pgettext_lazy("url", "how-to-take-part/"), views.page, {"slug": "participate"}, name="participate"),
    path(pgettext_lazy("url", "accessibility/"), views.page, {"slug": "accessibility"}, name="accessibility"),
    path(pgettext_lazy("url", "privacy/"), views.page, {"slug": "privacy"}, name="privacy"),
    path(pgettext_lazy("url", "legal-notice/"), views.page, {"slug": "legal"}, name="legal"),
]
