"""Openings with a reason, stopped proposals, rules broken, clarifications, keys with a way back."""

import django.db.models.deletion
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/0009_opening.sql`."""

    dependencies = [
        ("challenges", "0007_catalogue_indexes"),
        ("files", "0001_initial"),
        ("startups", "0008_uploads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="opening",
            name="reason",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="proposal",
            name="exclusion_rule",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.CreateModel(
            name="Clarification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True),
                ),
                ("text", models.TextField()),
                ("concerns_all", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="challenges.challenge"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClarificationAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clarification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="startups.clarification"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clarifications",
                        to="startups.proposal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CorrectionFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True),
                ),
                ("name", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction_files",
                        to="startups.proposal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LateOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_at", models.DateTimeField()),
                ("witnessed_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("entry", models.JSONField()),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="late_opening", to="startups.proposal"
                    ),
                ),
                (
                    "witnessed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="clarification",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_at__isnull", False), ("asked_by__isnull", False)),
                name="clarification_asked_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="clarificationanswer",
            constraint=models.UniqueConstraint(fields=("clarification", "proposal"), name="one_answer_a_proposal"),
        ),
        migrations.AddConstraint(
            model_name="clarificationanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="clarification_answered_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="lateopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opened_at__isnull", False),
                    ("witnessed_at__isnull", False),
                    models.Q(("opened_by", models.F("witnessed_by")), _negated=True),
                ),
                name="late_opening_by_two_people",
            ),
        ),
        migrations.AlterField(
            model_name="envelopekey",
            name="wrapped_with",
            field=models.CharField(max_length=64),
        ),
        migrations.AddField(
            model_name="envelopekey",
            name="recovery",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="envelopekey",
            name="recovery_with",
            field=models.CharField(blank=True, max_length=16),
        ),
        run_sql(__file__, "0009_opening.sql"),
    ]
