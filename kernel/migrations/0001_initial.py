import django.core.serializers.json
import django.db.models.deletion
import kernel.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CacheEntry',
            fields=[
                ('key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('value', models.JSONField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('argument', models.JSONField(blank=True, null=True)),
                ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'at work'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=8, verbose_name='state')),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('message', models.CharField(blank=True, max_length=500)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('result_link', models.CharField(blank=True, max_length=300)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('attempts_allowed', models.PositiveSmallIntegerField(default=3)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('heartbeat_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=255)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('link', models.CharField(blank=True, max_length=300)),
                ('urgent', models.BooleanField(default=False)),
                ('key', models.CharField(blank=True, max_length=120)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mail_state', models.CharField(choices=[('none', 'not mailed'), ('pending', 'mail on its way'), ('sent', 'mailed'), ('failed', 'mail failed')], default='none', max_length=8)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_next_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('actor_id', models.CharField(blank=True, max_length=40)),
                ('actor', models.CharField(blank=True, max_length=120, verbose_name='who')),
                ('action', models.CharField(max_length=80, verbose_name='action')),
                ('object_type', models.CharField(blank=True, max_length=80)),
                ('object_id', models.CharField(blank=True, max_length=40)),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('subject', models.CharField(blank=True, max_length=40)),
                ('role', models.CharField(blank=True, max_length=30, verbose_name='role')),
                ('purpose', models.CharField(blank=True, max_length=20, verbose_name='purpose')),
                ('detail', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('digest', models.CharField(editable=False, max_length=64)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['-at', '-id'], name='audit_by_time'), models.Index(fields=['object_type', 'object_id', '-at'], name='audit_by_object'), models.Index(fields=['actor_id', '-at'], name='audit_by_actor'), models.Index(condition=models.Q(('subject', ''), _negated=True), fields=['subject', '-at'], name='audit_by_subject'), models.Index(condition=models.Q(('purpose', ''), _negated=True), fields=['purpose', '-at'], name='audit_by_purpose'), models.Index(condition=models.Q(('role', ''), _negated=True), fields=['role', '-at'], name='audit_by_role')],
            },
        ),
        migrations.CreateModel(
            name='AuditLink',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
                ('event', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='link', to='kernel.auditevent')),
            ],
            options={
                'ordering': ['sequence'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='BotMessage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=140, unique=True)),
                ('url', kernel.fields.EncryptedTextField()),
                ('title', models.CharField(max_length=255)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('link', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('none', 'not mailed'), ('pending', 'mail on its way'), ('sent', 'mailed'), ('failed', 'mail failed')], default='pending', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['next_at'], name='bot_message_to_send')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'pending'), _negated=True), ('next_at__isnull', False), _connector='OR'), name='bot_message_pending_has_a_time')],
            },
        ),
    ]
