"""The clock and the hash chain, in the database."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/0002_chain.sql`."""

    dependencies = [("audit", "0001_initial")]

    operations = [run_sql(__file__, "0002_chain.sql")]
