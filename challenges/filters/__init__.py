"""Narrowing lists of challenges."""
