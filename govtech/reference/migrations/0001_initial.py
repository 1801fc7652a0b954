import django.core.validators
import django.db.models.deletion
import govtech.reference.terms
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CpvCode',
            fields=[
                ('code', models.CharField(max_length=10, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('^\\d{8}-\\d$', 'A CPV code is written like 72000000-5.')], verbose_name='code')),
                ('label', models.CharField(max_length=200, verbose_name='label')),
                ('label_en', models.CharField(blank=True, max_length=200, verbose_name='label in English')),
            ],
            options={
                'verbose_name': 'CPV code',
                'verbose_name_plural': 'CPV codes',
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(unique=True, verbose_name='day')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
            ],
            options={
                'verbose_name': 'holiday',
                'verbose_name_plural': 'holidays',
            },
        ),
        migrations.CreateModel(
            name='PolicyArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='address')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='name in English')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'policy area',
                'verbose_name_plural': 'policy areas',
            },
        ),
        migrations.CreateModel(
            name='District',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99)], verbose_name='number')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('slug', models.SlugField(unique=True, verbose_name='address')),
            ],
            options={
                'verbose_name': 'district',
                'verbose_name_plural': 'districts',
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='district_number_positive')],
            },
        ),
        migrations.CreateModel(
            name='Rules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(unique=True, verbose_name='in force from')),
                ('minor_contract_limit_net', models.DecimalField(decimal_places=2, default='15000.00', help_text='Euros, VAT not included. The estimated value must stay under it.', max_digits=12, verbose_name='minor contract limit')),
                ('vat_rate', models.DecimalField(decimal_places=2, default='21.00', help_text='Percent, general rate.', max_digits=5, verbose_name='VAT rate')),
                ('consensus_range', models.PositiveSmallIntegerField(default=2, help_text='Points between the highest and the lowest score of a criterion.', verbose_name='range that needs consensus')),
                ('minimum_sheets', models.PositiveSmallIntegerField(default=2, help_text='Score sheets of voting members.', verbose_name='complete sheets a proposal needs')),
                ('opening_delay_hours', models.PositiveSmallIntegerField(default=24, help_text='Time to extend after a technical incident.', verbose_name='hours between closing and opening')),
                ('open_days_minimum', models.PositiveSmallIntegerField(default=20, verbose_name='days a call stays open, at least')),
                ('questions_close_days', models.PositiveSmallIntegerField(default=12, verbose_name='days before closing when questions end')),
                ('answers_due_days', models.PositiveSmallIntegerField(default=6, verbose_name='days before closing when answers are due')),
                ('winner_papers_working_days', models.PositiveSmallIntegerField(default=10, help_text='For the proposed winner.', verbose_name='working days to hand in papers')),
                ('correction_days', models.PositiveSmallIntegerField(default=3, verbose_name='days to correct an admission')),
                ('acceptance_days', models.PositiveSmallIntegerField(default=30, verbose_name='days to accept a deliverable')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, verbose_name='days to pay an invoice')),
                ('review_working_days', models.PositiveSmallIntegerField(default=10, help_text='What the Office promises the departments.', verbose_name='working days to review a challenge')),
                ('correction_open_percent', models.PositiveSmallIntegerField(default=50, help_text='Percent of the days the call was open for at first (Ley 9/2017, art. 136.2).', verbose_name='part of the open time left after a substantial correction')),
                ('terms', models.JSONField(default=govtech.reference.terms.defaults, help_text="For each term: unit, starts (from when), last_day (if it isn't a working day), source.", verbose_name='how each term is counted')),
                ('source', models.TextField(blank=True, help_text='The law or decision behind each number.', verbose_name='source')),
            ],
            options={
                'verbose_name': 'rules',
                'verbose_name_plural': 'rules',
                'constraints': [models.CheckConstraint(condition=models.Q(('minor_contract_limit_net__gt', 0)), name='rules_limit_positive'), models.CheckConstraint(condition=models.Q(('vat_rate__gte', 0), ('vat_rate__lte', 100)), name='rules_vat_rate_is_percent'), models.CheckConstraint(condition=models.Q(('answers_due_days__lt', models.F('questions_close_days')), ('questions_close_days__lt', models.F('open_days_minimum'))), name='rules_question_terms_in_order'), models.CheckConstraint(condition=models.Q(('minimum_sheets__gte', 1)), name='rules_sheets_positive'), models.CheckConstraint(condition=models.Q(('review_working_days__gte', 1)), name='rules_review_days_positive'), models.CheckConstraint(condition=models.Q(('correction_open_percent__gte', 1), ('correction_open_percent__lte', 100)), name='rules_correction_is_percent')],
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=160, verbose_name='name in English')),
                ('short_name', models.CharField(max_length=60, verbose_name='short name')),
                ('kind', models.CharField(choices=[('area', 'Government area'), ('district', 'District'), ('body', 'Attached body'), ('office', 'Office')], max_length=10, verbose_name='kind')),
                ('dir3', models.CharField(blank=True, max_length=9, validators=[django.core.validators.RegexValidator('^[A-Z]{1,2}\\d{7,8}$', 'A DIR3 code has nine characters, as in L01280796.')], verbose_name='DIR3')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='exists from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='exists until')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='reference.department', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['area', 'district', 'body', 'office'])), name='department_kind_known'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_from', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='department_dates_in_order'), models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='department_not_its_own_parent')],
            },
        ),
    ]
