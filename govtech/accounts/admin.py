"""People and groups in the administration. No sessions, no second factors, nothing of the programme."""

from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from govtech import clock
from govtech.accounts import actions
from govtech.accounts.models import User


class UserCreationForm(AdminUserCreationForm):
    """A new person by e-mail."""

    class Meta:
        model = User
        fields = ("email", "full_name", "language")


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    """Accounts: who may sign in, who belongs to the Office. Changes of groups go on record."""

    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "full_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    filter_horizontal = ("groups",)
    readonly_fields = ("date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("full_name", "post", "language")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "full_name", "language", "usable_password", "password1", "password2"),
            },
        ),
    )

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Never: what a person did stays theirs. Close the account instead."""
        return False

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - the framework's signature
        """Change groups through the action that puts it on record."""
        groups = form.cleaned_data.pop("groups", None)
        super().save_related(request, form, formsets, change)
        if groups is not None:
            actions.set_groups(form.instance, groups=groups, by=request.user, at=clock.now())


# The sign-in library registers its own when its modules load: load them, then take them out.
for module in ("account", "mfa", "usersessions"):
    import_module(f"allauth.{module}.admin")
for model in (EmailAddress, Authenticator, UserSession, Group):
    admin.site.unregister(model)


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    """The Office's groups. They come with the portal: their names mean something to it."""

    list_display = ("name",)
    fields = ("name",)
    readonly_fields = ("name",)
    ordering = ("name",)

    def has_add_permission(self, request: Any) -> bool:
        """Never: a group without a meaning would promise one."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Never."""
        return False
