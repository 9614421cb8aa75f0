import django.core.validators
import django.db.models.deletion
import kernel.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('network', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='its first day', verbose_name='month')),
                ('dorm_due_at', models.DateTimeField(null=True)),
                ('class_due_at', models.DateTimeField(null=True)),
                ('college_due_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('rolled_up_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('placements_seen', models.CharField(default='', max_length=100)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cycles', to='network.unit')),
            ],
            options={
                'ordering': ['-month', 'school'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'month'), name='cycle_one_per_month'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('level', models.CharField(choices=[('school', 'School'), ('college', 'College'), ('class', 'Class'), ('dorm', 'Dorm')], max_length=10)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('is_current', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('filed', 'Filed'), ('returned', 'Sent back'), ('accepted', 'Accepted')], default='draft', max_length=10)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('first_filed_at', models.DateTimeField(null=True)),
                ('on_time', models.BooleanField(null=True)),
                ('filed_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('return_reason', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='What should be added or put right?')),
                ('correction_reason', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='Why is it corrected?')),
                ('all_well', models.BooleanField(default=False)),
                ('missing_reason', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='Why are reports missing?')),
                ('mood_index', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='mood of the class')),
                ('topics', models.PositiveIntegerField(default=0)),
                ('activity', models.CharField(blank=True, max_length=200, verbose_name='activity held')),
                ('requests', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='requests')),
                ('narrative', kernel.fields.EncryptedTextField(blank=True, default='', max_length=3000, verbose_name='narrative')),
                ('figures', models.JSONField(null=True)),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='reporting.cycle')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='network.unit')),
            ],
            options={
                'ordering': ['cycle', 'unit__code', '-version'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['cycle', 'level', 'school_class'], name='report_cycle_class'),
                    models.Index(fields=['cycle', 'level', 'college'], name='report_cycle_college'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('cycle', 'unit', 'version'), name='report_version_once'),
                    models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('cycle', 'unit'), name='report_one_current'),
                    models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('filed_at__isnull', False), ('filed_by__isnull', False), ('first_filed_at__isnull', False), ('on_time__isnull', False)), _connector='OR'), name='report_filed_has_time_and_filer'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('status', models.PositiveSmallIntegerField(choices=[(1, 'Clear'), (2, 'Cloudy'), (3, 'Overcast'), (4, 'Rain'), (5, 'Thunder')], verbose_name='weather')),
                ('signs', models.PositiveIntegerField(default=0, verbose_name='signs')),
                ('events', models.PositiveIntegerField(default=0, verbose_name='events')),
                ('helps', models.PositiveIntegerField(default=0, verbose_name='help given')),
                ('observation', kernel.fields.EncryptedTextField(blank=True, default='', max_length=200, verbose_name='what was seen')),
                ('is_current', models.BooleanField(default=True)),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.cycle')),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.student')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='reporting.report')),
            ],
            options={
                'ordering': ['-status', 'student__number'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['cycle', 'school_class'], name='line_cycle_class'),
                    models.Index(fields=['cycle', 'college', 'status'], name='line_cycle_college_status'),
                    models.Index(fields=['cycle', 'dorm'], name='line_cycle_dorm'),
                    models.Index(condition=models.Q(('is_current', True)), fields=['cycle', '-status', 'school_class', 'dorm', 'id'], name='line_by_weather'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('cycle', 'student'), name='line_one_current_per_student'),
                    models.CheckConstraint(condition=models.Q(('status__gte', 1), ('status__lte', 5)), name='line_status_in_range'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('client_id', models.UUIDField(primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='filings', to='reporting.report')),
            ],
            options={
                'ordering': ['at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Summary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('school', 'School'), ('college', 'College'), ('class', 'Class'), ('dorm', 'Dorm')], max_length=10)),
                ('figures', models.JSONField()),
                ('published', models.JSONField(null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='summaries', to='reporting.cycle')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='summaries', to='network.unit')),
            ],
            options={
                'verbose_name_plural': 'summaries',
                'ordering': ['cycle', 'unit__code'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['cycle', 'level'], name='summary_cycle_level'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('cycle', 'unit'), name='summary_one_per_unit'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SummaryExport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField(help_text='its first day', verbose_name='month')),
                ('made_at', models.DateTimeField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('content', kernel.fields.EncryptedTextField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='summary_exports', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='summary_exports', to='network.unit')),
            ],
            options={
                'ordering': ['-made_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['made_by', '-made_at'], name='export_by_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dorm_day', models.PositiveSmallIntegerField(default=25, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='dorm reports are due on day')),
                ('class_day', models.PositiveSmallIntegerField(default=27, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='class reports are due on day')),
                ('college_day', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='college reports are due on day')),
                ('vacation_months', models.JSONField(blank=True, default=list, verbose_name='vacation months')),
                ('vacation_starts', models.JSONField(blank=True, default=list, verbose_name='first days of vacations')),
                ('duty_phone', models.CharField(blank=True, max_length=30, verbose_name="the center's duty phone")),
                ('school', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar', to='network.unit')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('dorm_day__lte', models.F('class_day')), ('class_day__lte', models.F('college_day'))), name='calendar_levels_file_in_order')],
            },
        ),
    ]
