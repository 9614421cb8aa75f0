"""The portal without its shortcuts: the ORM's query for a paper, no part of a page kept.

gunicorn tests.bench.plain:application"""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.plain_settings"

from portal.wsgi import application
from screening.services.papers import statement as papers
from tests.screening import plain_papers

__all__ = ["application"]

papers.read = plain_papers.read
