import datetime
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
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('beat_at', models.DateTimeField()),
                ('failures', models.PositiveIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PlanStep',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('order', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=200, verbose_name='what is done')),
                ('who', models.CharField(blank=True, max_length=60, verbose_name='by whom')),
                ('within_minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='within minutes')),
            ],
            options={
                'ordering': ['plan', 'order'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(choices=[('thunder_line', 'Thunder in a monthly report'), ('screening', 'A critical answer in a screening'), ('counselor', 'A counselor'), ('staff', 'A fudaoyuan or teacher'), ('student', 'The student asked for help'), ('phone', 'A phone call')], max_length=20)),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('evidence', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('place', kernel.fields.EncryptedTextField(blank=True, default='', max_length=200)),
                ('contact', kernel.fields.EncryptedTextField(blank=True, default='', max_length=100)),
                ('raised_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('action_taken', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='What you did or will do now')),
                ('escalates_at', models.DateTimeField(null=True)),
                ('addition_due_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('case', 'taken into a case'), ('care', 'cared for, no case needed'), ('mistake', 'raised by mistake')], max_length=10)),
                ('outcome_note', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500)),
                ('settled_at', models.DateTimeField(null=True)),
                ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('college', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='network.student')),
            ],
            options={
                'ordering': ['-raised_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AlarmEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField()),
                ('alarm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='crisis.alarm')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, verbose_name='case number')),
                ('level', models.PositiveSmallIntegerField(choices=[(3, 'Red'), (2, 'Orange'), (1, 'Yellow')], verbose_name='level')),
                ('level_since', models.DateTimeField()),
                ('criteria', models.PositiveSmallIntegerField(default=0, verbose_name='reportable groups')),
                ('situation', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='the situation in short')),
                ('abuse_feared', models.BooleanField(default=False, verbose_name='abuse at home is feared')),
                ('opened_at', models.DateTimeField()),
                ('next_due_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('ground', models.CharField(blank=True, choices=[('resolved', 'Resolved'), ('transferred', 'Transferred to another school, handed over'), ('withdrawn', 'Withdrawn from school, handed over'), ('graduated', 'Graduated, handed over')], max_length=12, verbose_name='ground')),
                ('reopened', models.PositiveSmallIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deputy_post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.post')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner_post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.post')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='network.student')),
            ],
            options={
                'ordering': ['-opened_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CarePlan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('supports', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='sources of support')),
                ('risks', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='what may trigger danger, and the signs')),
                ('review_on', models.DateField(blank=True, null=True, verbose_name='review on')),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='care_plans', to='crisis.case')),
            ],
            options={
                'ordering': ['-version'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='alarm',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='crisis.case'),
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('alarm', 'Alarm'), ('level', 'Level'), ('people', 'Who answers'), ('told', 'Told'), ('contact', 'Contact'), ('note', 'Note'), ('report', 'Report'), ('plan', 'Care plan'), ('watch', 'Safety watch'), ('guardian', 'Family'), ('talk', 'Talk'), ('referral', 'Referral'), ('return', 'Leave and return'), ('checklist', 'Response plan')], max_length=10)),
                ('title', models.CharField(max_length=200)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('text', kernel.fields.EncryptedTextField(blank=True, default='', max_length=4000)),
                ('link', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('serial', models.PositiveIntegerField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='crisis.case')),
            ],
            options={
                'ordering': ['-at', '-serial'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', kernel.fields.EncryptedTextField(blank=True, default='', max_length=80)),
                ('media_type', models.CharField(max_length=20)),
                ('content', kernel.fields.EncryptedTextField()),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='crisis.case')),
            ],
            options={
                'ordering': ['added_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseMember',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('audience', models.CharField(blank=True, choices=[('fudaoyuan', 'Fudaoyuan (student affairs advisor)'), ('deputy_secretary', 'College deputy secretary'), ('college_coordinator', 'College coordinator'), ('center_director', 'Center director'), ('school_leader', 'School leader'), ('guardian', 'Family')], max_length=20)),
                ('must_by', models.DateTimeField(null=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('added_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='crisis.case')),
                ('told_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': [models.OrderBy(models.F('must_by'), nulls_last=True), 'added_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseTask',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', kernel.fields.EncryptedTextField(max_length=500, verbose_name='what is asked for')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('given_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('answer', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000, verbose_name='what came of it')),
                ('assignee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='crisis.case')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='network.student')),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CrisisReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('immediate', 'Immediate report'), ('follow_up', '24-hour follow-up'), ('weekly', 'Weekly report'), ('monthly', 'Monthly report')], max_length=10)),
                ('level', models.PositiveSmallIntegerField(choices=[(3, 'Red'), (2, 'Orange'), (1, 'Yellow')])),
                ('anchor_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('filed_at', models.DateTimeField(null=True)),
                ('is_late', models.BooleanField(default=False)),
                ('superseded_at', models.DateTimeField(null=True)),
                ('content', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('draft', kernel.fields.EncryptedTextField(blank=True, default='')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='crisis.case')),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DutyShift',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='to')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone during the shift')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_shifts', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duty_shifts', to='network.unit')),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EscalationSettings',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('center_duty_after', models.PositiveSmallIntegerField(default=5, verbose_name='center on duty, after minutes')),
                ('director_after', models.PositiveSmallIntegerField(default=15, verbose_name='center director, after minutes')),
                ('school_leader_after', models.PositiveSmallIntegerField(default=30, verbose_name='school leader, after minutes')),
                ('work_starts', models.TimeField(default=datetime.time(8, 0), verbose_name='the center opens at')),
                ('work_ends', models.TimeField(default=datetime.time(18, 0), verbose_name='the center closes at')),
                ('bots', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='group bots')),
                ('school', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='escalation', to='network.unit')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='GuardianNotice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('legal_ground', models.CharField(choices=[('consent', 'the student agreed'), ('family_contact', 'Mental Health Law, article 16: contact with the family'), ('emergency', 'danger to life')], max_length=16, verbose_name='legal ground')),
                ('reached_name', kernel.fields.EncryptedTextField(blank=True, default='', max_length=60, verbose_name='who was reached')),
                ('relation', models.CharField(blank=True, max_length=30, verbose_name='relation')),
                ('reached_at', models.DateTimeField(null=True)),
                ('channel', models.CharField(blank=True, choices=[('phone', 'Phone'), ('in_person', 'In person'), ('video', 'Video call'), ('letter', 'Registered letter')], max_length=10, verbose_name='how')),
                ('witness', models.CharField(blank=True, max_length=60, verbose_name='witness')),
                ('facts', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='what was told')),
                ('advice', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='what was advised')),
                ('reply', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='what the family said')),
                ('decision', models.CharField(blank=True, choices=[('fetch', 'comes to fetch the student'), ('accompany', 'stays with the student here'), ('hospital', 'agrees to a hospital'), ('school', 'leaves it to the school for now'), ('refuses', 'refuses what was advised')], max_length=10, verbose_name='what the family decided')),
                ('signature', models.CharField(choices=[('none', 'not asked for yet'), ('signed', 'signed'), ('refused', 'refused to sign')], default='none', max_length=8, verbose_name='signature')),
                ('signature_witness', models.CharField(blank=True, max_length=60, verbose_name='who was there when it was refused')),
                ('created_at', models.DateTimeField()),
                ('caller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guardian_notices', to='crisis.case')),
                ('signed_page', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crisis.casefile')),
            ],
            options={
                'ordering': ['-created_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='GuardianAttempt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('whom', models.CharField(choices=[('guardian', 'first contact'), ('second', 'second contact'), ('police', 'police or community')], max_length=10)),
                ('channel', models.CharField(choices=[('phone', 'Phone'), ('in_person', 'In person'), ('video', 'Video call'), ('letter', 'Registered letter')], max_length=10)),
                ('number', kernel.fields.EncryptedTextField(blank=True, default='', max_length=60, verbose_name='number or address')),
                ('at', models.DateTimeField()),
                ('was_reached', models.BooleanField()),
                ('remark', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='crisis.guardiannotice')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Hospital',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('department', models.CharField(blank=True, max_length=60, verbose_name='department')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='phone')),
                ('green_channel', models.CharField(blank=True, max_length=300, verbose_name='how a student gets in at once')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hospitals', to='network.unit')),
            ],
            options={
                'ordering': ['name', 'department'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('attempt', 'Attempted suicide'), ('death', 'Death'), ('self_harm', 'Self-harm'), ('violence', 'Violence'), ('missing', 'Missing'), ('prevented', 'Prevented in time'), ('other', 'Other')], max_length=10, verbose_name='kind')),
                ('happened_at', models.DateTimeField(verbose_name='when')),
                ('place', kernel.fields.EncryptedTextField(blank=True, default='', max_length=200, verbose_name='where')),
                ('account', kernel.fields.EncryptedTextField(blank=True, default='', max_length=4000, verbose_name='what happened')),
                ('measures', kernel.fields.EncryptedTextField(blank=True, default='', max_length=4000, verbose_name='what was done')),
                ('lessons', kernel.fields.EncryptedTextField(blank=True, default='', max_length=4000, verbose_name='what we learned')),
                ('recorded_at', models.DateTimeField()),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='incidents', to='crisis.case')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='network.unit')),
            ],
            options={
                'ordering': ['-happened_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LoweringRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('from_level', models.PositiveSmallIntegerField(choices=[(3, 'Red'), (2, 'Orange'), (1, 'Yellow')])),
                ('to_level', models.PositiveSmallIntegerField(choices=[(3, 'Red'), (2, 'Orange'), (1, 'Yellow'), (0, 'Closed')])),
                ('ground', models.CharField(blank=True, choices=[('resolved', 'Resolved'), ('transferred', 'Transferred to another school, handed over'), ('withdrawn', 'Withdrawn from school, handed over'), ('graduated', 'Graduated, handed over')], max_length=12)),
                ('reassessment', kernel.fields.EncryptedTextField(max_length=2000, verbose_name='reassessment')),
                ('requested_at', models.DateTimeField()),
                ('decision', models.CharField(choices=[('pending', 'waiting for the second person'), ('granted', 'granted'), ('refused', 'not granted'), ('withdrawn', 'withdrawn')], default='pending', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lowering_requests', to='crisis.case')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-requested_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LevelChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('from_level', models.PositiveSmallIntegerField(choices=[(3, 'Red'), (2, 'Orange'), (1, 'Yellow'), (0, 'Closed')])),
                ('to_level', models.PositiveSmallIntegerField(choices=[(3, 'Red'), (2, 'Orange'), (1, 'Yellow'), (0, 'Closed')])),
                ('ground', models.CharField(blank=True, choices=[('resolved', 'Resolved'), ('transferred', 'Transferred to another school, handed over'), ('withdrawn', 'Withdrawn from school, handed over'), ('graduated', 'Graduated, handed over')], max_length=12)),
                ('reason', kernel.fields.EncryptedTextField(max_length=2000)),
                ('at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='level_changes', to='crisis.case')),
                ('request', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='change', to='crisis.loweringrequest')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PlanTick',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('remark', kernel.fields.EncryptedTextField(blank=True, default='', max_length=300)),
                ('alarm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticks', to='crisis.alarm')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticks', to='crisis.planstep')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('target', models.CharField(choices=[('hospital', 'Hospital'), ('counseling', 'Counseling center')], default='hospital', max_length=12)),
                ('state', models.CharField(choices=[('open', 'under way'), ('done', 'completed'), ('broken_off', 'broken off')], default='open', max_length=10)),
                ('reason', kernel.fields.EncryptedTextField(max_length=2000, verbose_name='why')),
                ('opened_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ending', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='why it did not come about')),
                ('assigned_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='crisis.case')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('counselor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('hospital', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crisis.hospital')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='network.student')),
            ],
            options={
                'ordering': ['-opened_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReferralStep',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('assessed', 'Assessed'), ('approved', 'Approved'), ('guardian_told', 'Family told'), ('escorted', 'Escorted'), ('arrived', 'At the hospital'), ('replied', "Hospital's reply"), ('planned', "School's plan"), ('followed_up', 'Followed up'), ('broken_off', 'Broken off')], max_length=14)),
                ('text', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('letter', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crisis.casefile')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='crisis.referral')),
            ],
            options={
                'ordering': ['at', 'recorded_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ResponsePlan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('situation', models.CharField(choices=[('any', 'Any alarm'), ('suicide', 'Danger of suicide'), ('missing', 'Somebody is missing'), ('violence', 'Violence'), ('psychosis', 'Acute confusion, voices, delusion'), ('death', 'A death')], max_length=10, verbose_name='situation')),
                ('version', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=80, verbose_name='title')),
                ('is_current', models.BooleanField(default=False)),
                ('published_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='response_plans', to='network.unit')),
            ],
            options={
                'ordering': ['situation', '-version'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='planstep',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='crisis.responseplan'),
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('on_leave', 'on leave'), ('applied', 'has applied to return'), ('returned', 'returned'), ('postponed', 'return postponed'), ('ended', 'followed to the end')], max_length=10)),
                ('left_on', models.DateField(verbose_name='on leave from')),
                ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected back')),
                ('applied_on', models.DateField(blank=True, null=True, verbose_name='applied on')),
                ('hospital_opinion', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name="hospital's opinion, quoted")),
                ('interview', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name="center's interview")),
                ('commitment', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000, verbose_name="family's commitment")),
                ('support_plan', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='support plan')),
                ('decision_note', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000, verbose_name='reason of the decision')),
                ('decided_at', models.DateTimeField(null=True)),
                ('returned_on', models.DateField(blank=True, null=True, verbose_name='back since')),
                ('opened_at', models.DateTimeField()),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='returns', to='crisis.case')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('interviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opinion_file', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crisis.casefile')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='network.student')),
            ],
            options={
                'ordering': ['-opened_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReturnFollowUp',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('due_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('text', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student_return', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='crisis.return')),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SafetyWatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', kernel.fields.EncryptedTextField(blank=True, default='', max_length=200, verbose_name='where')),
                ('instructions', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000, verbose_name='what to look after')),
                ('least', models.PositiveSmallIntegerField(default=2, verbose_name='people at a time')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ended_at', models.DateTimeField(null=True)),
                ('handed_to', kernel.fields.EncryptedTextField(blank=True, default='', max_length=300, verbose_name='handed over to')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='crisis.case')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-starts_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SpecialPeriod',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('term_start', 'Start of term'), ('exams', 'Exams'), ('graduation', 'Graduation'), ('spring', 'Spring'), ('incident', 'After an incident')], max_length=12, verbose_name='kind')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='to')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='special_periods', to='network.unit')),
            ],
            options={
                'ordering': ['-starts_on', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Talk',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('planned_at', models.DateTimeField(verbose_name='planned for')),
                ('purpose', kernel.fields.EncryptedTextField(blank=True, default='', max_length=300, verbose_name='purpose')),
                ('state', models.CharField(choices=[('planned', 'planned'), ('held', 'held'), ('missed', 'did not come about')], default='planned', max_length=8)),
                ('held_at', models.DateTimeField(null=True)),
                ('summary', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='summary')),
                ('next_step', kernel.fields.EncryptedTextField(blank=True, default='', max_length=500, verbose_name='next step')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='talks', to='crisis.case')),
                ('college', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('dorm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('school_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='network.student')),
            ],
            options={
                'ordering': ['-planned_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='UnitReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('weekly', 'Weekly'), ('monthly', 'Monthly')], max_length=8)),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='to')),
                ('due_at', models.DateTimeField()),
                ('filed_at', models.DateTimeField(null=True)),
                ('is_late', models.BooleanField(default=False)),
                ('is_zero', models.BooleanField(default=False)),
                ('figures', models.JSONField(blank=True, default=dict)),
                ('narrative', kernel.fields.EncryptedTextField(blank=True, default='', max_length=2000, verbose_name='in words')),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crisis_reports', to='network.unit')),
            ],
            options={
                'ordering': ['-starts_on', 'unit__code', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='WatchShift',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='name')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='to')),
                ('handed_over_at', models.DateTimeField(null=True)),
                ('handover', kernel.fields.EncryptedTextField(blank=True, default='', max_length=1000, verbose_name='what the next one must know')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='crisis.safetywatch')),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AlarmStep',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('step', models.PositiveSmallIntegerField(choices=[(0, 'Fudaoyuan and college'), (1, 'Center, on duty'), (2, 'Center director'), (3, 'School leader')])),
                ('due_at', models.DateTimeField()),
                ('called_at', models.DateTimeField()),
                ('told', models.PositiveSmallIntegerField(default=0)),
                ('alarm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='crisis.alarm')),
            ],
            options={
                'ordering': ['alarm', 'step'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('alarm', 'step'), name='alarm_step_called_once')],
            },
        ),
        migrations.CreateModel(
            name='CareGoal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('order', models.PositiveSmallIntegerField()),
                ('text', kernel.fields.EncryptedTextField(max_length=300, verbose_name='goal')),
                ('who', models.CharField(blank=True, max_length=60, verbose_name='by whom')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='by when')),
                ('is_reached', models.BooleanField(default=False, verbose_name='reached')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='crisis.careplan')),
            ],
            options={
                'ordering': ['plan', 'order'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('due_on__gte', datetime.date(2000, 1, 1)), ('due_on__lte', datetime.date(2099, 12, 31))), name='care_goal_dates_within_bounds'), models.UniqueConstraint(fields=('plan', 'order'), name='care_goal_order_once')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['school', '-level', 'next_due_at'], name='case_school_open'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['college', '-level', 'next_due_at'], name='case_college_open'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['owner'], name='case_owner_open'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('level_since__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('level_since__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='case_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(fields=('school', 'number'), name='case_number_once'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('student',), name='case_one_open_per_student'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('ground', '')), models.Q(('closed_at__isnull', False), models.Q(('ground', ''), _negated=True)), _connector='OR'), name='case_closed_on_a_ground'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('next_due_at__isnull', False)), models.Q(('closed_at__isnull', False), ('next_due_at__isnull', True)), _connector='OR'), name='case_open_owes_something'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('deputy', None), models.Q(('deputy', models.F('owner')), _negated=True), _connector='OR'), name='case_deputy_is_another'),
        ),
        migrations.AddConstraint(
            model_name='careplan',
            constraint=models.CheckConstraint(condition=models.Q(('review_on__gte', datetime.date(2000, 1, 1)), ('review_on__lte', datetime.date(2099, 12, 31))), name='care_plan_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='careplan',
            constraint=models.UniqueConstraint(fields=('case', 'version'), name='care_plan_version_once'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(condition=models.Q(('acknowledged_at', None)), fields=['school', 'raised_at'], name='alarm_school_open'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(condition=models.Q(('acknowledged_at', None)), fields=['escalates_at'], name='alarm_to_escalate'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['school', '-raised_at'], name='alarm_school_raised'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(condition=models.Q(('addition_due_at__isnull', False)), fields=['addition_due_at'], name='alarm_addition_due'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='alarm_acknowledged_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None), ('settled_by', None)), models.Q(('acknowledged_at__isnull', False), ('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='alarm_settled_by_somebody_after_it_was_taken_on'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(('acknowledged_at', None), ('escalates_at', None), _connector='OR'), name='alarm_acknowledged_escalates_no_more'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('school_class', None), ('student', None)), models.Q(('school_class__isnull', False), ('student__isnull', False)), _connector='OR'), name='alarm_of_a_student_has_their_class'),
        ),
        migrations.AddIndex(
            model_name='caseevent',
            index=models.Index(fields=['case', '-at'], name='case_event_story'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(('at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='case_event_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_at__gte', models.F('at'))), name='case_event_tells_what_has_happened'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.UniqueConstraint(fields=('case', 'serial'), name='case_event_serial_once'),
        ),
        migrations.AddIndex(
            model_name='casemember',
            index=models.Index(fields=['user', 'case'], name='case_member_user'),
        ),
        migrations.AddConstraint(
            model_name='casemember',
            constraint=models.UniqueConstraint(fields=('case', 'user'), name='case_member_once'),
        ),
        migrations.AddConstraint(
            model_name='casemember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('told_at', None), ('told_by', None)), models.Q(('told_at__isnull', False), ('told_by__isnull', False)), _connector='OR'), name='case_member_told_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='casetask',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('due_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='case_task_dates_within_bounds'),
        ),
        migrations.AddIndex(
            model_name='crisisreport',
            index=models.Index(condition=models.Q(('filed_at', None), ('superseded_at', None)), fields=['due_at'], name='case_report_owed'),
        ),
        migrations.AddIndex(
            model_name='crisisreport',
            index=models.Index(fields=['case', '-filed_at'], name='case_report_filed'),
        ),
        migrations.AddConstraint(
            model_name='crisisreport',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('due_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='crisis_report_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='crisisreport',
            constraint=models.UniqueConstraint(condition=models.Q(('filed_at', None), ('superseded_at', None)), fields=('case',), name='case_report_one_owed'),
        ),
        migrations.AddConstraint(
            model_name='crisisreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('filed_at', None), ('filed_by', None), ('is_late', False)), models.Q(('filed_at__isnull', False), ('filed_at__lte', models.F('due_at')), ('filed_by__isnull', False), ('is_late', False), ('superseded_at', None)), models.Q(('filed_at__gt', models.F('due_at')), ('filed_at__isnull', False), ('filed_by__isnull', False), ('is_late', True), ('superseded_at', None)), _connector='OR'), name='case_report_late_when_filed_after_its_time'),
        ),
        migrations.AddIndex(
            model_name='dutyshift',
            index=models.Index(fields=['school', 'ends_at'], name='duty_shift_school_end'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('starts_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)), ('ends_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('ends_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='duty_shift_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='duty_shift_ends_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.UniqueConstraint(fields=('school', 'officer', 'starts_at'), name='duty_shift_once'),
        ),
        migrations.AddConstraint(
            model_name='escalationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('center_duty_after__lte', models.F('director_after')), ('director_after__lte', models.F('school_leader_after'))), name='escalation_steps_in_order'),
        ),
        migrations.AddConstraint(
            model_name='escalationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('center_duty_after__lte', 15), ('director_after__lte', 60), ('school_leader_after__lte', 120)), name='escalation_steps_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='escalationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('work_starts__lt', models.F('work_ends'))), name='escalation_opens_before_closing'),
        ),
        migrations.AddConstraint(
            model_name='guardiannotice',
            constraint=models.CheckConstraint(condition=models.Q(('reached_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('reached_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='guardian_notice_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='guardiannotice',
            constraint=models.CheckConstraint(condition=models.Q(('reached_at', None), models.Q(('channel', ''), _negated=True), _connector='OR'), name='guardian_notice_reached_by_a_channel'),
        ),
        migrations.AddConstraint(
            model_name='guardiannotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signature', 'none'), ('signed_page', None)), models.Q(('signature', 'signed'), ('signed_page__isnull', False)), models.Q(('signature', 'refused'), ('signed_page', None), models.Q(('signature_witness', ''), _negated=True)), _connector='OR'), name='guardian_notice_signature_is_proven'),
        ),
        migrations.AddConstraint(
            model_name='guardianattempt',
            constraint=models.CheckConstraint(condition=models.Q(('at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='guardian_attempt_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='hospital',
            constraint=models.UniqueConstraint(fields=('school', 'name', 'department'), name='hospital_department_once'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(fields=['school', '-happened_at'], name='incident_school_time'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('happened_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('happened_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='incident_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='loweringrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', 'pending')), fields=('case',), name='lowering_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='loweringrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', 'pending')), models.Q(models.Q(('decision', 'pending'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='lowering_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='loweringrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', 'granted'), _negated=True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='lowering_granted_by_another'),
        ),
        migrations.AddConstraint(
            model_name='loweringrequest',
            constraint=models.CheckConstraint(condition=models.Q(('to_level__lt', models.F('from_level'))), name='lowering_goes_down'),
        ),
        migrations.AddConstraint(
            model_name='loweringrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('to_level', 0), models.Q(('ground', ''), _negated=True)), models.Q(models.Q(('to_level', 0), _negated=True), ('ground', '')), _connector='OR'), name='lowering_to_rest_has_a_ground'),
        ),
        migrations.AddConstraint(
            model_name='levelchange',
            constraint=models.CheckConstraint(condition=models.Q(('to_level__gt', models.F('from_level')), models.Q(('approved_by__isnull', False), ('request__isnull', False), ('to_level__lt', models.F('from_level')), models.Q(('approved_by', models.F('by')), _negated=True)), _connector='OR'), name='level_lowered_by_two'),
        ),
        migrations.AddConstraint(
            model_name='plantick',
            constraint=models.UniqueConstraint(fields=('step', 'alarm'), name='plan_step_ticked_once'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='referral_ended_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('target', 'hospital'), _negated=True), ('hospital__isnull', False), _connector='OR'), name='referral_names_its_hospital'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assigned_at', None), ('counselor', None)), models.Q(('assigned_at__isnull', False), ('counselor__isnull', False)), _connector='OR'), name='referral_assigned_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('target', 'hospital'), _negated=True), ('counselor', None), _connector='OR'), name='referral_to_hospital_has_no_counselor'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('target', 'counseling'), _negated=True), ('case', None), _connector='OR'), name='referral_to_counseling_is_in_no_case'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open'), ('target', 'counseling')), fields=('student',), name='one_open_referral_to_counseling'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.CheckConstraint(condition=models.Q(('at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='referral_step_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.UniqueConstraint(fields=('referral', 'kind'), name='referral_step_once'),
        ),
        migrations.AddConstraint(
            model_name='responseplan',
            constraint=models.UniqueConstraint(fields=('school', 'situation', 'version'), name='response_plan_version_once'),
        ),
        migrations.AddConstraint(
            model_name='responseplan',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('school', 'situation'), name='response_plan_one_current'),
        ),
        migrations.AddConstraint(
            model_name='responseplan',
            constraint=models.CheckConstraint(condition=models.Q(('is_current', False), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='response_plan_current_is_published'),
        ),
        migrations.AddConstraint(
            model_name='planstep',
            constraint=models.UniqueConstraint(fields=('plan', 'order'), name='plan_step_order_once'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('left_on__gte', datetime.date(2000, 1, 1)), ('left_on__lte', datetime.date(2099, 12, 31)), ('expected_on__gte', datetime.date(2000, 1, 1)), ('expected_on__lte', datetime.date(2099, 12, 31)), ('applied_on__gte', datetime.date(2000, 1, 1)), ('applied_on__lte', datetime.date(2099, 12, 31)), ('returned_on__gte', datetime.date(2000, 1, 1)), ('returned_on__lte', datetime.date(2099, 12, 31))), name='return_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['on_leave', 'applied', 'postponed'])), fields=('student',), name='return_one_under_way'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expected_on', None), ('expected_on__gte', models.F('left_on')), _connector='OR'), models.Q(('applied_on', None), ('applied_on__gte', models.F('left_on')), _connector='OR'), models.Q(('returned_on', None), ('returned_on__gte', models.F('left_on')), _connector='OR')), name='return_dates_after_the_leave'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['returned', 'ended']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('returned_on__isnull', False)), _connector='OR'), name='return_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), ('interviewed_by', None), models.Q(('decided_by', models.F('interviewed_by')), _negated=True), _connector='OR'), name='return_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='returnfollowup',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('due_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='return_follow_up_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='returnfollowup',
            constraint=models.UniqueConstraint(fields=('student_return', 'number'), name='return_follow_up_once'),
        ),
        migrations.AddConstraint(
            model_name='returnfollowup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='return_follow_up_done_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='safetywatch',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('starts_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)), ('ended_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('ended_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='safety_watch_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='safetywatch',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case',), name='watch_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='safetywatch',
            constraint=models.CheckConstraint(condition=models.Q(('least__gte', 2)), name='watch_by_two_at_least'),
        ),
        migrations.AddConstraint(
            model_name='safetywatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('starts_at')), ('ended_by__isnull', False)), _connector='OR'), name='watch_ended_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='specialperiod',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__gte', datetime.date(2000, 1, 1)), ('starts_on__lte', datetime.date(2099, 12, 31)), ('ends_on__gte', datetime.date(2000, 1, 1)), ('ends_on__lte', datetime.date(2099, 12, 31))), name='special_period_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='specialperiod',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='special_period_ends_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='talk',
            constraint=models.CheckConstraint(condition=models.Q(('planned_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('planned_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)), ('held_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('held_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='talk_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='talk',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), ('held_at__isnull', False)), models.Q(models.Q(('state', 'held'), _negated=True), ('held_at', None)), _connector='OR'), name='talk_held_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='unitreport',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__gte', datetime.date(2000, 1, 1)), ('starts_on__lte', datetime.date(2099, 12, 31)), ('ends_on__gte', datetime.date(2000, 1, 1)), ('ends_on__lte', datetime.date(2099, 12, 31))), name='unit_report_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='unitreport',
            constraint=models.UniqueConstraint(fields=('unit', 'kind', 'starts_on'), name='unit_report_once_per_period'),
        ),
        migrations.AddConstraint(
            model_name='unitreport',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='unit_report_ends_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='unitreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('filed_at', None), ('filed_by', None), ('is_late', False), ('is_zero', False)), models.Q(('filed_at__isnull', False), ('filed_at__lte', models.F('due_at')), ('filed_by__isnull', False), ('is_late', False)), models.Q(('filed_at__gt', models.F('due_at')), ('filed_at__isnull', False), ('filed_by__isnull', False), ('is_late', True)), _connector='OR'), name='unit_report_late_when_filed_after_its_time'),
        ),
        migrations.AddConstraint(
            model_name='watchshift',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('starts_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)), ('ends_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)), ('ends_at__lt', datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC))), name='watch_shift_dates_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='watchshift',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='watch_shift_ends_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='watchshift',
            constraint=models.CheckConstraint(condition=models.Q(('person__isnull', False), models.Q(('name', ''), _negated=True), _connector='OR'), name='watch_shift_is_somebodys'),
        ),
    ]
