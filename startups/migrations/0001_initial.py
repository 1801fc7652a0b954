import django.db.models.deletion
import django.db.models.functions.text
import govtech.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('challenges', '0001_initial'),
        ('files', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=160, verbose_name='legal name')),
                ('kind', models.CharField(choices=[('startup', 'startup'), ('sme', 'small or medium company'), ('large', 'large company'), ('self_employed', 'self-employed'), ('university', 'university'), ('research', 'research or technology centre'), ('association', 'foundation or association'), ('other', 'other')], max_length=14, verbose_name='kind')),
                ('country', models.CharField(default='ES', max_length=2, verbose_name='country')),
                ('tax_id', models.CharField(max_length=20, verbose_name='tax number')),
                ('address', models.CharField(blank=True, max_length=240, verbose_name='address')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('description', models.TextField(blank=True, max_length=2000, verbose_name='what it does')),
                ('founded_on', models.DateField(blank=True, null=True, verbose_name='founded')),
                ('staff', models.PositiveIntegerField(blank=True, null=True, verbose_name='staff')),
                ('turnover', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='turnover')),
                ('balance', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='balance sheet total')),
                ('in_group', models.BooleanField(blank=True, null=True, verbose_name='belongs to a group')),
                ('is_listed', models.BooleanField(default=False, verbose_name='shown in the public directory')),
                ('created_at', models.DateTimeField()),
                ('verified_at', models.DateTimeField(null=True)),
                ('verified_note', models.TextField(blank=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('country'), django.db.models.functions.text.Lower('tax_id'), name='one_organisation_a_tax_number'), models.CheckConstraint(condition=models.Q(('kind__in', ['startup', 'sme', 'large', 'self_employed', 'university', 'research', 'association', 'other'])), name='organisation_kind_known'), models.CheckConstraint(condition=models.Q(('created_at__isnull', False), ('created_by__isnull', False)), name='organisation_created_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by__isnull', True)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='organisation_verified_pair'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='organisation_withdrawn_pair')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'owner'), ('editor', 'editor'), ('reader', 'reader')], default='editor', max_length=6)),
                ('joined_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='startups.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('organisation', 'user'), name='one_membership_at_a_time'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'editor', 'reader'])), name='membership_role_known'), models.CheckConstraint(condition=models.Q(('left_at__isnull', True), ('left_at__gte', models.F('joined_at')), _connector='OR'), name='membership_dates_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('owner', 'owner'), ('editor', 'editor'), ('reader', 'reader')], default='editor', max_length=6)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='startups.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('invited_at__isnull', False), ('invited_by__isnull', False)), name='invitation_invited_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False), ('revoked_at__isnull', True)), _connector='OR'), name='invitation_accepted_pair'), models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True)), name='one_open_invitation')],
            },
        ),
        migrations.CreateModel(
            name='PanelMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('role', models.CharField(choices=[('chair', 'chair'), ('member', 'member'), ('substitute', 'substitute'), ('secretary', 'secretary, without vote'), ('adviser', 'with voice, without vote')], max_length=10)),
                ('named_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('declared_at', models.DateTimeField(null=True)),
                ('has_conflict', models.BooleanField(null=True)),
                ('conflict_text', models.TextField(blank=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('challenge', 'user'), name='one_place_on_a_panel'), models.UniqueConstraint(condition=models.Q(('left_at__isnull', True), ('role', 'chair')), fields=('challenge',), name='one_chair'), models.UniqueConstraint(condition=models.Q(('left_at__isnull', True), ('role', 'secretary')), fields=('challenge',), name='one_secretary'), models.CheckConstraint(condition=models.Q(('role__in', ['chair', 'member', 'substitute', 'secretary', 'adviser'])), name='panel_role_known'), models.CheckConstraint(condition=models.Q(('named_at__isnull', False), ('named_by__isnull', False)), name='panel_named_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('declared_at__isnull', True), ('has_conflict__isnull', True)), models.Q(('declared_at__isnull', False), ('has_conflict__isnull', False)), _connector='OR'), name='panel_declared_whole')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('withdrawn', 'withdrawn'), ('admitted', 'admitted'), ('correction_requested', 'correction requested'), ('excluded', 'excluded'), ('evaluated', 'evaluated'), ('awarded', 'awarded'), ('reserve', 'reserve'), ('not_selected', 'not selected')], default='draft', editable=False, max_length=20)),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.TextField(blank=True)),
                ('correction_request', models.TextField(blank=True)),
                ('correction_due_at', models.DateTimeField(null=True)),
                ('correction_text', models.TextField(blank=True)),
                ('corrected_at', models.DateTimeField(null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='startups.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['challenge', 'status'], name='proposal_challenge_status')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'withdrawn', 'admitted', 'correction_requested', 'excluded', 'evaluated', 'awarded', 'reserve', 'not_selected'])), name='proposal_status_known'), models.CheckConstraint(condition=models.Q(('created_at__isnull', False), ('created_by__isnull', False)), name='proposal_created_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['admitted', 'awarded', 'correction_requested', 'evaluated', 'excluded', 'not_selected', 'reserve']), _negated=True), ('opened_at__isnull', False), _connector='OR'), name='proposal_judged_only_when_opened'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['draft', 'withdrawn']), _negated=True), ('opened_at__isnull', True), _connector='OR'), name='proposal_draft_stays_sealed'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='proposal_decided_pair'), models.UniqueConstraint(condition=models.Q(('status', 'withdrawn'), _negated=True), fields=('challenge', 'organisation'), name='one_live_proposal')],
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('lead', 'lead'), ('partner', 'partner')], default='lead', max_length=7)),
                ('is_live', models.BooleanField(default=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='startups.organisation')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='startups.proposal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_live', True)), fields=('challenge', 'organisation'), name='one_live_participation')],
            },
        ),
        migrations.CreateModel(
            name='CriterionReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('edited_at', models.DateTimeField()),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.criterion')),
                ('edited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasons', to='startups.proposal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('proposal', 'criterion'), name='one_reason'), models.CheckConstraint(condition=models.Q(('edited_at__isnull', False), ('edited_by__isnull', False)), name='reason_edited_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='ConflictDeclaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('declared_at', models.DateTimeField()),
                ('has_conflict', models.BooleanField()),
                ('reason', models.TextField(blank=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='startups.panelmember')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.proposal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'proposal'), name='one_declaration'), models.CheckConstraint(condition=models.Q(('has_conflict', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='conflict_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('envelope', models.CharField(choices=[('technical', 'technical'), ('economic', 'economic')], default='technical', max_length=9)),
                ('name', models.BinaryField()),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='startups.proposal')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('added_at__isnull', False), ('added_by__isnull', False)), name='attachment_added_by_somebody'), models.CheckConstraint(condition=models.Q(('envelope__in', ['technical', 'economic'])), name='attachment_envelope_known')],
            },
        ),
        migrations.CreateModel(
            name='ProposalResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.JSONField(default=dict)),
                ('judgement_points', models.DecimalField(decimal_places=2, max_digits=6)),
                ('price_net', models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ('price_points', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ('total_points', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ('passes', models.BooleanField(null=True)),
                ('rank', models.PositiveSmallIntegerField(null=True)),
                ('tie_break', models.CharField(blank=True, max_length=40)),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='startups.proposal')),
            ],
        ),
        migrations.CreateModel(
            name='ProposalSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=20)),
                ('envelope', models.CharField(choices=[('technical', 'technical'), ('economic', 'economic')], default='technical', max_length=9)),
                ('body', models.BinaryField()),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField()),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='startups.proposal')),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('proposal', 'key'), name='one_section_of_a_kind'), models.CheckConstraint(condition=models.Q(('saved_at__isnull', False), ('saved_by__isnull', False)), name='section_saved_by_somebody'), models.CheckConstraint(condition=models.Q(('envelope__in', ['technical', 'economic'])), name='section_envelope_known')],
            },
        ),
        migrations.CreateModel(
            name='ScoreSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('draft', 'in progress'), ('handed_in', 'handed in')], default='draft', editable=False, max_length=9)),
                ('handed_in_at', models.DateTimeField(null=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='startups.panelmember')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='startups.proposal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'proposal'), name='one_sheet'), models.CheckConstraint(condition=models.Q(models.Q(('handed_in_at__isnull', True), ('status', 'draft')), models.Q(('handed_in_at__isnull', False), ('status', 'handed_in')), _connector='OR'), name='sheet_handed_in_whole')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveSmallIntegerField(null=True)),
                ('reason', models.TextField(blank=True, max_length=4000)),
                ('saved_at', models.DateTimeField()),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.criterion')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='startups.scoresheet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sheet', 'criterion'), name='one_score'), models.CheckConstraint(condition=models.Q(('points__isnull', True), models.Q(('points__gte', 0), ('points__lte', 5)), _connector='OR'), name='score_in_range')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('technical_blob', models.BinaryField()),
                ('economic_blob', models.BinaryField()),
                ('manifest', models.JSONField()),
                ('manifest_hash', models.CharField(max_length=64)),
                ('signatory_name', models.BinaryField()),
                ('submitted_at', models.DateTimeField()),
                ('technical', models.JSONField(null=True)),
                ('economic', models.JSONField(null=True)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='startups.proposal')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('superseded_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='startups.submission')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('proposal', 'number'), name='submission_numbered'), models.UniqueConstraint(condition=models.Q(('superseded_by__isnull', True)), fields=('proposal',), name='one_last_submission'), models.CheckConstraint(condition=models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), name='submission_submitted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('register_number', models.CharField(max_length=24, unique=True)),
                ('code', models.CharField(max_length=24, unique=True)),
                ('received_at', models.DateTimeField()),
                ('manifest_hash', models.CharField(max_length=64)),
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='startups.submission')),
            ],
        ),
        migrations.CreateModel(
            name='SubmissionFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attachment_public_id', models.CharField(max_length=12)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='startups.submission')),
            ],
        ),
        migrations.CreateModel(
            name='VerificationDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=140)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verification_documents', to='startups.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('added_at__isnull', False), ('added_by__isnull', False)), name='document_added_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('withdrawn_at', models.DateTimeField()),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='startups.proposal')),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), name='withdrawal_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='EnvelopeKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('envelope', models.CharField(choices=[('technical', 'technical'), ('economic', 'economic')], max_length=9)),
                ('wrapped', models.BinaryField()),
                ('wrapped_with', models.CharField(max_length=16)),
                ('created_at', models.DateTimeField()),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'envelope'), name='one_key_an_envelope'), models.CheckConstraint(condition=models.Q(('envelope__in', ['technical', 'economic'])), name='key_envelope_known')],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chair_locked_at', models.DateTimeField(null=True)),
                ('secretary_locked_at', models.DateTimeField(null=True)),
                ('locked_at', models.DateTimeField(null=True)),
                ('economic_opened_at', models.DateTimeField(null=True)),
                ('draw_seed', models.CharField(blank=True, max_length=64)),
                ('challenge', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
                ('locked_by_chair', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('locked_by_secretary', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('locked_at__isnull', True), models.Q(('chair_locked_at__isnull', False), ('secretary_locked_at__isnull', False), models.Q(('locked_by_chair', models.F('locked_by_secretary')), _negated=True)), _connector='OR'), name='evaluation_locked_by_two_people'), models.CheckConstraint(condition=models.Q(('economic_opened_at__isnull', True), ('economic_opened_at__gte', models.F('locked_at')), _connector='OR'), name='evaluation_economic_after_lock')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('witnessed_at', models.DateTimeField()),
                ('record', models.JSONField()),
                ('challenge', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('witnessed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('opened_at__isnull', False), ('witnessed_at__isnull', False), models.Q(('opened_by', models.F('witnessed_by')), _negated=True)), name='opening_by_two_people')],
            },
        ),
    ]
