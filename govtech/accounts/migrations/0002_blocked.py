"""Who was behind an erased account, blocked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """See `govtech.audit.grants.HIDDEN`: the application reads no identity."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BlockedPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.JSONField()),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "erasure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.erasure"
                    ),
                ),
            ],
            options={"verbose_name": "blocked identity", "verbose_name_plural": "blocked identities"},
        ),
    ]
