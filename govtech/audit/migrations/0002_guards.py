"""The clock, the hash chain, and what the database keeps of erasures and of the retention schedule."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [("audit", "0001_initial"), ("accounts", "0001_initial")]

    operations = [run_sql(__file__, "0002_chain.sql"), run_sql(__file__, "0005_rights.sql")]
