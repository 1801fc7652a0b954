"""Comments that are answered, closed and opened again; who reviews; incidents; drafts and corrections of answers."""

import django.db.models.deletion
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See also `sql/0003_review.sql`."""

    dependencies = [
        ("challenges", "0002_guards"),
        ("files", "0001_initial"),
        ("reference", "0003_terms_as_data"),
        ("audit", "0002_chain"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("old_text", models.TextField()),
                ("new_text", models.TextField()),
                ("reason", models.TextField(max_length=2000)),
                ("published_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("text", models.TextField(max_length=2000)),
                ("recorded_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="IncidentEffect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.CharField(max_length=40)),
                ("target_label", models.CharField(max_length=60)),
                ("target_id", models.BigIntegerField()),
                ("is_public", models.BooleanField()),
                ("old", models.DateTimeField()),
                ("new", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField(null=True)),
                ("seen_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_kind_known",
        ),
        migrations.AddField(
            model_name="correction",
            name="new_file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="old_file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="draft",
            field=models.TextField(blank=True, max_length=10000),
        ),
        migrations.AddField(
            model_name="question",
            name="draft_saved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="draft_saved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="moved_out_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="moved_out_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="moved_out_reason",
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="closed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="reopened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="reply",
            field=models.TextField(blank=True, max_length=4000),
        ),
        migrations.AlterField(
            model_name="correction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("text", "correction"),
                    ("criteria", "correction of the criteria"),
                    ("amount", "correction of the amount"),
                    ("document", "correction of a document"),
                    ("deadline", "longer deadline"),
                    ("incident", "longer deadline after a technical incident"),
                    ("end", "end of the call"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["text", "criteria", "amount", "document", "deadline", "incident", "end"])
                ),
                name="correction_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("draft", ""), ("draft_saved_at__isnull", True), ("draft_saved_by__isnull", True)),
                    models.Q(("draft_saved_at__isnull", False), ("draft_saved_by__isnull", False)),
                    _connector="OR",
                ),
                name="question_draft_saved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("moved_out_at__isnull", True), ("moved_out_by__isnull", True), ("moved_out_reason", "")),
                    models.Q(
                        ("moved_out_at__isnull", False),
                        ("moved_out_by__isnull", False),
                        models.Q(("moved_out_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="question_moved_out_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcomment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="comment_closed_pair",
            ),
        ),
        migrations.AddField(
            model_name="answercorrection",
            name="published_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="answercorrection",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="challenges.question"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="applied_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="incidenteffect",
            name="challenge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="challenges.challenge"
            ),
        ),
        migrations.AddField(
            model_name="incidenteffect",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="effects", to="challenges.incident"
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="challenge",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="review", to="challenges.challenge"
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="reviewer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="answercorrection",
            constraint=models.UniqueConstraint(fields=("question", "number"), name="answer_correction_numbered"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__gt", models.F("began_at"))), name="incident_ends_after_it_began"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("recorded_at__gte", models.F("ended_at"))), name="incident_recorded_when_over"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at__isnull", True), ("applied_by__isnull", True)),
                    models.Q(("applied_at__isnull", False), ("applied_by__isnull", False)),
                    _connector="OR",
                ),
                name="incident_applied_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidenteffect",
            constraint=models.UniqueConstraint(
                fields=("incident", "term", "target_label", "target_id"), name="incident_moves_a_deadline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="incidenteffect",
            constraint=models.CheckConstraint(
                condition=models.Q(("new__gt", models.F("old"))), name="incident_only_moves_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewer__isnull", True), ("taken_at__isnull", True)),
                    models.Q(("reviewer__isnull", False), ("taken_at__isnull", False)),
                    _connector="OR",
                ),
                name="review_taken_pair",
            ),
        ),
        run_sql(__file__, "0003_review.sql"),
    ]
