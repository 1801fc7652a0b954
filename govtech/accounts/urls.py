"""Addresses of the profile and of the delegates. What is below "account/" otherwise is allauth's."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.accounts.views import profile as views
from govtech.accounts.views import rights

app_name = "accounts"
urlpatterns = [
    path(pgettext_lazy("url", "account/profile/"), views.profile, name="profile"),
    path(pgettext_lazy("url", "delegates/"), views.delegates, name="delegates"),
    path(pgettext_lazy("url", "delegates/appoint/"), views.appoint, name="appoint"),
    path(pgettext_lazy("url", "delegates/<slug:public_id>/end/"), views.end, name="end"),
    path(pgettext_lazy("url", "account/data/"), rights.my_data, name="my_data"),
    path(pgettext_lazy("url", "account/data/download/"), rights.download, name="download"),
    path(pgettext_lazy("url", "account/data/erase/"), rights.erase, name="erase"),
    path(pgettext_lazy("url", "data-protection/"), rights.data_protection, name="data_protection"),
    path(pgettext_lazy("url", "retention/"), rights.retention_list, name="retention"),
    path(pgettext_lazy("url", "retention/<slug:public_id>/hold/"), rights.hold, name="hold"),
    path(pgettext_lazy("url", "retention/<slug:public_id>/release/"), rights.release, name="release"),
    path(pgettext_lazy("url", "substitutes/"), views.substitutes, name="substitutes"),
    path(pgettext_lazy("url", "substitutes/<slug:public_id>/end/"), views.substitute_end, name="substitute_end"),
]
