"""Addresses: credit."""

urlpatterns: list = []
