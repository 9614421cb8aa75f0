from django.utils.translation import gettext_lazy as _

from kernel.audit_labels import Labels, declare

ACTIONS: Labels = {
    "audit.export": _("audit log exported"),
    "duty.list": _("own to-do list looked at"),
    "file.download": _("printed document downloaded"),
    "file.print": _("document printed"),
}

declare(actions=ACTIONS)
