"""Profiles: companies that count for the size, past work, emerging company, logo, search."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Three tables and columns of organisations."""

    dependencies = [
        ('files', '0001_initial'),
        ('reference', '0003_terms_as_data'),
        ('startups', '0010_writing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EmergingCompany',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('long_sector', models.BooleanField(null=True)),
                ('is_new', models.BooleanField(null=True)),
                ('keeps_profits', models.BooleanField(null=True)),
                ('is_unlisted', models.BooleanField(null=True)),
                ('is_in_spain', models.BooleanField(null=True)),
                ('staff_in_spain', models.BooleanField(null=True)),
                ('group_meets', models.BooleanField(null=True)),
                ('is_innovative', models.BooleanField(null=True)),
                ('certificate', models.CharField(blank=True, max_length=60)),
                ('certified_on', models.DateField(null=True)),
                ('saved_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PastWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=140)),
                ('client', models.CharField(max_length=140)),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1950), django.core.validators.MaxValueValidator(2100)])),
                ('summary', models.CharField(blank=True, max_length=600)),
                ('url', models.URLField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='RelatedCompany',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('relation', models.CharField(choices=[('partner', 'partner: one holds from 25 % to 50 % of the other'), ('linked', 'linked: one controls the other, or holds more than 50 %')], max_length=7)),
                ('share', models.DecimalField(decimal_places=2, max_digits=5)),
                ('staff', models.PositiveIntegerField()),
                ('turnover', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('balance', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='organisation',
            name='capabilities',
            field=models.CharField(blank=True, max_length=600, verbose_name='capabilities'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='earlier_balance',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='earlier_staff',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='earlier_turnover',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='is_public_body',
            field=models.BooleanField(blank=True, null=True, verbose_name='held by public bodies'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='logo',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='size',
            field=models.CharField(blank=True, editable=False, max_length=6),
        ),
        migrations.AddField(
            model_name='organisation',
            name='trl',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='maturity of what it offers'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='search',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.expressions.RawSQL("\n  setweight(to_tsvector('portal_es'::regconfig, name), 'A') ||\n  setweight(to_tsvector('portal_es'::regconfig, capabilities), 'B') ||\n  setweight(to_tsvector('portal_es'::regconfig, description), 'C')\n", ()), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='organisation_search'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(models.F('name'), models.F('id'), condition=models.Q(('is_listed', True), ('withdrawn_at__isnull', True)), name='organisation_listed'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('trl__isnull', True), models.Q(('trl__gte', 1), ('trl__lte', 9)), _connector='OR'), name='organisation_trl_known'),
        ),
        migrations.AddField(
            model_name='emergingcompany',
            name='organisation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='emerging', to='startups.organisation'),
        ),
        migrations.AddField(
            model_name='emergingcompany',
            name='saved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pastwork',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_work', to='startups.organisation'),
        ),
        migrations.AddField(
            model_name='relatedcompany',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='related_companies', to='startups.organisation'),
        ),
        migrations.AddConstraint(
            model_name='emergingcompany',
            constraint=models.CheckConstraint(condition=models.Q(('saved_at__isnull', False), ('saved_by__isnull', False)), name='emerging_saved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='emergingcompany',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('certificate', ''), ('certified_on__isnull', True)), models.Q(models.Q(('certificate', ''), _negated=True), ('certified_on__isnull', False)), _connector='OR'), name='emerging_certificate_dated'),
        ),
        migrations.AddConstraint(
            model_name='pastwork',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 1950), ('year__lte', 2100)), name='past_work_year_known'),
        ),
        migrations.AddConstraint(
            model_name='relatedcompany',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('relation', 'partner'), ('share__gte', 25), ('share__lte', 50)), models.Q(('relation', 'linked'), ('share__lte', 100)), _connector='OR'), name='related_share_fits'),
        ),
    ]
