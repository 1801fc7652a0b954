"""Addresses: organisation."""

urlpatterns: list = []
