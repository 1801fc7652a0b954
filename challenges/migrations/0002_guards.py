"""What the database refuses about challenges."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/0002_guards.sql`."""

    dependencies = [("challenges", "0001_initial"), ("audit", "0002_chain")]

    operations = [run_sql(__file__, "0002_guards.sql")]
