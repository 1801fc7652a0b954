#!/usr/bin/env python
"""Command line of the portal."""

import os
import sys

# Commands that change the schema or play back time need the owner of the database.
OWNER_COMMANDS = {"migrate", "load_demo", "createcachetable", "dbshell", "sqlmigrate", "makemigrations"}
# Commands that read the sources only: they run before there is an environment or a database.
SOURCE_COMMANDS = {"catalogue", "compile_catalogues", "makemigrations"}


def main() -> None:
    """Run one management command, with the database role that it needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govtech.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    if len(sys.argv) > 1 and sys.argv[1] in SOURCE_COMMANDS:
        os.environ.setdefault("DEBUG", "1")
        os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
