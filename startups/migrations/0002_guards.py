"""The seal and the deadline, in the database."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/0002_guards.sql`."""

    dependencies = [("startups", "0001_initial"), ("challenges", "0002_guards")]

    operations = [run_sql(__file__, "0002_guards.sql")]
