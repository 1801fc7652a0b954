"""Records of erasures and of the retention schedule are kept by the database, too."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/0005_rights.sql`."""

    dependencies = [("audit", "0004_decision_amount"), ("accounts", "0002_rights")]

    operations = [run_sql(__file__, "0005_rights.sql")]
