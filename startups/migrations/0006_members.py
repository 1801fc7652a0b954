"""Who was in an organisation, when and as what; requests to join. See `sql/0006_members.sql`."""

import django.db.models.deletion
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """Two columns, one table, guards."""

    dependencies = [
        ('startups', '0005_receipts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='joined_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='membership',
            name='left_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        # whoever was in before this was recorded is taken to have come in, and gone, by themselves
        migrations.RunSQL(
            "UPDATE startups_membership SET joined_by_id = user_id, left_by_id = CASE WHEN left_at IS NOT NULL THEN user_id END",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="membership",
            name="joined_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(joined_at__isnull=False, joined_by__isnull=False),
                name="membership_joined_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(left_at__isnull=True, left_by__isnull=True)
                | models.Q(left_at__isnull=False, left_by__isnull=False),
                name="membership_left_pair",
            ),
        ),
        migrations.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('country', models.CharField(max_length=2)),
                ('tax_id', models.CharField(max_length=20)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('is_approved', models.BooleanField(default=False)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='join_requests', to='startups.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('organisation', 'asked_by'), name='one_open_join_request'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved', False)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('withdrawn_at__isnull', True)), _connector='OR'), name='join_request_answered_pair')],
            },
        ),
        run_sql(__file__, "0006_members.sql"),
    ]
