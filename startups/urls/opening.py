"""Addresses: opening."""

urlpatterns: list = []
