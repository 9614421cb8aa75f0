import datetime
import django.db.models.deletion
import kernel.fields
import uuid
from django.conf import settings
from django.db import migrations, models

import json
from pathlib import Path

from django.utils.timezone import now

SCALES = Path(__file__).resolve().parent.parent / "scales"


def load_scales(apps, schema_editor):
    """Load the scales that come with the portal, as `manage.py load_scales` does."""
    Scale = apps.get_model("screening", "Scale")
    at = now()
    for path in sorted(SCALES.glob("*.json")):
        file = json.loads(path.read_text(encoding="utf-8"))
        Scale.objects.create(
            key=file["definition"]["key"],
            version=file["version"],
            state="published",
            definition=file["definition"],
            wording=file["wording"],
            source=file["source"],
            made_at=at,
            published_at=at,
        )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crisis', '0001_initial'),
        ('network', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('population', models.JSONField(default=dict)),
                ('opens_on', models.DateField(verbose_name='first day')),
                ('closes_on', models.DateField(verbose_name='last day')),
                ('makeup_until', models.DateField(blank=True, null=True, verbose_name='make-up until')),
                ('text_version', models.PositiveSmallIntegerField(default=0)),
                ('tells_students', models.BooleanField(default=True, verbose_name='students get feedback')),
                ('created_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('told_students_at', models.DateTimeField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='network.unit')),
            ],
            options={
                'ordering': ['-opens_on', '-created_at'],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('opens_on__range', (datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))), name='campaign_opens_on_bounds'),
                    models.CheckConstraint(condition=models.Q(('closes_on__lte', datetime.date(2099, 12, 31))), name='campaign_closes_on_bounds'),
                    models.CheckConstraint(condition=models.Q(('makeup_until', None), ('makeup_until__lte', datetime.date(2099, 12, 31)), _connector='OR'), name='campaign_makeup_until_bounds'),
                    models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='campaign_ends_after_it_begins'),
                    models.CheckConstraint(condition=models.Q(('makeup_until', None), ('makeup_until__gt', models.F('closes_on')), _connector='OR'), name='campaign_makeup_comes_after'),
                    models.CheckConstraint(condition=models.Q(('closed_at', None), ('opened_at__isnull', False), _connector='OR'), name='campaign_closed_was_opened'),
                    models.CheckConstraint(condition=models.Q(('told_students_at', None), ('tells_students', True), _connector='OR'), name='campaign_tells_by_choice'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('urgency', models.PositiveSmallIntegerField(choices=[(0, 'Within 24 hours'), (1, 'Class 1, within two weeks'), (2, 'Class 2, within six weeks')], verbose_name='urgency')),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('assigned_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('A', 'A: needs help now or soon, hand over'), ('B', 'B: some strain, counseling or follow-up'), ('C', 'C: well, nothing further')], max_length=1, verbose_name='outcome')),
                ('refused', models.BooleanField(default=False)),
                ('note', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='What was talked about')),
                ('settled_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interviews', to='screening.campaign')),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('counselor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='interviews', to=settings.AUTH_USER_MODEL)),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('referral', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crisis.referral')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interviews', to='network.student')),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(condition=models.Q(('settled_at', None)), fields=['campaign', 'due_at'], name='interview_open'),
                    models.Index(condition=models.Q(('settled_at', None)), fields=['counselor', 'due_at'], name='interview_counselor_open'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('created_at'))), name='interview_due_after_it_was_asked'),
                    models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('refused', False), ('settled_at', None), ('settled_by', None)), models.Q(('refused', False), ('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('outcome', ''), _negated=True)), models.Q(('outcome', ''), ('refused', True), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='interview_settled_by_outcome_or_refusal'),
                    models.CheckConstraint(condition=models.Q(models.Q(('assigned_at', None), ('counselor', None)), models.Q(('assigned_at__isnull', False), ('counselor__isnull', False)), _connector='OR'), name='interview_assigned_at_a_time'),
                ],
            },
        ),
        migrations.CreateModel(
            name='InterviewAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('no_show', 'Invited, did not come'), ('unreached', 'Could not be reached')], default='no_show', max_length=12)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('interview', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='screening.interview')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('consented_version', models.PositiveSmallIntegerField(null=True)),
                ('consented_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
                ('exempted_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('is_valid', models.BooleanField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='screening.campaign')),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='network.student')),
            ],
            options={
                'ordering': ['school_class__code', 'student__number'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['campaign', 'college', 'school_class'], name='participation_by_unit'),
                    models.Index(fields=['campaign', 'school_class'], name='participation_by_class'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'student'), name='participation_once'),
                    models.CheckConstraint(condition=models.Q(('finished_at', None), models.Q(('consented_at__isnull', False), ('is_valid__isnull', False)), _connector='OR'), name='participation_finished_had_consent'),
                    models.CheckConstraint(condition=models.Q(('declined_at', None), ('consented_at', None), _connector='OR'), name='participation_agreed_or_declined'),
                    models.CheckConstraint(condition=models.Q(models.Q(('consented_at', None), ('consented_version', None)), models.Q(('consented_at__isnull', False), ('consented_version__isnull', False)), _connector='OR'), name='participation_agreed_to_a_version'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('sheet', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('revision', models.PositiveIntegerField(default=0)),
                ('answered', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('saved_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='screening.participation')),
            ],
            options={
                'ordering': ['participation', 'position'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('participation', 'position'), name='paper_position'),
                ],
            },
        ),
        migrations.AddField(
            model_name='interview',
            name='participation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='interview', to='screening.participation'),
        ),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', kernel.fields.EncryptedTextField(max_length=300, verbose_name='Why need they not take part?')),
                ('asked_at', models.DateTimeField()),
                ('approved', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exemptions', to='screening.participation')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('approved', None)), fields=('participation',), name='exemption_one_waiting'),
                    models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='exemption_decided_by_somebody'),
                    models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='exemption_needs_two_people'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PublishedFigures',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('scale_key', models.CharField(max_length=40)),
                ('source', models.CharField(blank=True, default='', max_length=60)),
                ('year', models.PositiveSmallIntegerField(null=True)),
                ('tallies', kernel.fields.EncryptedTextField()),
                ('papers', kernel.fields.EncryptedTextField()),
                ('published_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='published_figures', to='screening.campaign')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['published_at', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'scale_key'), name='published_figures_once_per_campaign'),
                    models.UniqueConstraint(condition=models.Q(('campaign', None)), fields=('school', 'source', 'year', 'scale_key'), name='published_figures_once_per_year'),
                    models.CheckConstraint(condition=models.Q(models.Q(('campaign', None), ('year__isnull', False)), models.Q(('campaign__isnull', False), ('source', ''), ('year', None)), _connector='OR'), name='published_figures_of_a_campaign_or_a_year'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('is_valid', models.BooleanField()),
                ('outcome', kernel.fields.EncryptedTextField()),
                ('scored_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='screening.campaign')),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='screening.paper')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='network.student')),
            ],
            options={
                'ordering': ['-scored_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['campaign', 'level', 'college'], name='result_campaign_level'),
                    models.Index(fields=['student', 'scored_at'], name='result_student'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('level', None), models.Q(('level__gte', 1), ('level__lte', 3)), _connector='OR'), name='result_level_in_range'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Scale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, verbose_name='scale')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'In use'), ('retired', 'Replaced')], default='draft', max_length=10, verbose_name='state')),
                ('definition', models.JSONField()),
                ('wording', models.JSONField(default=dict)),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('made_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['key', 'school', '-version'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'key', 'version'), name='scale_version_once_per_school'),
                    models.UniqueConstraint(condition=models.Q(('school', None)), fields=('key', 'version'), name='scale_shipped_version_once'),
                    models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('school', 'key'), name='scale_in_use_once_per_school'),
                    models.UniqueConstraint(condition=models.Q(('school', None), ('state', 'published')), fields=('key',), name='scale_shipped_in_use_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('retired_at', None), ('state', 'draft')), models.Q(('published_at__isnull', False), ('retired_at', None), ('state', 'published')), models.Q(('published_at__isnull', False), ('retired_at__isnull', False), ('state', 'retired')), _connector='OR'), name='scale_dates_match_its_state'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ResultVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('is_valid', models.BooleanField()),
                ('outcome', kernel.fields.EncryptedTextField()),
                ('scored_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField()),
                ('result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='screening.result')),
                ('scale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='screening.scale')),
            ],
            options={
                'ordering': ['-replaced_at', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('result', 'scale'), name='result_version_once_per_scale'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ResultImport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=60, verbose_name='system it comes from')),
                ('file_name', models.CharField(max_length=200)),
                ('headers', models.JSONField()),
                ('columns', models.JSONField(default=dict)),
                ('sheet', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('state', models.CharField(choices=[('uploaded', 'Columns to be chosen'), ('compared', 'To be confirmed'), ('applied', 'Imported'), ('undone', 'Undone')], default='uploaded', max_length=10, verbose_name='state')),
                ('uploaded_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(null=True)),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='screening.scale', verbose_name='scale')),
            ],
            options={
                'ordering': ['-uploaded_at', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('applied_at', None), ('state__in', ['uploaded', 'compared'])), models.Q(('applied_at__isnull', False), ('state__in', ['applied', 'undone'])), _connector='OR'), name='result_import_applied_at_a_time'),
                ],
            },
        ),
        migrations.AddField(
            model_name='result',
            name='scale',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='screening.scale'),
        ),
        migrations.AddField(
            model_name='paper',
            name='scale',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='screening.scale'),
        ),
        migrations.CreateModel(
            name='ImportedResult',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('outcome', kernel.fields.EncryptedTextField()),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imported_results', to='network.student')),
                ('came_in', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='screening.resultimport')),
                ('replaced_in', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced', to='screening.resultimport')),
                ('scale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='screening.scale')),
            ],
            options={
                'ordering': ['-day', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('day__range', (datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))), name='imported_result_day_bounds'),
                    models.UniqueConstraint(condition=models.Q(('replaced_in', None)), fields=('student', 'scale', 'day'), name='imported_result_once'),
                    models.CheckConstraint(condition=models.Q(('level', None), models.Q(('level__gte', 1), ('level__lte', 3)), _connector='OR'), name='imported_level_in_range'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CampaignScale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='screening.campaign')),
                ('scale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='screening.scale')),
            ],
            options={
                'ordering': ['campaign', 'position'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('campaign', 'scale'), name='campaign_scale_once'),
                    models.UniqueConstraint(fields=('campaign', 'position'), name='campaign_scale_position'),
                ],
            },
        ),
        migrations.AddField(
            model_name='campaign',
            name='scales',
            field=models.ManyToManyField(related_name='campaigns', through='screening.CampaignScale', to='screening.scale'),
        ),
        migrations.CreateModel(
            name='CampaignText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('purpose', models.TextField(max_length=500, verbose_name='purpose')),
                ('explanation', models.TextField(max_length=2000, verbose_name='explanation')),
                ('written_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='screening.campaign')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['campaign', '-version'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('campaign', 'version'), name='campaign_text_version_once')],
            },
        ),
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('columns', models.JSONField()),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['name'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('school', 'name'), name='column_mapping_name_once')],
            },
        ),
        migrations.CreateModel(
            name='DualRelation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField()),
                ('counselor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dual_relations', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['counselor', 'unit__code'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('counselor', 'unit'), name='dual_relation_once')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                ('action', models.CharField(choices=[('none', 'Nothing special'), ('care', 'Everyday care, look in now and then'), ('counseling', 'Encourage them to come to the counseling center'), ('watch', 'Keep an eye on them, report changes to the center'), ('crisis', 'The center is handling it; follow its lead')], max_length=12, verbose_name='what the college does')),
                ('tells_fudaoyuan', models.BooleanField(default=False, verbose_name='the fudaoyuan is told')),
                ('given_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='screening.campaign')),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.student')),
                ('interview', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='screening.interview')),
            ],
            options={
                'ordering': ['level', 'college', 'school_class', 'student__number'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['college', 'given_at'], name='feedback_college')],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 3)), name='feedback_level_in_range')],
            },
        ),
        migrations.CreateModel(
            name='OperatorTraining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course', models.CharField(max_length=80, verbose_name='course')),
                ('completed_on', models.DateField(verbose_name='completed on')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='operator_trainings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-completed_on', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('user', 'course', 'completed_on'), name='operator_training_once'), models.CheckConstraint(condition=models.Q(('completed_on__range', (datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))), name='operator_training_completed_on_bounds'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__lte', datetime.date(2099, 12, 31)), _connector='OR'), name='operator_training_valid_until_bounds'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('completed_on')), _connector='OR'), name='operator_training_ends_after_its_day')],
            },
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(fields=('participation', 'scale'), name='paper_once'),
        ),
        migrations.RunPython(load_scales, migrations.RunPython.noop),
    ]
