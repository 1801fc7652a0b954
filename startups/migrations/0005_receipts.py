"""The chain of receipts in the open; entries in the official register."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/0005_receipts.sql`."""

    dependencies = [
        ("startups", "0004_competitors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="code_hash",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="PublishedHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("until", models.DateTimeField()),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("published_at__gte", models.F("until"))), name="head_after_its_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hash__regex", "^[0-9a-f]{64}$")), name="head_hash_is_sha256"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40)),
                ("recorded_at", models.DateTimeField()),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_entries",
                        to="startups.receipt",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("recorded_at__isnull", False), ("recorded_by__isnull", False)),
                        name="external_entry_by_somebody",
                    )
                ],
            },
        ),
        run_sql(__file__, "0005_receipts.sql"),
    ]
