"""`portal_rule(day)`: the row of rules in force on a day, for database triggers."""

from django.db import migrations

CREATE = """
CREATE FUNCTION portal_rule(day date) RETURNS reference_rules
LANGUAGE sql STABLE
AS $$ SELECT * FROM reference_rules WHERE valid_from <= day ORDER BY valid_from DESC LIMIT 1 $$;

CREATE FUNCTION portal_minor_contract_limit(day date) RETURNS numeric
LANGUAGE sql STABLE
AS $$ SELECT (portal_rule(day)).minor_contract_limit_net $$;
"""
DROP = """
DROP FUNCTION portal_minor_contract_limit(date);
DROP FUNCTION portal_rule(date);
"""


class Migration(migrations.Migration):
    """Adds the two functions."""

    dependencies = [("reference", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
