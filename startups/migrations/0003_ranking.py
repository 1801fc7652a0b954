"""Abnormally low offers and their hearing; shortlists and presentations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [
        ('challenges', '0003_scoring_terms'),
        ('files', '0001_initial'),
        ('startups', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AbnormalOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer_net', models.DecimalField(decimal_places=2, max_digits=12)),
                ('limit_net', models.DecimalField(decimal_places=2, max_digits=12)),
                ('found_at', models.DateTimeField()),
                ('request', models.TextField(blank=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('is_accepted', models.BooleanField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='abnormal', to='startups.proposal')),
                ('report_before', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('offer_net__lte', models.F('limit_net'))), name='abnormal_below_limit'), models.CheckConstraint(condition=models.Q(models.Q(('asked_at__isnull', True), ('asked_by__isnull', True), ('due_at__isnull', True)), models.Q(('asked_at__isnull', False), ('asked_by__isnull', False), ('due_at__gt', models.F('asked_at'))), _connector='OR'), name='abnormal_asked_whole'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('asked_at__isnull', False)), _connector='OR'), name='abnormal_answered_when_asked'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('is_accepted__isnull', True)), models.Q(('asked_at__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('is_accepted__isnull', False), models.Q(('answered_at__isnull', False), ('due_at__lte', models.F('decided_at')), _connector='OR')), _connector='OR'), name='abnormal_decided_after_hearing')],
            },
        ),
        migrations.CreateModel(
            name='PitchScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveSmallIntegerField()),
                ('reason', models.TextField(max_length=4000)),
                ('given_at', models.DateTimeField()),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.criterion')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.panelmember')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pitch_scores', to='startups.proposal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'proposal', 'criterion'), name='one_pitch_score'), models.CheckConstraint(condition=models.Q(('points__gte', 0), ('points__lte', 5)), name='pitch_score_in_range'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='pitch_score_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Shortlist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.JSONField()),
                ('presents_at', models.DateTimeField()),
                ('place', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('challenge', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('made_at__isnull', False), ('made_by__isnull', False)), name='shortlist_made_by_somebody')],
            },
        ),
        run_sql(__file__, "0018_ranking.sql"),
    ]
