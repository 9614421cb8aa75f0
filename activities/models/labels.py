"""The words a person reads for kinds, admissions and states."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.rules.activities import ActivityState, Admission, Audience, Kind
from activities.rules.checkins import Source
from activities.rules.enrolments import EnrolmentState

KIND_LABELS = {
    Kind.LECTURE: pgettext_lazy("kind of activity", "Lecture"),
    Kind.SALON: pgettext_lazy("kind of activity", "Salon"),
    Kind.GROUP: pgettext_lazy("kind of activity", "Group session"),
    Kind.DRAMA: pgettext_lazy("kind of activity", "Psychology drama"),
    Kind.ESSAY: pgettext_lazy("kind of activity", "Essay or art"),
    Kind.CONTEST: pgettext_lazy("kind of activity", "Contest"),
    Kind.SPORTS: pgettext_lazy("kind of activity", "Sports"),
    Kind.GAMES: pgettext_lazy("kind of activity", "Group games"),
    Kind.TRAINING: pgettext_lazy("kind of activity", "Training"),
    Kind.STALL: pgettext_lazy("kind of activity", "Stall or exhibition"),
    Kind.CLASS_MEETING: pgettext_lazy("kind of activity", "Class meeting"),
    Kind.OTHER: pgettext_lazy("kind of activity", "Other"),
}
ADMISSION_LABELS = {
    Admission.OPEN: pgettext_lazy("admission", "Open: come without enrolling, or enroll to be reminded"),
    Admission.QUEUE: pgettext_lazy("admission", "In order of arrival, with a waiting list"),
    Admission.DRAW: pgettext_lazy("admission", "By lot, after enrolment has closed"),
    Admission.CHOICE: pgettext_lazy("admission", "The organizer chooses among those who enroll"),
}
AUDIENCE_LABELS = {
    Audience.UNIT: pgettext_lazy("audience", "Students of the unit that holds it"),
    Audience.SCHOOL: pgettext_lazy("audience", "All students of the university"),
}
STATE_LABELS = {
    ActivityState.DRAFT: pgettext_lazy("activity", "draft"),
    ActivityState.SUBMITTED: pgettext_lazy("activity", "waiting for approval"),
    ActivityState.PUBLISHED: pgettext_lazy("activity", "published"),
    ActivityState.CANCELLED: pgettext_lazy("activity", "cancelled"),
}
ENROLMENT_LABELS = {
    EnrolmentState.WAITING: pgettext_lazy("enrolment", "waiting"),
    EnrolmentState.OFFERED: pgettext_lazy("enrolment", "place offered"),
    EnrolmentState.IN: pgettext_lazy("enrolment", "has a place"),
    EnrolmentState.CANCELLED: pgettext_lazy("enrolment", "cancelled"),
    EnrolmentState.DECLINED: pgettext_lazy("enrolment", "declined"),
    EnrolmentState.LAPSED: pgettext_lazy("enrolment", "offer lapsed"),
}
SOURCE_LABELS = {
    Source.SCAN: pgettext_lazy("check-in", "QR code"),
    Source.CODE: pgettext_lazy("check-in", "six digits"),
    Source.HAND: pgettext_lazy("check-in", "by hand"),
    Source.OFFLINE: pgettext_lazy("check-in", "offline list"),
}
# What a certificate calls a discreet activity: nobody learns from it what it was about.
NEUTRAL_NAME = _("Mental health education activity")
