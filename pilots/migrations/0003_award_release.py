"""Individual notices, formal publication, requests to review, and the kind of a paper."""

import django.db.models.deletion
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""


    dependencies = [
        ('files', '0001_initial'),
        ('pilots', '0002_guards'),
        ('startups', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FormalPublication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=80, verbose_name='reference of the publication')),
                ('url', models.URLField(blank=True, verbose_name='its address')),
                ('published_on', models.DateField(verbose_name='published on')),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('outcome', models.CharField(choices=[('awarded', 'awarded'), ('reserve', 'on the reserve list'), ('not_selected', 'not selected'), ('excluded', 'excluded'), ('lapsed', 'the reserve list is over')], max_length=12)),
                ('content', models.JSONField()),
                ('released_at', models.DateTimeField()),
                ('served_on', models.DateField(null=True, verbose_name='formally notified on')),
                ('served_reference', models.CharField(blank=True, max_length=80, verbose_name='reference of the notification')),
                ('recorded_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('text', models.TextField(max_length=10000, verbose_name='what you ask for, and why')),
                ('lodged_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('is_late', models.BooleanField(default=False)),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'upheld'), ('partly', 'upheld in part'), ('dismissed', 'dismissed'), ('not_admitted', 'not admitted')], max_length=12)),
                ('answer', models.TextField(blank=True, max_length=10000, verbose_name='answer')),
                ('answered_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='awardpaper',
            name='kind',
            field=models.CharField(choices=[('register', 'entry in its register, or deed'), ('power', 'power to act for the organisation'), ('tax', 'certificate: taxes paid'), ('social_security', 'certificate: social security paid'), ('not_barred', 'declaration: not barred from contracts'), ('insurance', 'liability insurance'), ('emerging', 'certificate of emerging company (Law 28/2022)'), ('other', 'other paper')], default='other', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='awardpaper',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['register', 'power', 'tax', 'social_security', 'not_barred', 'insurance', 'emerging', 'other'])), name='award_paper_kind_known'),
        ),
        migrations.AddField(
            model_name='formalpublication',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='formalpublication',
            name='resolution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='pilots.resolution'),
        ),
        migrations.AddField(
            model_name='letter',
            name='proposal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='startups.proposal'),
        ),
        migrations.AddField(
            model_name='letter',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='letter',
            name='released_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='letter',
            name='resolution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='pilots.resolution'),
        ),
        migrations.AddField(
            model_name='reviewrequest',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewrequest',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile'),
        ),
        migrations.AddField(
            model_name='reviewrequest',
            name='letter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='pilots.letter'),
        ),
        migrations.AddField(
            model_name='reviewrequest',
            name='lodged_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='formalpublication',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_at__isnull', False), ('recorded_by__isnull', False)), name='publication_recorded_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['awarded', 'reserve', 'not_selected', 'excluded', 'lapsed'])), name='letter_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('released_at__isnull', False), ('released_by__isnull', False)), name='letter_released_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('recorded_at__isnull', True), ('recorded_by__isnull', True), ('served_on__isnull', True)), models.Q(('recorded_at__isnull', False), ('recorded_by__isnull', False), ('served_on__isnull', False)), _connector='OR'), name='letter_served_whole'),
        ),
        migrations.AddConstraint(
            model_name='reviewrequest',
            constraint=models.CheckConstraint(condition=models.Q(('lodged_at__isnull', False), ('lodged_by__isnull', False)), name='review_lodged_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='reviewrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('outcome', '')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('outcome__in', ['upheld', 'partly', 'dismissed', 'not_admitted']), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='review_answered_whole'),
        ),
        migrations.AddConstraint(
            model_name='reviewrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('letter',), name='one_open_review_a_letter'),
        ),
        run_sql(__file__, "0004_letters.sql"),
    ]
