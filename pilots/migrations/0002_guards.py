"""The rules of money, in the database."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [("pilots", "0001_initial"), ("startups", "0002_guards")]

    operations = [run_sql(__file__, "0003_money.sql")]
