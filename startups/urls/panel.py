"""Addresses: panel."""

urlpatterns: list = []
