"""A pytest plugin: tests that run side by side have a Redis database each, so that no worker takes another's tasks."""

import os
import re

# Loaded through PYTEST_PLUGINS, which is early enough: the settings are read before any conftest.
LANE = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", ""))


def in_lane(url: str) -> str:
    return re.sub(r"/\d*$", "", url) + f"/{int(LANE) + 1}"


if LANE:
    for name in ("REDIS_URL", "TEST_REDIS_URL"):
        if os.environ.get(name):
            os.environ[name] = in_lane(os.environ[name])
