import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import Scope
from screening.models.scales import Scale
from screening.rules.days import EARLIEST, LATEST


class ResultImportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Files of the schools at which the user holds one of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))


class ImportedResultQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        """Those that no later file has corrected."""
        return self.filter(replaced_in=None)


class ColumnMapping(models.Model):
    """Which column of another system's file is what, under a name of the school's choice."""

    school = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    columns = models.JSONField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="column_mapping_name_once")]

    def __str__(self) -> str:
        return self.name


class ResultImport(models.Model):
    """A file with results of another system. Its rows are kept sealed until they are imported or discarded."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", pgettext_lazy("result import", "Columns to be chosen")
        COMPARED = "compared", pgettext_lazy("result import", "To be confirmed")
        APPLIED = "applied", pgettext_lazy("result import", "Imported")
        UNDONE = "undone", pgettext_lazy("result import", "Undone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="+", verbose_name=_("scale"))
    source = models.CharField(_("system it comes from"), max_length=60)
    file_name = models.CharField(max_length=200)
    headers = models.JSONField()
    columns = models.JSONField(default=dict)
    sheet = EncryptedTextField(default="", blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    objects = ResultImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "compared"], applied_at=None)
                | Q(state__in=["applied", "undone"], applied_at__isnull=False),
                name="result_import_applied_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("screening:import-detail", args=[self.pk])


class ImportedResult(models.Model):
    """A result that another system found. One that a later file corrects stays, replaced."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="imported_results")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="+")
    came_in = models.ForeignKey(ResultImport, models.PROTECT, related_name="results")
    replaced_in = models.ForeignKey(ResultImport, models.PROTECT, null=True, related_name="replaced")
    day = models.DateField()
    level = models.PositiveSmallIntegerField(null=True)
    outcome = EncryptedTextField()

    objects = ImportedResultQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(day__range=(EARLIEST, LATEST)), name="imported_result_day_bounds"),
            models.UniqueConstraint(
                fields=["student", "scale", "day"], condition=Q(replaced_in=None), name="imported_result_once"
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=3), name="imported_level_in_range"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
