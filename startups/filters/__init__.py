"""Filters and orders of startups."""
