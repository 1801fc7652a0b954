import django.db.models.deletion
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """Versions of drafts, preview links, templates, and departments that share a need."""

    dependencies = [
        ('challenges', "0003_review_and_questions"),
        ('files', '0001_initial'),
        ('reference', '0002_portal_rule'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChallengeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('cause', models.CharField(choices=[('work', 'another day or another author'), ('sent', 'sent to the Digital Office'), ('returned', 'returned by the Digital Office')], max_length=10)),
                ('content', models.JSONField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('label', models.CharField(blank=True, max_length=80)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Support',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.TextField(blank=True, max_length=600)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('purpose', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
                ('texts', models.JSONField(blank=True, default=dict)),
                ('criteria', models.JSONField(blank=True, default=list)),
                ('pass_mark', models.DecimalField(decimal_places=2, default=60, max_digits=5)),
                ('saved_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='challenge',
            name='challenge_status_known',
        ),
        migrations.AddField(
            model_name='challenge',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='challenges.challenge'),
        ),
        migrations.AddField(
            model_name='challenge',
            name='shows_idea',
            field=models.BooleanField(default=False, verbose_name='let other departments see this idea'),
        ),
        migrations.AlterField(
            model_name='challenge',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('submitted', 'under review'), ('returned', 'returned'), ('rejected', 'rejected'), ('merged', 'merged into another'), ('published', 'published'), ('evaluating', 'in evaluation'), ('awarded', 'awarded'), ('piloting', 'in pilot'), ('finished', 'finished'), ('void', 'void'), ('waived', 'waived'), ('desisted', 'desisted'), ('cancelled', 'cancelled')], default='draft', editable=False, max_length=12),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'returned', 'rejected', 'merged', 'published', 'evaluating', 'awarded', 'piloting', 'finished', 'void', 'waived', 'desisted', 'cancelled'])), name='challenge_status_known'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('status', 'merged')), models.Q(models.Q(('status', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='challenge_merged_says_into_which'),
        ),
        migrations.AddField(
            model_name='challengeversion',
            name='challenge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='challenges.challenge'),
        ),
        migrations.AddField(
            model_name='challengeversion',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='previewlink',
            name='challenge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preview_links', to='challenges.challenge'),
        ),
        migrations.AddField(
            model_name='previewlink',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='previewlink',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='support',
            name='came_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge'),
        ),
        migrations.AddField(
            model_name='support',
            name='challenge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='challenges.challenge'),
        ),
        migrations.AddField(
            model_name='support',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.department'),
        ),
        migrations.AddField(
            model_name='support',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='template',
            name='retired_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='template',
            name='saved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='challengeversion',
            constraint=models.UniqueConstraint(fields=('challenge', 'number'), name='version_in_order'),
        ),
        migrations.AddConstraint(
            model_name='challengeversion',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['work', 'sent', 'returned'])), name='version_cause_known'),
        ),
        migrations.AddConstraint(
            model_name='previewlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='preview_revoked_pair'),
        ),
        migrations.AddConstraint(
            model_name='previewlink',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='preview_expires_later'),
        ),
        migrations.AddConstraint(
            model_name='support',
            constraint=models.UniqueConstraint(fields=('challenge', 'department'), name='one_support_a_department'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', True), ('retired_by__isnull', True)), models.Q(('retired_at__isnull', False), ('retired_by__isnull', False)), _connector='OR'), name='template_retired_pair'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('pass_mark__gte', 0), ('pass_mark__lte', 100)), name='template_pass_mark_in_range'),
        ),
        run_sql(__file__, "0004_versions.sql"),
    ]
