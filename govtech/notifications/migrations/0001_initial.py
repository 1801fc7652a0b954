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
            name='OutgoingEmail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('to', models.EmailField(max_length=254, verbose_name='to')),
                ('language', models.CharField(default='es', max_length=2, verbose_name='language')),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('dedupe_key', models.CharField(blank=True, max_length=255, null=True, unique=True)),
                ('subject', models.TextField(blank=True)),
                ('body_text', models.TextField(blank=True)),
                ('body_html', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(verbose_name='written')),
                ('not_before', models.DateTimeField(verbose_name='not before')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('gave_up_at', models.DateTimeField(blank=True, null=True, verbose_name='given up')),
                ('error', models.TextField(blank=True, verbose_name='last error')),
                ('recipient', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='emails', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'outgoing mail',
                'verbose_name_plural': 'outgoing mail',
                'constraints': [models.CheckConstraint(condition=models.Q(('sent_at', None), ('gave_up_at', None), _connector='OR'), name='email_sent_or_given_up_not_both'), models.CheckConstraint(condition=models.Q(('sent_at', None), models.Q(('body_html', ''), ('body_text', ''), ('subject', '')), _connector='OR'), name='email_wiped_once_sent')],
                'indexes': [models.Index(condition=models.Q(('gave_up_at', None), ('sent_at', None)), fields=['not_before'], name='email_waiting'), models.Index(fields=['-created_at', '-id'], name='email_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('params', models.JSONField(default=dict, verbose_name='parameters')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('dedupe_key', models.CharField(max_length=255, unique=True)),
                ('created_at', models.DateTimeField(verbose_name='written')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
                ('sources', models.JSONField(blank=True, default=list, verbose_name='why')),
                ('mail_at', models.DateTimeField(blank=True, null=True, verbose_name='due by mail')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('email', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notices', to='notifications.outgoingemail')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'constraints': [models.CheckConstraint(condition=models.Q(('mail_at', None), ('email', None), _connector='OR'), name='notice_due_or_mailed_not_both')],
                'indexes': [models.Index(condition=models.Q(('mail_at__isnull', False)), fields=['mail_at'], name='notice_mail_due'), models.Index(fields=['recipient', '-created_at', '-id'], name='notice_inbox'), models.Index(condition=models.Q(('read_at', None)), fields=['recipient'], name='notice_unread')],
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=govtech.ids.public_id, editable=False, max_length=12, unique=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
            },
        ),
    ]
