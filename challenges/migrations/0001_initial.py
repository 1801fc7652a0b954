import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('files', '0001_initial'),
        ('reference', '0002_portal_rule'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        run_sql(__file__, "0001_search.sql"),
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('reference', models.CharField(editable=False, max_length=20, null=True, unique=True)),
                ('slug', models.SlugField(editable=False, max_length=120, null=True, unique=True)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('submitted', 'under review'), ('returned', 'returned'), ('rejected', 'rejected'), ('published', 'published'), ('evaluating', 'in evaluation'), ('awarded', 'awarded'), ('piloting', 'in pilot'), ('finished', 'finished'), ('void', 'void'), ('waived', 'waived'), ('desisted', 'desisted'), ('cancelled', 'cancelled')], default='draft', editable=False, max_length=12)),
                ('title', models.CharField(max_length=140, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=140, verbose_name='title in English')),
                ('summary', models.CharField(blank=True, max_length=400, verbose_name='summary')),
                ('summary_en', models.CharField(blank=True, max_length=400, verbose_name='summary in English')),
                ('problem', models.TextField(blank=True, max_length=10000, verbose_name='what happens and why it matters')),
                ('problem_en', models.TextField(blank=True, max_length=10000, verbose_name='what happens, in English')),
                ('affected', models.TextField(blank=True, max_length=10000, verbose_name='who has the problem and how big it is')),
                ('affected_en', models.TextField(blank=True, max_length=10000, verbose_name='who has the problem, in English')),
                ('tried', models.TextField(blank=True, max_length=10000, verbose_name='what has been tried')),
                ('tried_en', models.TextField(blank=True, max_length=10000, verbose_name='what has been tried, in English')),
                ('outcome', models.TextField(blank=True, max_length=10000, verbose_name='what must be achieved')),
                ('outcome_en', models.TextField(blank=True, max_length=10000, verbose_name='what must be achieved, in English')),
                ('baseline', models.CharField(blank=True, max_length=300, verbose_name="today's figure")),
                ('baseline_en', models.CharField(blank=True, max_length=300, verbose_name="today's figure, in English")),
                ('target', models.CharField(blank=True, max_length=300, verbose_name='target')),
                ('target_en', models.CharField(blank=True, max_length=300, verbose_name='target, in English')),
                ('place', models.TextField(blank=True, max_length=10000, verbose_name='where it would be tried')),
                ('place_en', models.TextField(blank=True, max_length=10000, verbose_name='where it would be tried, in English')),
                ('systems', models.TextField(blank=True, max_length=10000, verbose_name='systems it must live with')),
                ('systems_en', models.TextField(blank=True, max_length=10000, verbose_name='systems, in English')),
                ('data_available', models.TextField(blank=True, max_length=10000, verbose_name='data the service can give')),
                ('data_available_en', models.TextField(blank=True, max_length=10000, verbose_name='data, in English')),
                ('has_personal_data', models.BooleanField(blank=True, null=True, verbose_name='are there personal data?')),
                ('legal_limits', models.TextField(blank=True, max_length=10000, verbose_name='legal limits')),
                ('legal_limits_en', models.TextField(blank=True, max_length=10000, verbose_name='legal limits, in English')),
                ('duration_months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='length in months')),
                ('contribution', models.TextField(blank=True, max_length=10000, verbose_name='what the city puts in')),
                ('contribution_en', models.TextField(blank=True, max_length=10000, verbose_name='what the city puts in, in English')),
                ('adoption', models.TextField(blank=True, max_length=10000, verbose_name='who would pay for it afterwards')),
                ('adoption_en', models.TextField(blank=True, max_length=10000, verbose_name='who would pay for it afterwards, in English')),
                ('max_amount_net', models.DecimalField(blank=True, decimal_places=2, help_text='Euros, VAT not included.', max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='maximum amount of each award, without VAT')),
                ('awards_planned', models.PositiveSmallIntegerField(default=1, verbose_name='number of awards')),
                ('options_net', models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name='options and foreseen extensions, without VAT')),
                ('independent_objects_reason', models.TextField(blank=True, verbose_name='why the awards are independent objects')),
                ('pass_mark', models.DecimalField(decimal_places=2, default=60, max_digits=5, verbose_name='minimum total to be awarded')),
                ('publish_at', models.DateTimeField(blank=True, null=True, verbose_name='publication')),
                ('opens_at', models.DateTimeField(blank=True, null=True, verbose_name='opens')),
                ('questions_close_at', models.DateTimeField(blank=True, null=True, verbose_name='questions until')),
                ('answers_due_at', models.DateTimeField(blank=True, null=True, verbose_name='answers until')),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='closes')),
                ('evaluation_until', models.DateField(blank=True, null=True, verbose_name='evaluation until')),
                ('award_until', models.DateField(blank=True, null=True, verbose_name='award until')),
                ('pilot_starts_on', models.DateField(blank=True, null=True, verbose_name='pilot starts')),
                ('route', models.CharField(choices=[('minor', 'minor contract'), ('open', 'open procedure'), ('simplified', 'simplified open procedure'), ('design_contest', 'design contest'), ('innovation_partnership', 'innovation partnership')], default='minor', max_length=24)),
                ('ip_clause', models.TextField(blank=True, verbose_name='intellectual property')),
                ('data_clause', models.TextField(blank=True, verbose_name='data processing')),
                ('subcontracting_clause', models.TextField(blank=True, verbose_name='subcontracting')),
                ('offer_validity_days', models.PositiveSmallIntegerField(default=90, verbose_name='offers bind for, in days')),
                ('reserve_list_length', models.PositiveSmallIntegerField(default=2, verbose_name='length of the reserve list')),
                ('publishes_identities', models.BooleanField(default=False, verbose_name='publishes who took part')),
                ('case_file', models.CharField(blank=True, max_length=60, verbose_name='case file')),
                ('buyer_profile_url', models.URLField(blank=True, verbose_name='buyer profile')),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_reason', models.TextField(blank=True)),
                ('proposal_count', models.PositiveIntegerField(null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.RawSQL("\n  setweight(to_tsvector('portal_es'::regconfig, coalesce(title, '') || ' ' || coalesce(reference, '')), 'A') ||\n  setweight(to_tsvector('portal_en'::regconfig, title_en), 'A') ||\n  setweight(to_tsvector('portal_es'::regconfig, summary), 'B') ||\n  setweight(to_tsvector('portal_en'::regconfig, summary_en), 'B') ||\n  setweight(to_tsvector('portal_es'::regconfig,\n    problem || ' ' || affected || ' ' || tried || ' ' || outcome || ' ' || baseline || ' ' || target || ' ' ||\n    place || ' ' || systems || ' ' || data_available || ' ' || contribution), 'C') ||\n  setweight(to_tsvector('portal_en'::regconfig,\n    problem_en || ' ' || affected_en || ' ' || tried_en || ' ' || outcome_en || ' ' || baseline_en || ' ' ||\n    target_en || ' ' || place_en || ' ' || systems_en || ' ' || data_available_en || ' ' || contribution_en), 'C')\n", ()), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('cpv', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.cpvcode')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.department')),
                ('districts', models.ManyToManyField(blank=True, related_name='+', to='reference.district', verbose_name='districts')),
                ('independent_objects_report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('needs_report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('policy_area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.policyarea')),
            ],
            options={
                'indexes': [models.Index(fields=['status', 'publish_at'], name='challenge_status_publish'), models.Index(fields=['closes_at', 'id'], name='challenge_closes'), models.Index(fields=['department', 'status'], name='challenge_department'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='challenge_search')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'returned', 'rejected', 'published', 'evaluating', 'awarded', 'piloting', 'finished', 'void', 'waived', 'desisted', 'cancelled'])), name='challenge_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['awarded', 'cancelled', 'desisted', 'evaluating', 'finished', 'piloting', 'published', 'void', 'waived']), _negated=True), models.Q(('approved_at__isnull', False), ('closes_at__isnull', False), ('max_amount_net__gt', 0), ('opens_at__isnull', False), ('publish_at__isnull', False), ('reference__isnull', False), ('slug__isnull', False)), _connector='OR'), name='challenge_launched_is_complete'), models.CheckConstraint(condition=models.Q(models.Q(('publish_at__isnull', True), ('opens_at__isnull', True), ('publish_at__lte', models.F('opens_at')), _connector='OR'), models.Q(('opens_at__isnull', True), ('closes_at__isnull', True), ('opens_at__lt', models.F('closes_at')), _connector='OR'), models.Q(('questions_close_at__isnull', True), ('closes_at__isnull', True), ('questions_close_at__lte', models.F('closes_at')), _connector='OR')), name='challenge_calendar_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('max_amount_net__isnull', True), ('max_amount_net__gte', 0), _connector='OR'), ('options_net__gte', 0)), name='challenge_amounts_not_negative'), models.CheckConstraint(condition=models.Q(('duration_months__isnull', True), models.Q(('duration_months__gte', 1), ('duration_months__lte', 12)), _connector='OR'), name='challenge_pilot_at_most_a_year'), models.CheckConstraint(condition=models.Q(('awards_planned__gte', 1), ('awards_planned__lte', 20)), name='challenge_awards_planned_positive'), models.CheckConstraint(condition=models.Q(('pass_mark__gte', 0), ('pass_mark__lte', 100)), name='challenge_pass_mark_in_range')],
            },
        ),
        migrations.CreateModel(
            name='ChallengeDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=140)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='challenges.challenge')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='ChallengeStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=20)),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='challenges.challenge')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'key'), name='one_step_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('saved_at__isnull', True), ('saved_by__isnull', True)), models.Q(('saved_at__isnull', False), ('saved_by__isnull', False)), _connector='OR'), name='step_saved_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('text', 'correction'), ('deadline', 'longer deadline'), ('incident', 'longer deadline after a technical incident'), ('end', 'end of the call')], max_length=10)),
                ('field', models.CharField(blank=True, max_length=40)),
                ('old_text', models.TextField(blank=True)),
                ('new_text', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('published_at', models.DateTimeField()),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='challenges.challenge')),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'number'), name='correction_numbered'), models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'deadline', 'incident', 'end'])), name='correction_kind_known'), models.CheckConstraint(condition=models.Q(('published_at__isnull', False), ('published_by__isnull', False)), name='correction_published_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('judgement', 'value judgement'), ('formula', 'formula (price)')], default='judgement', max_length=10)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                ('guidance', models.TextField(blank=True, verbose_name='what will be looked at')),
                ('guidance_en', models.TextField(blank=True, verbose_name='what will be looked at, in English')),
                ('weight_percent', models.PositiveSmallIntegerField(verbose_name='weight')),
                ('threshold_points', models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name='minimum points')),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='challenges.challenge')),
            ],
            options={
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('challenge', 'position'), name='criterion_in_order'), models.UniqueConstraint(condition=models.Q(('kind', 'formula')), fields=('challenge',), name='one_formula'), models.CheckConstraint(condition=models.Q(('kind__in', ['judgement', 'formula'])), name='criterion_kind_known'), models.CheckConstraint(condition=models.Q(('weight_percent__gte', 1), ('weight_percent__lte', 100)), name='criterion_weight_in_range'), models.CheckConstraint(condition=models.Q(('threshold_points__gte', 0), ('threshold_points__lte', models.F('weight_percent'))), name='criterion_threshold_reachable')],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('challenge', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='challenges.challenge')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reference.department')),
                ('policy_area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reference.policyarea')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('challenge__isnull', False), ('department__isnull', True), ('policy_area__isnull', True)), models.Q(('challenge__isnull', True), ('department__isnull', True), ('policy_area__isnull', False)), models.Q(('challenge__isnull', True), ('department__isnull', False), ('policy_area__isnull', True)), _connector='OR'), name='follow_one_thing'), models.UniqueConstraint(fields=('user', 'challenge', 'policy_area', 'department'), name='follow_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('text', models.TextField(max_length=2000)),
                ('asked_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True, max_length=10000)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='challenges.challenge')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('asked_at__isnull', False), ('asked_by__isnull', False)), name='question_asked_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='question_answered_whole')],
            },
        ),
        migrations.CreateModel(
            name='ReferenceCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=12)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('prefix', 'year'), name='one_counter_a_year')],
            },
        ),
        migrations.CreateModel(
            name='ReviewComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=20)),
                ('field', models.CharField(blank=True, max_length=40)),
                ('text', models.TextField(max_length=4000)),
                ('made_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_comments', to='challenges.challenge')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('made_at__isnull', False), ('made_by__isnull', False)), name='comment_made_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='comment_resolved_pair')],
            },
        ),
    ]
