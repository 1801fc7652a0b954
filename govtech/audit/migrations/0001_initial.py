import django.db.models.deletion
import govtech.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('target_label', models.CharField(blank=True, max_length=60)),
                ('target_id', models.CharField(blank=True, max_length=40)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('old', models.CharField(blank=True, max_length=40)),
                ('new', models.CharField(blank=True, max_length=40)),
                ('fields', models.JSONField(default=list)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ('reason', models.TextField(blank=True)),
                ('request_id', models.CharField(blank=True, max_length=40)),
                ('occurred_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['target_label', 'target_id'], name='audit_event_target'), models.Index(fields=['occurred_at', 'id'], name='audit_event_when')],
            },
        ),
        migrations.CreateModel(
            name='ChainLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.CharField(max_length=20)),
                ('seq', models.BigIntegerField()),
                ('row_id', models.BigIntegerField()),
                ('fields', models.TextField()),
                ('prev_hash', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('chain', 'seq'), name='chain_link_in_order'), models.UniqueConstraint(fields=('chain', 'row_id'), name='chain_link_once_a_row')],
            },
        ),
        migrations.CreateModel(
            name='PreparedDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('publication', 'authorise spending and publication'), ('opening', 'open the proposals'), ('award', 'award'), ('void', 'declare void'), ('cancellation', 'cancel'), ('credit', 'change credit'), ('budget_year', 'open a budget year'), ('amount', 'change the amount of a call'), ('termination', 'end the pilot early')], max_length=20)),
                ('target_label', models.CharField(max_length=60)),
                ('target_id', models.BigIntegerField()),
                ('payload', models.JSONField(default=dict)),
                ('comment', models.TextField(blank=True)),
                ('prepared_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('returned_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('returned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['publication', 'opening', 'award', 'void', 'cancellation', 'credit', 'budget_year', 'amount', 'termination'])), name='decision_kind_known'), models.CheckConstraint(condition=models.Q(('prepared_at__isnull', False), ('prepared_by__isnull', False)), name='decision_prepared_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), models.Q(('approved_by', models.F('prepared_by')), _negated=True)), _connector='OR'), name='decision_approved_by_another_person'), models.CheckConstraint(condition=models.Q(models.Q(('returned_at__isnull', True), ('returned_by__isnull', True)), models.Q(('approved_at__isnull', True), ('returned_at__isnull', False), ('returned_by__isnull', False)), _connector='OR'), name='decision_returned_pair'), models.UniqueConstraint(condition=models.Q(('approved_at__isnull', True), ('returned_at__isnull', True)), fields=('kind', 'target_label', 'target_id'), name='one_decision_waiting')],
            },
        ),
    ]
