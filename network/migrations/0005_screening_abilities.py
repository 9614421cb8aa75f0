from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0005_retention_erasure_and_tombstones'),
        ('network', '0004_scales_managed'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='unit',
            options={'default_permissions': (), 'ordering': ['code'], 'permissions': [('view_roster', 'view_roster'), ('view_names', 'view_names'), ('view_lines', 'view_lines'), ('view_line_summary', 'view_line_summary'), ('file_dorm_report', 'file_dorm_report'), ('file_class_report', 'file_class_report'), ('check_dorm_report', 'check_dorm_report'), ('view_class_report', 'view_class_report'), ('check_class_report', 'check_class_report'), ('file_college_report', 'file_college_report'), ('view_college_report', 'view_college_report'), ('check_college_report', 'check_college_report'), ('view_stats', 'view_stats'), ('export_summary', 'export_summary'), ('handle_alarm', 'handle_alarm'), ('appoint_staff', 'appoint_staff'), ('appoint_peer', 'appoint_peer'), ('import_roster', 'import_roster'), ('configure', 'configure'), ('view_audit', 'view_audit'), ('run_screening', 'run_screening'), ('follow_screening', 'follow_screening'), ('record_training', 'record_training'), ('hold_interview', 'hold_interview'), ('view_screening_level', 'view_screening_level'), ('view_screening_task', 'view_screening_task'), ('view_screening_factors', 'view_screening_factors'), ('manage_consent_texts', 'manage_consent_texts'), ('manage_retention', 'manage_retention'), ('decide_erasure', 'decide_erasure'), ('manage_screening', 'manage_screening'), ('view_scales', 'view_scales')]},
        ),
    ]
