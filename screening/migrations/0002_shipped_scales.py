import json
from pathlib import Path

from django.db import migrations
from django.utils.timezone import now

FOLDER = Path(__file__).resolve().parent.parent / "scales"


def load(apps, schema_editor):
    """The instruments that come with the portal, as `manage.py load_scales` would bring them."""
    Scale = apps.get_model("screening", "Scale")
    at = now()
    for path in sorted(FOLDER.glob("*.json")):
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

    dependencies = [('screening', '0001_scales')]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
