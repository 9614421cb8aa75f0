"""Telling the family: who called whom, what was told, what was answered, and the attempts that failed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import CaseRow, moments_within_bounds
from crisis.models.cases import Case, CaseRowQuerySet
from crisis.models.files import CaseFile
from kernel.fields import EncryptedTextField


class Channel(models.TextChoices):
    PHONE = "phone", pgettext_lazy("channel", "Phone")
    IN_PERSON = "in_person", pgettext_lazy("channel", "In person")
    VIDEO = "video", pgettext_lazy("channel", "Video call")
    LETTER = "letter", pgettext_lazy("channel", "Registered letter")


class GuardianNotice(CaseRow):
    """The family was told, or must be told: one notice with all attempts until somebody was reached."""

    class LegalGround(models.TextChoices):
        CONSENT = "consent", _("the student agreed")
        FAMILY_CONTACT = "family_contact", _("Mental Health Law, article 16: contact with the family")
        EMERGENCY = "emergency", _("danger to life")

    class Decision(models.TextChoices):
        FETCH = "fetch", pgettext_lazy("family", "comes to fetch the student")
        ACCOMPANY = "accompany", pgettext_lazy("family", "stays with the student here")
        HOSPITAL = "hospital", pgettext_lazy("family", "agrees to a hospital")
        SCHOOL = "school", pgettext_lazy("family", "leaves it to the school for now")
        REFUSES = "refuses", pgettext_lazy("family", "refuses what was advised")

    class Signature(models.TextChoices):
        NONE = "none", pgettext_lazy("signature", "not asked for yet")
        SIGNED = "signed", pgettext_lazy("signature", "signed")
        REFUSED = "refused", pgettext_lazy("signature", "refused to sign")

    case = models.ForeignKey(Case, models.CASCADE, related_name="guardian_notices")
    legal_ground = models.CharField(_("legal ground"), max_length=16, choices=LegalGround.choices)
    reached_name = EncryptedTextField(_("who was reached"), max_length=60, default="", blank=True)
    relation = models.CharField(_("relation"), max_length=30, blank=True)
    reached_at = models.DateTimeField(null=True)
    channel = models.CharField(_("how"), max_length=10, choices=Channel.choices, blank=True)
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    witness = models.CharField(_("witness"), max_length=60, blank=True)
    facts = EncryptedTextField(_("what was told"), max_length=2000, default="", blank=True)
    advice = EncryptedTextField(_("what was advised"), max_length=2000, default="", blank=True)
    reply = EncryptedTextField(_("what the family said"), max_length=2000, default="", blank=True)
    decision = models.CharField(_("what the family decided"), max_length=10, choices=Decision.choices, blank=True)
    signature = models.CharField(_("signature"), max_length=8, choices=Signature.choices, default=Signature.NONE)
    signed_page = models.OneToOneField(CaseFile, models.PROTECT, null=True, related_name="+")
    signature_witness = models.CharField(_("who was there when it was refused"), max_length=60, blank=True)
    created_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("reached_at", name="guardian_notice_dates_within_bounds"),
            models.CheckConstraint(
                condition=Q(reached_at=None) | ~Q(channel=""), name="guardian_notice_reached_by_a_channel"
            ),
            models.CheckConstraint(
                condition=Q(signature="none", signed_page=None)
                | Q(signature="signed", signed_page__isnull=False)
                | (Q(signature="refused", signed_page=None) & ~Q(signature_witness="")),
                name="guardian_notice_signature_is_proven",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.created_at:%m-%d %H:%M}"


class GuardianAttempt(CaseRow):
    """One attempt to reach somebody: the guardian, a second contact, the police or the community of their home."""

    class Whom(models.TextChoices):
        GUARDIAN = "guardian", _("first contact")
        SECOND = "second", _("second contact")
        POLICE = "police", _("police or community")

    notice = models.ForeignKey(GuardianNotice, models.CASCADE, related_name="attempts")
    whom = models.CharField(max_length=10, choices=Whom.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    number = EncryptedTextField(_("number or address"), max_length=60, default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    was_reached = models.BooleanField()
    remark = EncryptedTextField(max_length=500, default="", blank=True)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [moments_within_bounds("at", name="guardian_attempt_dates_within_bounds")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.at:%m-%d %H:%M}"
