import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# A page that waits longer for the database is given up, so that the others are served.
os.environ.setdefault("STATEMENT_TIMEOUT", "30s")
os.environ.setdefault("LOCK_TIMEOUT", "10s")
application = get_wsgi_application()

from portal import startup  # noqa: E402 - needs the apps

startup.check_keys()
