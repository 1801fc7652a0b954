"""Addresses: budget."""

urlpatterns: list = []
