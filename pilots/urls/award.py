"""Addresses: award."""

urlpatterns: list = []
