"""What a process makes sure of before it serves: web in wsgi.py, worker and beat in celery.py."""

import logging

from django.db import Error as DatabaseFailure
from django.utils import timezone

from kernel import key_checks

logger = logging.getLogger(__name__)


def check_keys() -> None:
    """Refuse to start with a wrong key; a database that does not answer yet is left to the health check."""
    try:
        key_checks.refuse_wrong_keys()
        key_checks.remember_first_key(at=timezone.now())
    except DatabaseFailure:
        logger.warning("The keys could not be compared: the database does not answer, or is not migrated yet.")
