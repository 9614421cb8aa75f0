from django.db import migrations

FIELDS = ("counselor_id", "unit_id", "recorded_by_id", "recorded_at")


def copy(source, target):
    rows = source.objects.order_by("pk").values(*FIELDS)
    target.objects.bulk_create([target(**row) for row in rows], batch_size=500)


def move_up(apps, schema_editor):
    copy(apps.get_model("screening", "DualRelation"), apps.get_model("network", "DualRelation"))


def move_back(apps, schema_editor):
    copy(apps.get_model("network", "DualRelation"), apps.get_model("screening", "DualRelation"))
    apps.get_model("network", "DualRelation").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('screening', '0001_initial'),
        ('network', '0005_dual_relations'),
    ]

    operations = [
        migrations.RunPython(move_up, move_back),
        migrations.DeleteModel(
            name='DualRelation',
        ),
    ]
