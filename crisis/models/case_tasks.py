"""A task for a class adviser or another helper, who does not see the case."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crisis.models.base import PersonRow, moments_within_bounds
from crisis.models.cases import Case
from kernel.fields import EncryptedTextField
from network.models.base import ScopedQuerySet


class TaskQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """Tasks given to the user, who learns nothing else of the case."""
        return self.filter(assignee=user.pk)


class CaseTask(PersonRow):
    """Something a class adviser or another helper is asked to do for a student; they see the task, never the level."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = EncryptedTextField(_("what is asked for"), max_length=500)
    due_at = models.DateTimeField(_("due"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(_("what came of it"), max_length=1000, default="", blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        default_permissions = ()
        constraints = [moments_within_bounds("due_at", name="case_task_dates_within_bounds")]

    def __str__(self) -> str:
        return str(self.pk)
