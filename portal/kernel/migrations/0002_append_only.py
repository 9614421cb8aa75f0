from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from portal.kernel import triggers


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    triggers.guard(schema_editor.connection, triggers.EVENTS)


def unguard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    triggers.unguard(schema_editor.connection, triggers.EVENTS)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
