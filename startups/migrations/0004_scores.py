"""Sheets that save themselves, sessions, agreed scores, who scores in whose stead; and locked scores that stay."""

import django.db.models.deletion
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('challenges', '0002_guards'),
        ('startups', '0003_ranking'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreedScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveSmallIntegerField(null=True)),
                ('reason', models.TextField(max_length=4000)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('chair', 'chair'), ('member', 'member'), ('substitute', 'substitute'), ('secretary', 'secretary, without vote'), ('adviser', 'with voice, without vote')], max_length=10)),
                ('is_present', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='PanelQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('text', models.TextField(max_length=2000)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'with the secretary'), ('sent', 'sent to the organisation'), ('declined', 'not sent')], default='waiting', editable=False, max_length=8)),
                ('answer', models.TextField(blank=True, max_length=2000)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PanelSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('held_at', models.DateTimeField()),
                ('mode', models.CharField(choices=[('in_person', 'in person'), ('remote', 'at a distance'), ('mixed', 'some in person, some at a distance')], max_length=9)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('agenda', models.TextField(max_length=4000)),
                ('notes', models.TextField(blank=True, max_length=8000)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Reassignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(max_length=1000)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(max_length=1000)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='score',
            name='is_unable',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='note',
            field=models.TextField(blank=True, max_length=4000),
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='saved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='saved_from',
            field=models.CharField(blank=True, max_length=36),
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='saved_turn',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='version',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.CheckConstraint(condition=models.Q(('is_unable', False), ('points__isnull', True), _connector='OR'), name='unable_gives_no_points'),
        ),
        migrations.AddField(
            model_name='agreedscore',
            name='criterion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.criterion'),
        ),
        migrations.AddField(
            model_name='agreedscore',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreedscore',
            name='proposal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreed_scores', to='startups.proposal'),
        ),
        migrations.AddField(
            model_name='attendance',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.panelmember'),
        ),
        migrations.AddField(
            model_name='panelquestion',
            name='clarification',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.clarification'),
        ),
        migrations.AddField(
            model_name='panelquestion',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.panelmember'),
        ),
        migrations.AddField(
            model_name='panelquestion',
            name='proposal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel_questions', to='startups.proposal'),
        ),
        migrations.AddField(
            model_name='panelquestion',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='panelsession',
            name='challenge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge'),
        ),
        migrations.AddField(
            model_name='panelsession',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attendance',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='startups.panelsession'),
        ),
        migrations.AddField(
            model_name='agreedscore',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreed_scores', to='startups.panelsession'),
        ),
        migrations.AddField(
            model_name='reassignment',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reassignment',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reassignments', to='startups.panelmember'),
        ),
        migrations.AddField(
            model_name='reassignment',
            name='proposal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.proposal'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='first',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='startups.panelmember'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='replacement',
            name='second',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='startups.panelmember'),
        ),
        migrations.AddConstraint(
            model_name='panelquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clarification', None), ('settled_at__isnull', True), ('settled_by__isnull', True), ('state', 'waiting')), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(models.Q(('clarification__isnull', False), ('state', 'sent')), models.Q(('state', 'declined'), models.Q(('answer', ''), _negated=True)), _connector='OR')), _connector='OR'), name='panel_question_settled_whole'),
        ),
        migrations.AddConstraint(
            model_name='panelsession',
            constraint=models.UniqueConstraint(fields=('challenge', 'number'), name='session_numbered'),
        ),
        migrations.AddConstraint(
            model_name='panelsession',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['in_person', 'remote', 'mixed'])), name='session_mode_known'),
        ),
        migrations.AddConstraint(
            model_name='panelsession',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_at__gte', models.F('held_at'))), name='session_recorded_after_it'),
        ),
        migrations.AddConstraint(
            model_name='panelsession',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_at__isnull', False), ('recorded_by__isnull', False)), name='session_recorded_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(fields=('session', 'member'), name='one_attendance'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['chair', 'member', 'substitute', 'secretary', 'adviser'])), name='attended_in_a_role'),
        ),
        migrations.AddConstraint(
            model_name='agreedscore',
            constraint=models.CheckConstraint(condition=models.Q(('points__isnull', True), models.Q(('points__gte', 0), ('points__lte', 5)), _connector='OR'), name='agreed_in_range'),
        ),
        migrations.AddConstraint(
            model_name='agreedscore',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='agreed_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='agreedscore',
            constraint=models.CheckConstraint(condition=models.Q(('made_at__isnull', False), ('made_by__isnull', False)), name='agreed_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='reassignment',
            constraint=models.UniqueConstraint(fields=('member', 'proposal'), name='one_reassignment'),
        ),
        migrations.AddConstraint(
            model_name='reassignment',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reassigned_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='reassignment',
            constraint=models.CheckConstraint(condition=models.Q(('made_at__isnull', False), ('made_by__isnull', False)), name='reassigned_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='replacement',
            constraint=models.CheckConstraint(condition=models.Q(('first', models.F('second')), _negated=True), name='replaced_by_another'),
        ),
        migrations.AddConstraint(
            model_name='replacement',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='replaced_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='replacement',
            constraint=models.CheckConstraint(condition=models.Q(('made_at__isnull', False), ('made_by__isnull', False)), name='replaced_by_somebody'),
        ),
        run_sql(__file__, '0019_scores.sql'),
    ]
