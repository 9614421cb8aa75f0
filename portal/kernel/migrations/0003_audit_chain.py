import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from portal.kernel import digests, triggers

AT_A_TIME = 1000
SAID = ("at", "actor_id", "actor", "action", "object_type", "object_id", "subject", "role", "purpose", "unit", "detail")
# Until now these stood among the details.
MOVED = {"student": "subject", "role": "role", "purpose": "purpose"}


def unguard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    triggers.drop(schema_editor.connection)


def guard_events(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    triggers.guard(schema_editor.connection, triggers.EVENTS)


def link(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Link what has been written so far, in its order, and guard it from now on."""
    events, links = apps.get_model("kernel", "AuditEvent"), apps.get_model("kernel", "AuditLink")
    sequence, previous, done = 0, digests.FIRST, 0
    while batch := list(events.objects.filter(pk__gt=done).order_by("pk")[:AT_A_TIME]):
        made = []
        for event in batch:
            fill(event)
            sequence += 1
            previous = digests.link(sequence=sequence, event_id=event.pk, previous=previous, digest=event.digest)
            made.append(links(sequence=sequence, event_id=event.pk, hash=previous))
        events.objects.bulk_update(batch, ["subject", "role", "purpose", "detail", "digest"], batch_size=200)
        links.objects.bulk_create(made)
        done = batch[-1].pk
    triggers.create(schema_editor.connection)


def fill(event: "models.Model") -> None:
    if event.action.endswith(".read") and "student" in event.detail:
        for name, column in MOVED.items():
            setattr(event, column, event.detail.pop(name, ""))
    elif event.object_type == "network.student":
        event.subject = event.object_id
    event.digest = digests.digest(**{name: getattr(event, name) for name in SAID})


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_append_only'),
    ]

    operations = [
        migrations.RunPython(unguard, guard_events),
        migrations.CreateModel(
            name='AuditLink',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['sequence'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='auditevent',
            name='digest',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='purpose',
            field=models.CharField(blank=True, max_length=20, verbose_name='purpose'),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='role',
            field=models.CharField(blank=True, max_length=30, verbose_name='role'),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='subject',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('subject', ''), _negated=True), fields=['subject', '-at'], name='audit_by_subject'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('purpose', ''), _negated=True), fields=['purpose', '-at'], name='audit_by_purpose'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('role', ''), _negated=True), fields=['role', '-at'], name='audit_by_role'),
        ),
        migrations.AddField(
            model_name='auditlink',
            name='event',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='link', to='kernel.auditevent'),
        ),
        migrations.RunPython(link, unguard),
    ]
