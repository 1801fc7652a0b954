"""The seal and the deadline, members, papers and openings, in the database."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [("startups", "0001_initial"), ("challenges", "0002_guards")]

    operations = [
        run_sql(__file__, "0002_guards.sql"),
        run_sql(__file__, "0005_receipts.sql"),
        run_sql(__file__, "0006_members.sql"),
        run_sql(__file__, "0009_opening.sql"),
        run_sql(__file__, "0016_clarification.sql"),
        run_sql(__file__, "0017_dossier.sql"),
    ]
