"""Desk: organisation."""


def register() -> None:
    """Fill the registries of the shell."""
