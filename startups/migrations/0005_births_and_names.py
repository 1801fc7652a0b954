"""Names for addresses of memberships and invitations, what a check looked at, and an owner from birth."""

from django.db import migrations, models

import govtech.ids
from govtech.audit.sqlfiles import run_sql

# A membership is never changed: the rows there are get their name as the column is made.
NAME = "substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)"


def named(model: str, table: str) -> list[object]:
    """Return the operations that give each row of a model a random name of its own."""
    field = models.CharField(default=govtech.ids.public_id, editable=False, max_length=12)
    add = f"ALTER TABLE {table} ADD COLUMN public_id varchar(12) NOT NULL DEFAULT {NAME}"
    return [
        migrations.RunSQL(
            [add, f"ALTER TABLE {table} ALTER COLUMN public_id DROP DEFAULT"],
            f"ALTER TABLE {table} DROP COLUMN public_id",
            state_operations=[migrations.AddField(model, "public_id", field)],
        ),
        migrations.AlterField(
            model,
            "public_id",
            models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True),
        ),
    ]


class Migration(migrations.Migration):
    """See `sql/0020_births.sql`."""

    dependencies = [("startups", "0004_scores")]

    operations = [
        *named("membership", "startups_membership"),
        *named("invitation", "startups_invitation"),
        migrations.AddField(
            "verificationcheck",
            "paper_words",
            models.CharField(blank=True, default="", editable=False, max_length=400),
            preserve_default=False,
        ),
        run_sql(__file__, "0020_births.sql"),
    ]
