"""Desk: award."""


def register() -> None:
    """Fill the registries of the shell."""
