import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.fields import EncryptedTextField


class StaffPhone(models.Model):
    """The number at which somebody of the staff is reached in an emergency; shown to whoever handles an alarm."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="staff_phone")
    phone = EncryptedTextField(_("phone"), max_length=30)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user_id)
