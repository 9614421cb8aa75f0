import datetime
import django.db.models.deletion
import django.db.models.functions.text
import kernel.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from kernel import guards

APPEND_ONLY = ("network_consenttext", "network_consent", "network_tombstone")


def guard(apps, schema_editor):
    guards.guard(schema_editor.connection, APPEND_ONLY)


def unguard(apps, schema_editor):
    guards.unguard(schema_editor.connection, APPEND_ONLY)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.UUIDField(unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('school_code', models.CharField(max_length=40)),
                ('kinds', models.JSONField()),
                ('erased_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['erased_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='staff or student number')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='mail address')),
                ('must_change_password', models.BooleanField(default=True)),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(blank=True, null=True)),
                ('reset_at', models.DateTimeField(blank=True, null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('reset_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'ordering': ['number'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Lower('number'), name='user_number_once_in_any_case'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FactorSecret',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('secret', kernel.fields.EncryptedTextField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('level', models.CharField(choices=[('school', 'School'), ('college', 'College'), ('class', 'Class'), ('dorm', 'Dorm')], max_length=10, verbose_name='level')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('campus', models.CharField(blank=True, max_length=40, verbose_name='campus')),
                ('building', models.CharField(blank=True, max_length=40, verbose_name='building')),
                ('room', models.CharField(blank=True, max_length=20, verbose_name='room')),
                ('major', models.CharField(blank=True, max_length=80, verbose_name='major')),
                ('grade', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='grade')),
                ('is_active', models.BooleanField(default=True)),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='network.unit')),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['code'],
                'permissions': [('view_roster', 'view_roster'), ('view_names', 'view_names'), ('view_lines', 'view_lines'), ('view_line_words', 'view_line_words'), ('view_line_summary', 'view_line_summary'), ('file_dorm_report', 'file_dorm_report'), ('file_class_report', 'file_class_report'), ('check_dorm_report', 'check_dorm_report'), ('view_class_report', 'view_class_report'), ('check_class_report', 'check_class_report'), ('file_college_report', 'file_college_report'), ('view_college_report', 'view_college_report'), ('check_college_report', 'check_college_report'), ('view_stats', 'view_stats'), ('export_summary', 'export_summary'), ('handle_alarm', 'handle_alarm'), ('raise_alarm', 'raise_alarm'), ('view_cases', 'view_cases'), ('manage_cases', 'manage_cases'), ('view_assigned_cases', 'view_assigned_cases'), ('manage_assigned_cases', 'manage_assigned_cases'), ('assess_risk', 'assess_risk'), ('approve_lowering', 'approve_lowering'), ('decide_red', 'decide_red'), ('view_red_summary', 'view_red_summary'), ('configure_crisis', 'configure_crisis'), ('appoint_staff', 'appoint_staff'), ('appoint_peer', 'appoint_peer'), ('import_roster', 'import_roster'), ('configure', 'configure'), ('view_audit', 'view_audit'), ('manage_access', 'manage_access'), ('run_screening', 'run_screening'), ('follow_screening', 'follow_screening'), ('record_training', 'record_training'), ('hold_interview', 'hold_interview'), ('view_screening_level', 'view_screening_level'), ('view_screening_task', 'view_screening_task'), ('view_screening_factors', 'view_screening_factors'), ('manage_consent_texts', 'manage_consent_texts'), ('manage_retention', 'manage_retention'), ('decide_erasure', 'decide_erasure'), ('manage_screening', 'manage_screening'), ('view_scales', 'view_scales'), ('arrange_counseling', 'arrange_counseling'), ('take_counseling', 'take_counseling')],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['school', 'level'], name='unit_school_level'),
                    models.Index(fields=['college', 'level'], name='unit_college_level'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('level', 'school'), ('parent', None)), models.Q(models.Q(('level', 'school'), _negated=True), ('parent__isnull', False)), _connector='OR'), name='unit_only_schools_have_no_parent'),
                    models.CheckConstraint(condition=models.Q(('level', 'school'), ('school__isnull', False), _connector='OR'), name='unit_belongs_to_a_school'),
                    models.UniqueConstraint(condition=models.Q(('level', 'dorm')), fields=('school', 'campus', 'building', 'room'), name='unit_one_dorm_per_room'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Student',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='student number')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('sex', models.CharField(choices=[('M', 'Male'), ('F', 'Female')], max_length=1, verbose_name='sex')),
                ('ethnicity', models.CharField(blank=True, max_length=20, verbose_name='ethnicity')),
                ('born_on', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('origin', models.CharField(blank=True, max_length=40, verbose_name='place of origin')),
                ('phone', kernel.fields.EncryptedTextField(blank=True, default='', max_length=30, verbose_name='phone')),
                ('guardian_name', kernel.fields.EncryptedTextField(blank=True, default='', max_length=40, verbose_name='guardian')),
                ('guardian_relation', models.CharField(blank=True, max_length=20, verbose_name='relation')),
                ('guardian_phone', kernel.fields.EncryptedTextField(blank=True, default='', max_length=30, verbose_name="guardian's phone")),
                ('enrollment_status', models.CharField(choices=[('studying', 'Studying'), ('returned', 'Returned to school'), ('on_leave', 'On leave'), ('withdrawn', 'Withdrawn'), ('graduated', 'Graduated'), ('left', 'No longer on the roster')], default='studying', max_length=10, verbose_name='enrollment status')),
                ('bed', models.CharField(blank=True, max_length=10, verbose_name='bed')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='student', to=settings.AUTH_USER_MODEL)),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['number'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['school', 'number'], include=('enrollment_status',), name='student_school_number'),
                    models.Index(fields=['college', 'number'], name='student_college_number'),
                    models.Index(fields=['school_class', 'number'], name='student_class_number'),
                    models.Index(fields=['dorm', 'number'], name='student_dorm_number'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('born_on', None), models.Q(('born_on__gte', datetime.date(1930, 1, 1)), ('born_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='student_born_in_reach'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RosterImport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('uploaded', 'Being read'), ('compared', 'Waiting for confirmation'), ('applied', 'Imported'), ('undone', 'Undone'), ('discarded', 'Discarded'), ('refused', 'Refused')], default='uploaded', max_length=10)),
                ('skip_bad', models.BooleanField(default=False)),
                ('is_partial', models.BooleanField(default=False)),
                ('content', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('difference', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('undo', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('outcome', models.JSONField(default=dict)),
                ('uploaded_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['-uploaded_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['-started_at', '-pk'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('school',), name='retention_one_open_run'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RetentionPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('months', models.PositiveSmallIntegerField(verbose_name='months')),
                ('confirmed', models.PositiveSmallIntegerField(null=True)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['school', 'kind'],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('months__gte', 1), ('months__lte', 600)), name='retention_months_in_reach'),
                    models.UniqueConstraint(fields=('school', 'kind'), name='retention_period_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('leading_group', 'Leading group'), ('school_leader', 'School leader'), ('center_director', 'Center director'), ('full_time_counselor', 'Full-time counselor'), ('part_time_counselor', 'Part-time counselor'), ('deputy_secretary', 'College deputy secretary'), ('college_coordinator', 'College coordinator'), ('fudaoyuan', 'Fudaoyuan (student affairs advisor)'), ('class_adviser', 'Class adviser'), ('class_committee_member', 'Class psychology committee member'), ('dorm_head', 'Dorm head'), ('student_union_officer', 'Student union officer'), ('auditor', 'Auditor'), ('system_administrator', 'System administrator'), ('security_administrator', 'Security administrator')], max_length=30, verbose_name='role')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='to')),
                ('appointed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='network.unit')),
            ],
            options={
                'ordering': ['unit__code', 'role', 'starts_on', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('starts_on', None), models.Q(('starts_on__gte', datetime.date(2000, 1, 1)), ('starts_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='post_start_in_reach'),
                    models.CheckConstraint(condition=models.Q(('ends_on', None), models.Q(('ends_on__gte', datetime.date(2000, 1, 1)), ('ends_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='post_end_in_reach'),
                    models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='post_ends_after_its_start'),
                    models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('holder', 'unit', 'role'), name='post_held_once_at_a_time'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrollment_status', models.CharField(choices=[('studying', 'Studying'), ('returned', 'Returned to school'), ('on_leave', 'On leave'), ('withdrawn', 'Withdrawn'), ('graduated', 'Graduated'), ('left', 'No longer on the roster')], max_length=10)),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='to')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='network.student')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['student', 'starts_on', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['school', 'starts_on'], name='placement_school_start'),
                    models.Index(fields=['school_class', 'starts_on'], name='placement_class_start'),
                    models.Index(fields=['dorm', 'starts_on'], name='placement_dorm_start'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('starts_on', None), models.Q(('starts_on__gte', datetime.date(2000, 1, 1)), ('starts_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='placement_start_in_reach'),
                    models.CheckConstraint(condition=models.Q(('ends_on', None), models.Q(('ends_on__gte', datetime.date(2000, 1, 1)), ('ends_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='placement_end_in_reach'),
                    models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='placement_ends_after_its_start'),
                    models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('student',), name='placement_one_open'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PasswordSheet',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('grade', models.PositiveSmallIntegerField(null=True)),
                ('count', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
                ('pdf', kernel.fields.EncryptedTextField()),
                ('workbook', kernel.fields.EncryptedTextField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['-made_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['made_by', '-made_at'], name='password_sheet_by_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_number', models.CharField(blank=True, max_length=40, verbose_name='file number of the case')),
                ('reason', kernel.fields.EncryptedTextField(max_length=500, verbose_name='reason')),
                ('placed_at', models.DateTimeField()),
                ('ends_on', models.DateField(verbose_name='until')),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legal_holds', to='network.student')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['ends_on', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_on', None), models.Q(('ends_on__gte', datetime.date(2000, 1, 1)), ('ends_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='legal_hold_end_in_reach'),
                    models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='legal_hold_lifted_by_somebody'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=120, unique=True)),
                ('role', models.CharField(blank=True, choices=[('leading_group', 'Leading group'), ('school_leader', 'School leader'), ('center_director', 'Center director'), ('full_time_counselor', 'Full-time counselor'), ('part_time_counselor', 'Part-time counselor'), ('deputy_secretary', 'College deputy secretary'), ('college_coordinator', 'College coordinator'), ('fudaoyuan', 'Fudaoyuan (student affairs advisor)'), ('class_adviser', 'Class adviser'), ('class_committee_member', 'Class psychology committee member'), ('dorm_head', 'Dorm head'), ('student_union_officer', 'Student union officer'), ('auditor', 'Auditor'), ('system_administrator', 'System administrator'), ('security_administrator', 'Security administrator')], max_length=30)),
                ('title', models.CharField(max_length=120)),
                ('params', models.JSONField(default=dict)),
                ('link', models.CharField(max_length=200)),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_stage', models.PositiveSmallIntegerField(default=0)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='duties', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.post')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='network.unit')),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(condition=models.Q(('settled_at', None)), fields=['due_at'], name='duty_unsettled_due'),
                    models.Index(fields=['unit', 'role'], name='duty_unit_role'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('due_at', None), models.Q(('due_at__gte', datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)), ('due_at__lte', datetime.datetime(2099, 12, 31, 0, 0, tzinfo=datetime.UTC))), _connector='OR'), name='duty_due_in_reach'),
                    models.CheckConstraint(condition=models.Q(models.Q(('role', ''), _negated=True), ('owner__isnull', False), _connector='OR'), name='duty_has_somebody_who_owes_it'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DisclosureDelay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('ends_on', models.DateField(verbose_name='to')),
                ('reason', kernel.fields.EncryptedTextField(max_length=500, verbose_name='Why should the student not be told yet?')),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='look_delays', to='network.student')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['student', '-set_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['student', '-set_at'], name='look_delay_newest'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_on', None), models.Q(('ends_on__gte', datetime.date(2000, 1, 1)), ('ends_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='look_delay_end_in_reach'),
                    models.CheckConstraint(condition=models.Q(('since__lte', models.F('set_at'))), name='look_delay_begins_before_it_is_set'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('correction', 'Correction or complaint'), ('erasure', 'Erasure')], max_length=12)),
                ('words', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'waiting for an answer'), ('answered', 'answered'), ('refused', 'not granted'), ('granted', 'granted'), ('erased', 'erased')], default='open', max_length=10)),
                ('answer', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000)),
                ('decided_at', models.DateTimeField(null=True)),
                ('erase_on', models.DateField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='network.student')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['-asked_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['school', 'state', 'due_at'], name='data_request_by_state'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('erase_on', None), models.Q(('erase_on__gte', datetime.date(2000, 1, 1)), ('erase_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='data_request_erasure_in_reach'),
                    models.CheckConstraint(condition=models.Q(('due_at', None), models.Q(('due_at__gte', datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)), ('due_at__lte', datetime.datetime(2099, 12, 31, 0, 0, tzinfo=datetime.UTC))), _connector='OR'), name='data_request_due_in_reach'),
                    models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('student', 'kind'), name='data_request_one_open_per_kind'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), ('state', 'erased'), _connector='OR'), name='data_request_decided_by_somebody'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), ('erase_on__isnull', False), _connector='OR'), name='data_request_granted_has_a_day'),
                    models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', False), ('state', 'erased')), models.Q(models.Q(('state', 'erased'), _negated=True), ('erased_at', None)), _connector='OR'), name='data_request_erased_has_a_time'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('screening', 'Psychological screening'), ('counseling', 'Counseling'), ('research', 'Research with de-identified data'), ('publicity', 'Name or picture in publicity')], max_length=20)),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('title_zh', models.CharField(max_length=80, verbose_name='title in Chinese')),
                ('body_zh', models.TextField(verbose_name='text in Chinese')),
                ('title_en', models.CharField(max_length=120, verbose_name='title in English')),
                ('body_en', models.TextField(verbose_name='text in English')),
                ('sha256', models.CharField(max_length=64)),
                ('asks_again', models.BooleanField(default=False)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['school', 'purpose', '-version'],
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'purpose', 'version'), name='consent_text_version_once'),
                    models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='consent_text_versions_from_one'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('screening', 'Psychological screening'), ('counseling', 'Counseling'), ('research', 'Research with de-identified data'), ('publicity', 'Name or picture in publicity')], max_length=20)),
                ('act', models.CharField(choices=[('given', 'agreed'), ('withdrawn', 'taken back')], max_length=10)),
                ('how', models.CharField(choices=[('own_page', "on the page of one's own consents"), ('beforehand', 'asked before it began')], max_length=12)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='network.consenttext')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='network.student')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['student', 'purpose', '-at', '-id'], name='consent_by_student'),
                    models.Index(fields=['school', 'purpose', '-at'], name='consent_by_school'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('act__in', ['given', 'withdrawn'])), name='consent_act_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('dorm_lines', 'What room-mates and classmates wrote')], max_length=20)),
                ('reason', kernel.fields.EncryptedTextField(max_length=500, verbose_name='Why must you read this?')),
                ('is_emergency', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('review_role', models.CharField(max_length=30)),
                ('review_due_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('was_justified', models.BooleanField(null=True)),
                ('review_note', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='What do you think of it?')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.student')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['-opened_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['opened_by', 'student', 'kind', '-ends_at'], name='glass_active'),
                    models.Index(condition=models.Q(('reviewed_at', None)), fields=['school', 'review_due_at'], name='glass_to_review'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('opened_at'))), name='glass_closes_after_it_opened'),
                    models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at', None), ('reviewed_by', None), ('was_justified', None)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('was_justified__isnull', False)), _connector='OR'), name='glass_review_is_whole'),
                    models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('opened_by')), _negated=True), _connector='OR'), name='glass_reviewed_by_another'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('post', 'a post'), ('password', 'a new password'), ('factors', 'a new second step')], max_length=10)),
                ('role', models.CharField(blank=True, choices=[('leading_group', 'Leading group'), ('school_leader', 'School leader'), ('center_director', 'Center director'), ('full_time_counselor', 'Full-time counselor'), ('part_time_counselor', 'Part-time counselor'), ('deputy_secretary', 'College deputy secretary'), ('college_coordinator', 'College coordinator'), ('fudaoyuan', 'Fudaoyuan (student affairs advisor)'), ('class_adviser', 'Class adviser'), ('class_committee_member', 'Class psychology committee member'), ('dorm_head', 'Dorm head'), ('student_union_officer', 'Student union officer'), ('auditor', 'Auditor'), ('system_administrator', 'System administrator'), ('security_administrator', 'Security administrator')], max_length=30)),
                ('ends_on', models.DateField(null=True)),
                ('asked_by_administrator', models.BooleanField()),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('is_granted', models.BooleanField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(condition=models.Q(('decided_at', None)), fields=['school'], name='access_request_open'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_on', None), models.Q(('ends_on__gte', datetime.date(2000, 1, 1)), ('ends_on__lte', datetime.date(2099, 12, 31))), _connector='OR'), name='access_request_end_in_reach'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'post'), ('unit__isnull', False), models.Q(('role', ''), _negated=True)), models.Q(models.Q(('kind', 'post'), _negated=True), ('role', ''), ('unit', None)), _connector='OR'), name='access_request_names_its_post'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('is_granted', None)), models.Q(('decided_at__isnull', False), ('is_granted__isnull', False)), _connector='OR'), name='access_request_decision_is_whole'),
                    models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(models.Q(('decided_by', models.F('asked_by')), _negated=True), models.Q(('decided_by', models.F('holder')), _negated=True)), _connector='OR'), name='access_request_decided_by_another'),
                    models.UniqueConstraint(condition=models.Q(('decided_at', None), ('kind', 'post')), fields=('holder', 'unit', 'role'), name='access_request_one_open_per_post'),
                    models.UniqueConstraint(condition=models.Q(('decided_at', None), ('unit', None)), fields=('holder', 'kind'), name='access_request_one_open_per_reset'),
                ],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='school',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit'),
        ),
        migrations.CreateModel(
            name='UnitGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='network.unit')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='network.post')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['user', 'post'], name='grant_user_post'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('post', 'permission'), name='grant_once_per_post'),
                ],
            },
        ),
        migrations.CreateModel(
            name='UserSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='network address')),
                ('agent', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('started_at', models.DateTimeField(verbose_name='signed in')),
                ('seen_at', models.DateTimeField(verbose_name='last seen')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-seen_at', 'pk'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['seen_at'], name='session_seen'),
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
