"""What the database refuses of contracts that the Office enters."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [("audit", "0004_contracts"), ("pilots", "0007_direct_contracts")]

    operations = [run_sql(__file__, "0006_direct.sql")]
