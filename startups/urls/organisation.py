"""Addresses: organisations, their people."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.feeds import organisation as feed
from startups.views import acting, join_request, membership, organisation, profile

urlpatterns = [
    path(pgettext_lazy("url", "organisations/"), organisation.directory, name="directory"),
    path(pgettext_lazy("url", "organisations/<slug:public_id>/"), organisation.organisation, name="organisation"),
    path(
        pgettext_lazy("url", "organisations/<slug:public_id>/logo/<slug:file>/"), profile.logo, name="organisation_logo"
    ),
    path(pgettext_lazy("url", "data/organisations/"), feed.documentation, name="data"),
    path(pgettext_lazy("url", "data/organisations.csv"), feed.as_csv, name="data_csv"),
    path(pgettext_lazy("url", "data/organisations.json"), feed.as_json, name="data_json"),
    path(pgettext_lazy("url", "my-organisations/"), organisation.my_organisations, name="my_organisations"),
    path(pgettext_lazy("url", "my-organisations/new/"), organisation.new, name="new_organisation"),
    path(pgettext_lazy("url", "my-organisations/join/"), join_request.ask_to_join, name="ask_to_join"),
    path(
        pgettext_lazy("url", "my-organisations/join/<slug:public_id>/take-back/"),
        join_request.take_back,
        name="take_back_request",
    ),
    path(
        pgettext_lazy("url", "my-organisations/join/<slug:public_id>/answer/"),
        join_request.answer,
        name="answer_request",
    ),
    path(pgettext_lazy("url", "my-organisations/<slug:public_id>/edit/"), organisation.edit, name="edit_organisation"),
    path(pgettext_lazy("url", "my-organisations/<slug:public_id>/size/"), profile.size, name="organisation_size"),
    path(
        pgettext_lazy("url", "my-organisations/<slug:public_id>/emerging/"),
        profile.emerging_company,
        name="emerging_company",
    ),
    path(
        pgettext_lazy("url", "my-organisations/<slug:public_id>/profile/"),
        profile.profile,
        name="organisation_profile",
    ),
    path(pgettext_lazy("url", "my-organisations/<slug:public_id>/act/"), acting.act_for, name="act_for"),
    path(pgettext_lazy("url", "my-organisations/<slug:public_id>/logo/"), profile.set_logo, name="set_logo"),
    path(
        pgettext_lazy("url", "my-organisations/<slug:public_id>/withdraw/"),
        organisation.withdraw,
        name="withdraw_organisation",
    ),
    path(pgettext_lazy("url", "my-organisations/<slug:public_id>/people/"), membership.members, name="members"),
    path(pgettext_lazy("url", "my-organisations/<slug:public_id>/leave/"), membership.leave, name="leave"),
    path(
        pgettext_lazy("url", "my-organisations/<slug:public_id>/people/<slug:member>/role/"),
        membership.change_role,
        name="change_role",
    ),
    path(
        pgettext_lazy("url", "my-organisations/<slug:public_id>/people/<slug:member>/remove/"),
        membership.remove,
        name="remove_member",
    ),
    path(
        pgettext_lazy("url", "my-organisations/<slug:public_id>/invitations/<slug:invitation>/revoke/"),
        membership.revoke,
        name="revoke_invitation",
    ),
    path(
        pgettext_lazy("url", "my-organisations/invitations/<slug:invitation>/accept/"),
        membership.accept,
        name="accept_invitation",
    ),
    path(pgettext_lazy("url", "invitations/<str:token>/"), membership.invitation, name="invitation"),
]
