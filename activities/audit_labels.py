from django.utils.translation import gettext_lazy as _

from kernel.audit_labels import Labels, declare

ACTIONS: Labels = {
    "activity.approve": _("activity approved"),
    "activity.cancel": _("activity cancelled"),
    "activity.choose": _("places given by choice"),
    "activity.draw": _("places drawn"),
    "activity.edit": _("activity changed"),
    "activity.helper": _("helper of an activity added"),
    "activity.picture": _("picture of an activity kept"),
    "activity.picture_remove": _("picture of an activity removed"),
    "activity.plan": _("activity planned"),
    "activity.send_back": _("activity sent back"),
    "activity.submit": _("activity submitted"),
    "activity.sum_up": _("activity summed up"),
    "brand.add": _("series added"),
    "certificate.issue": _("certificate issued"),
    "credit.correct": _("hours corrected"),
    "credit.give": _("hours credited to participants"),
    "enrolment.accept": _("offered place taken"),
    "enrolment.cancel": _("enrolment cancelled"),
    "enrolment.enroll": _("enrolled in an activity"),
    "enrolment.lapse": _("offered place lapsed"),
    "enrolment.moved_up": _("moved up to a place"),
    "enrolment.offered": _("place offered"),
    "festival.copy": _("festival copied to next year"),
    "festival.plan": _("festival planned"),
    "presence.by_hand": _("presence noted by hand"),
    "presence.check_in": _("checked in at an activity"),
    "presence.offline": _("offline list taken in"),
}

declare(actions=ACTIONS)
