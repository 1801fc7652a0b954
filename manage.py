#!/usr/bin/env python
"""Command line of the portal."""

import os
import sys
from contextlib import nullcontext

# Commands that change the schema, play back time or read what is blocked need the owner of the database.
OWNER_COMMANDS = {"migrate", "load_demo", "blocked", "dbshell", "sqlmigrate", "makemigrations"}
# Commands that read the sources only: they run before there is an environment or a database.
SOURCE_COMMANDS = {"catalogue", "compile_catalogues", "makemigrations"}


def main() -> None:
    """Run one management command, with the environment and the database role that it needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govtech.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    if command in SOURCE_COMMANDS:
        os.environ.setdefault("DEBUG", "1")
        os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    with demonstration() if command == "demo" and "--help" not in sys.argv else nullcontext():
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings first

        execute_from_command_line(sys.argv)


def demonstration():  # noqa: ANN201 - a context manager
    """Start the demonstration's servers: they must run before the settings load."""
    from govtech.demonstration import environment  # noqa: PLC0415 - needs packages that production lacks

    return environment()


if __name__ == "__main__":
    main()
