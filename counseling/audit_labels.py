from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.audit_labels import Labels, declare

ACTIONS: Labels = {
    "appointment.read": _("appointment in counseling looked at"),
    "booking.arrive": _("arrival at the center noted"),
    "booking.cancel": _("appointment in counseling cancelled"),
    "booking.extend_limit": _("more counseling sessions granted"),
    "booking.make": _("appointment in counseling made"),
    "booking.move": _("appointment in counseling moved"),
    "booking.record": _("outcome of an appointment recorded"),
    "call.register": _("call to the center taken down"),
    "closure.add": _("days off of the center entered"),
    "closure.drop": _("days off of the center taken back"),
    "counseling_rules.set": _("booking rules changed"),
    "counselor.change": _("what a counselor offers changed"),
    "counselor.register": _("counselor registered"),
    "credential.check": _("credential of a counselor checked"),
    "credential.register": _("credential of a counselor entered"),
    "feed.make": pgettext_lazy("audit", "address of a calendar made"),
    "feed.revoke": pgettext_lazy("audit", "address of a calendar revoked"),
    "hours.add": _("hours of a counselor added"),
    "hours.end": _("hours of a counselor ended"),
    "intake.submit": _("answers before a first talk sent"),
    "offer.decline": _("offered time declined"),
    "room.save": _("room of the center saved"),
    "session.link": _("link of an online session kept"),
    "waiting.call": _("urgent call made"),
    "waiting.join": _("waiting list joined"),
    "waiting.leave": _("waiting list left"),
    "waiting.read": _("waiting list of counseling looked at"),
    "waiting.resume": _("waiting went on"),
}

declare(actions=ACTIONS)
