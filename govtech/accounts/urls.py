"""Addresses of the profile and of the delegates. What is below "account/" otherwise is allauth's."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.accounts import views

app_name = "accounts"
urlpatterns = [
    path(pgettext_lazy("url", "account/profile/"), views.profile, name="profile"),
    path(pgettext_lazy("url", "delegates/"), views.delegates, name="delegates"),
    path(pgettext_lazy("url", "delegates/appoint/"), views.appoint, name="appoint"),
    path(pgettext_lazy("url", "delegates/<slug:public_id>/end/"), views.end, name="end"),
    path(pgettext_lazy("url", "substitutes/"), views.substitutes, name="substitutes"),
]
