"""Migrations read their SQL from files beside the models, where an editor knows the language."""

from pathlib import Path

from django.db import migrations


def run_sql(package_file: str, name: str, *, reverse: str = migrations.RunSQL.noop) -> migrations.RunSQL:
    """Return the operation that runs `sql/<name>` beside the package of `package_file` (a migration's `__file__`)."""
    path = Path(package_file).resolve().parent.parent / "sql" / name
    return migrations.RunSQL(path.read_text(encoding="utf-8"), reverse)
