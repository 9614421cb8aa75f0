"""The portal's settings without the cache of pages, see tests.bench.plain."""

from portal.settings import *  # noqa: F403
from portal.settings import CACHES

CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
