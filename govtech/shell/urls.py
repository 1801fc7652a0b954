"""Addresses of the shell."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.shell.views import components, desk, home, sitemap

app_name = "shell"

urlpatterns = [
    path("", home.home, name="home"),
    path("robots.txt", home.robots, name="robots"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<slug:key>-<int:part>.xml", sitemap.part, name="sitemap_part"),
    path("brand.css", home.brand, name="brand"),
    path(pgettext_lazy("url", "desk/"), desk.desk, name="desk"),
    path(pgettext_lazy("url", "components/"), components.components, name="components"),
]
