"""A random address for each decision. Each row gets its own: a default of the framework would give all the same."""

from django.db import migrations, models

import govtech.ids

FORWARD = """
ALTER TABLE audit_prepareddecision ADD COLUMN public_id varchar(12) NOT NULL
  DEFAULT translate(substr(md5(random()::text || clock_timestamp()::text), 1, 12), '01', 'xy');
ALTER TABLE audit_prepareddecision ALTER COLUMN public_id DROP DEFAULT;
ALTER TABLE audit_prepareddecision ADD CONSTRAINT audit_prepareddecision_public_id_key UNIQUE (public_id);
"""


class Migration(migrations.Migration):
    """Adds `PreparedDecision.public_id`."""

    dependencies = [("audit", "0002_chain")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(FORWARD, "ALTER TABLE audit_prepareddecision DROP COLUMN public_id")
            ],
            state_operations=[
                migrations.AddField(
                    "prepareddecision",
                    "public_id",
                    models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True),
                )
            ],
        )
    ]
