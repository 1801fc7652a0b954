import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import govtech.ids
from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('challenges', '0004_anonymised'),
        ('startups', '0005_births_and_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExpertInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('email', models.EmailField(max_length=254)),
                ('full_name', models.CharField(max_length=120)),
                ('post', models.CharField(max_length=160)),
                ('expertise', models.CharField(max_length=240)),
                ('role', models.CharField(choices=[('chair', 'chair'), ('member', 'member'), ('substitute', 'substitute'), ('secretary', 'secretary, without vote'), ('adviser', 'with voice, without vote')], max_length=10)),
                ('until_on', models.DateField()),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('has_accepted', models.BooleanField(null=True)),
                ('decline_reason', models.TextField(blank=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('employment', 'I work or worked there'), ('services', 'I do or did paid work for it'), ('holding', 'I hold shares in it or direct it'), ('family', 'Somebody close to me works there or owns it'), ('other', 'Something else')], max_length=10)),
                ('organisation_name', models.CharField(max_length=160)),
                ('tax_id', models.CharField(blank=True, max_length=20)),
                ('until_on', models.DateField(null=True)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NamedDeclaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('declared_at', models.DateTimeField()),
                ('has_conflict', models.BooleanField()),
                ('reason', models.TextField(blank=True)),
                ('matches', models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.CreateModel(
            name='Recusation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('ground', models.CharField(choices=[('interest', 'a personal interest in the matter, or in another it may decide; a lawsuit pending'), ('kinship', 'marriage, partnership or kinship with somebody of an interested organisation'), ('friendship', 'close friendship or open enmity'), ('expert', 'expert or witness in the matter'), ('service', 'work or professional services for an interested organisation in the last two years')], max_length=10)),
                ('text', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('answer_due_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('admits', models.BooleanField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('due_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('is_upheld', models.BooleanField(null=True)),
                ('decision', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('passages', models.JSONField(default=list)),
                ('hidden', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('files', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='conflictdeclaration',
            name='matches',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='panelmember',
            name='accepted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='panelmember',
            name='expertise',
            field=models.CharField(blank=True, max_length=240),
        ),
        migrations.AddField(
            model_name='panelmember',
            name='is_external',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='panelmember',
            name='left_for',
            field=models.CharField(blank=True, choices=[('removed', 'changed by the Office'), ('conflict', 'declared a conflict of interest'), ('declined', "couldn't take part"), ('challenged', 'challenged by a participant, and the director agreed')], max_length=10),
        ),
        migrations.AddField(
            model_name='panelmember',
            name='left_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='panelmember',
            name='post',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name='panelmember',
            name='until_on',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='conflictdeclaration',
            constraint=models.CheckConstraint(condition=models.Q(('matches', []), models.Q(('reason', ''), _negated=True), _connector='OR'), name='match_is_dismissed_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='panelmember',
            constraint=models.CheckConstraint(condition=models.Q(('left_at__isnull', False), ('left_for', ''), _connector='OR'), name='panel_leaves_for_something'),
        ),
        migrations.AddField(
            model_name='expertinvitation',
            name='challenge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge'),
        ),
        migrations.AddField(
            model_name='expertinvitation',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expertinvitation',
            name='member',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.panelmember'),
        ),
        migrations.AddField(
            model_name='interest',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='nameddeclaration',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.panelmember'),
        ),
        migrations.AddField(
            model_name='nameddeclaration',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.organisation'),
        ),
        migrations.AddField(
            model_name='recusation',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recusation',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recusation',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusations', to='startups.panelmember'),
        ),
        migrations.AddField(
            model_name='recusation',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='startups.organisation'),
        ),
        migrations.AddField(
            model_name='redaction',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='redaction',
            name='proposal',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='redaction', to='startups.proposal'),
        ),
        migrations.AddField(
            model_name='redaction',
            name='released_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='expertinvitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('has_accepted__isnull', True), ('member__isnull', True)), models.Q(('answered_at__isnull', False), ('has_accepted', True), ('member__isnull', False)), models.Q(('answered_at__isnull', False), ('has_accepted', False), ('member__isnull', True)), _connector='OR'), name='expert_answered_whole'),
        ),
        migrations.AddConstraint(
            model_name='expertinvitation',
            constraint=models.UniqueConstraint(models.F('challenge'), django.db.models.functions.text.Lower('email'), condition=models.Q(('answered_at__isnull', True), ('revoked_at__isnull', True)), name='one_open_expert_invitation'),
        ),
        migrations.AddIndex(
            model_name='interest',
            index=models.Index(fields=['user'], name='interest_user'),
        ),
        migrations.AddConstraint(
            model_name='interest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['employment', 'services', 'holding', 'family', 'other'])), name='interest_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='interest',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), ('removed_at__gte', models.F('added_at')), _connector='OR'), name='interest_removed_after'),
        ),
        migrations.AddConstraint(
            model_name='nameddeclaration',
            constraint=models.UniqueConstraint(fields=('member', 'organisation'), name='one_named_declaration'),
        ),
        migrations.AddConstraint(
            model_name='nameddeclaration',
            constraint=models.CheckConstraint(condition=models.Q(('has_conflict', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='named_conflict_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='nameddeclaration',
            constraint=models.CheckConstraint(condition=models.Q(('matches', []), models.Q(('reason', ''), _negated=True), _connector='OR'), name='named_match_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='recusation',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('member', 'organisation'), name='one_open_recusation'),
        ),
        migrations.AddConstraint(
            model_name='recusation',
            constraint=models.CheckConstraint(condition=models.Q(('ground__in', ['interest', 'kinship', 'friendship', 'expert', 'service'])), name='recusation_ground_known'),
        ),
        migrations.AddConstraint(
            model_name='recusation',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='recusation_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='recusation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('admits__isnull', True), ('answered_at__isnull', True)), models.Q(('admits__isnull', False), ('answered_at__isnull', False)), _connector='OR'), name='recusation_answered_whole'),
        ),
        migrations.AddConstraint(
            model_name='recusation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', ''), ('is_upheld__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('is_upheld__isnull', False), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='recusation_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='recusation',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='recusation_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__isnull', False), ('released_by__isnull', False)), _connector='OR'), name='redaction_released_by_somebody'),
        ),
        run_sql(__file__, "0021_independence.sql"),
    ]
