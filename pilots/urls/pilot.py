"""Addresses: pilot."""

urlpatterns: list = []
