"""Addresses: proposal."""

urlpatterns: list = []
