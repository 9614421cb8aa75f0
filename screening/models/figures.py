import uuid

from django.db import models
from django.db.models import Q

from kernel.fields import EncryptedTextField
from network.models import Unit
from screening.models.campaigns import Campaign


class PublishedFigures(models.Model):
    """What the papers of one scale came to when their figures were last published: those of a campaign, or of one year
    of another system. Figures are shown from here alone, so that they change in batches and never by one paper."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    scale_key = models.CharField(max_length=40)
    campaign = models.ForeignKey(Campaign, models.CASCADE, null=True, related_name="published_figures")
    source = models.CharField(max_length=60, default="", blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    # Sums by college, class, sex and province; a group may be a single student, so they are sealed.
    tallies = EncryptedTextField()
    # A digest of each paper that was counted, by college.
    papers = EncryptedTextField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["published_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "scale_key"], name="published_figures_once_per_campaign"),
            models.UniqueConstraint(
                fields=["school", "source", "year", "scale_key"],
                condition=Q(campaign=None),
                name="published_figures_once_per_year",
            ),
            models.CheckConstraint(
                condition=Q(campaign=None, year__isnull=False) | Q(campaign__isnull=False, year=None, source=""),
                name="published_figures_of_a_campaign_or_a_year",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
