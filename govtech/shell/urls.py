"""Addresses of the shell."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.shell.views import components, desk, home

app_name = "shell"

urlpatterns = [
    path("", home.home, name="home"),
    path("robots.txt", home.robots, name="robots"),
    path("brand.css", home.brand, name="brand"),
    path(pgettext_lazy("url", "desk/"), desk.desk, name="desk"),
    path(pgettext_lazy("url", "components/"), components.components, name="components"),
]
