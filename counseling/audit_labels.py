from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.audit_labels import Labels, declare

ACTIONS: Labels = {
    "appointment.read": _("appointment in counseling looked at"),
    "call.register": _("call to the center taken down"),
    "feed.make": pgettext_lazy("audit", "address of a calendar made"),
    "feed.revoke": pgettext_lazy("audit", "address of a calendar revoked"),
}

declare(actions=ACTIONS)
