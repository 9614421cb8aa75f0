"""The money of a year, in fen: what is set aside, and entries that are never changed."""

import uuid
from typing import Any, Never

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models.evidence import Evidence
from activities.models.program_labels import SPENDING_LABELS
from activities.models.scoping import OfSchool
from activities.rules.money import MOST_FEN
from activities.rules.program import FIRST_YEAR, LAST_YEAR
from kernel.choices import choices_of
from network.models import Unit
from network.models.bounds import day_in_reach


class BudgetYear(models.Model):
    """What a school sets aside for a calendar year."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    earmarked = models.BigIntegerField(_("earmarked, in fen"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = OfSchool.as_manager()

    class Meta:
        ordering = ["-year"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "year"], name="budget_once_a_year"),
            models.CheckConstraint(
                condition=Q(earmarked__gte=0, earmarked__lte=MOST_FEN), name="budget_earmark_in_range"
            ),
            models.CheckConstraint(condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="budget_year_in_range"),
        ]

    def __str__(self) -> str:
        return str(self.year)

    def get_absolute_url(self) -> str:
        return reverse("activities:budget-year", args=[self.pk])


class BudgetEntryQuerySet(models.QuerySet[Any]):
    """Entries are written and read; the database refuses the rest as well."""

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("budget entries are never changed")

    def delete(self) -> Never:
        raise TypeError("budget entries are never deleted")


class BudgetEntry(models.Model):
    """Money spent, or a refund, which is negative. A wrong entry is put right by a refund of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    budget = models.ForeignKey(BudgetYear, models.PROTECT, related_name="entries")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount, in fen"))
    kind = models.CharField(_("spent on"), max_length=10, choices=choices_of(SPENDING_LABELS))
    day = models.DateField(_("day"))
    voucher = models.CharField(_("voucher number"), max_length=40)
    words = models.CharField(_("for what"), max_length=120)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    refunds = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="refunded_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = BudgetEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-recorded_at", "pk"]
        default_permissions = ()
        verbose_name_plural = "budget entries"
        constraints = [
            models.UniqueConstraint(fields=["school", "voucher"], name="budget_voucher_once"),
            models.CheckConstraint(
                condition=Q(refunds=None, amount__gt=0, amount__lte=MOST_FEN)
                | Q(refunds__isnull=False, amount__lt=0, amount__gte=-MOST_FEN),
                name="budget_refund_is_negative",
            ),
            day_in_reach("day", name="budget_day_in_reach"),
        ]
        indexes = [models.Index(fields=["budget", "-day"], name="budget_entry_by_day")]

    def __str__(self) -> str:
        return self.voucher
