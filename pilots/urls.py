"""Addresses of pilots."""

app_name = "pilots"
urlpatterns: list = []
