"""Addresses: evaluation."""

urlpatterns: list = []
