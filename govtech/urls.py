"""All addresses: Spanish nouns without prefix, English nouns under /en/."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import pgettext_lazy

from govtech.shell.routes import known_addresses

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign] # the one way in, with its limits

urlpatterns = [
    path("gestion/", admin.site.urls),
    *known_addresses(
        path("", include("challenges.urls")),  # those asked for most are looked through first
        path("", include("startups.urls")),
        path("", include("pilots.urls")),
        path(pgettext_lazy("url", "account/"), include("allauth.urls")),
        path("", include("govtech.shell.urls")),
        path("", include("govtech.accounts.urls")),
        path("", include("govtech.notifications.urls")),
        path("", include("govtech.audit.urls")),
        path("", include("govtech.programme.urls")),
    ),
]

handler400 = "govtech.shell.views.errors.bad_request"
handler403 = "govtech.shell.views.errors.permission_denied"
handler404 = "govtech.shell.views.errors.not_found"
handler500 = "govtech.shell.views.errors.server_error"
