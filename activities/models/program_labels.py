"""The words a person reads for courses, trainings, money, rooms, stations, plans, societies and the public site."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.rules.program import (
    Answer,
    Audience,
    CourseKind,
    CourseState,
    ExchangeKind,
    LibraryKind,
    Office,
    Organizer,
    Pillar,
    PremisesKind,
    Section,
    SocietyKind,
    SpendingKind,
    StationItem,
    TeachingRole,
    TrainingKind,
)

COURSE_KIND_LABELS = {
    CourseKind.REQUIRED: pgettext_lazy("course", "required"),
    CourseKind.ELECTIVE: pgettext_lazy("course", "elective"),
    CourseKind.ONLINE: pgettext_lazy("course", "online"),
}
COURSE_STATE_LABELS = {
    CourseState.ENROLLED: pgettext_lazy("course", "enrolled"),
    CourseState.PASSED: pgettext_lazy("course", "passed"),
    CourseState.NOT_PASSED: pgettext_lazy("course", "not passed"),
    CourseState.WITHDRAWN: pgettext_lazy("course", "withdrawn"),
}
TEACHING_ROLE_LABELS = {
    TeachingRole.LEAD: pgettext_lazy("teaching", "in charge"),
    TeachingRole.TEACHER: pgettext_lazy("teaching", "teaches"),
    TeachingRole.ASSISTANT: pgettext_lazy("teaching", "assists"),
}
EXCHANGE_KIND_LABELS = {
    ExchangeKind.PREPARATION: _("lessons prepared together"),
    ExchangeKind.OBSERVATION: _("lesson observed"),
    ExchangeKind.SHARING: _("experience shared"),
}
TRAINING_KIND_LABELS = {
    TrainingKind.HOURS: _("training, counted in hours"),
    TrainingKind.CONFERENCE: _("conference"),
}
ORGANIZER_LABELS = {
    Organizer.NATIONAL: _("national authority"),
    Organizer.PROVINCIAL: _("provincial authority"),
    Organizer.SOCIETY: _("learned society of second level or above"),
    Organizer.CITY: _("city authority"),
    Organizer.UNIVERSITY: _("a university"),
    Organizer.OTHER: _("another organizer"),
}
AUDIENCE_LABELS = {
    Audience.PEERS: _("peers (committee members, dorm heads)"),
    Audience.FUDAOYUAN: _("fudaoyuan and class advisers"),
}
SPENDING_LABELS = {
    SpendingKind.TRAINING: pgettext_lazy("spending", "training"),
    SpendingKind.ACTIVITIES: pgettext_lazy("spending", "activities"),
    SpendingKind.COURSES: pgettext_lazy("spending", "courses"),
    SpendingKind.MATERIALS: pgettext_lazy("spending", "leaflets and books"),
    SpendingKind.EQUIPMENT: pgettext_lazy("spending", "rooms and equipment"),
    SpendingKind.SERVICES: pgettext_lazy("spending", "scales and services"),
    SpendingKind.OTHER: pgettext_lazy("spending", "other"),
}
PREMISES_LABELS = {
    PremisesKind.RECEPTION: _("reception and booking"),
    PremisesKind.INDIVIDUAL: _("individual counseling"),
    PremisesKind.GROUP: _("group counseling"),
    PremisesKind.ASSESSMENT: _("psychological assessment"),
    PremisesKind.SANDPLAY: _("sandplay"),
    PremisesKind.RELAXATION: _("relaxation"),
    PremisesKind.RELEASE: _("release of emotions"),
    PremisesKind.ARCHIVE: _("archive"),
}
STATION_ITEM_LABELS = {
    StationItem.ROOM: _("A quiet room of its own"),
    StationItem.HEAD: _("A head who is named on the door"),
    StationItem.HOURS: _("Opening hours on the door and online"),
    StationItem.STAFFED: _("Staffed in all its opening hours"),
    StationItem.TRAINED: _("Staff trained this year"),
    StationItem.RECORDS: _("Records kept locked"),
    StationItem.REPORTS: _("Monthly reports filed"),
    StationItem.ACTIVITIES: _("At least one activity each term"),
    StationItem.LEAFLETS: _("Leaflets and help lines on display"),
    StationItem.REFERRAL: _("The way to the center is posted and known"),
}
ANSWER_LABELS = {
    Answer.MET: pgettext_lazy("checklist", "met"),
    Answer.UNMET: pgettext_lazy("checklist", "not met"),
    Answer.NOT_APPLICABLE: pgettext_lazy("checklist", "does not apply"),
}
PILLAR_LABELS = {
    Pillar.TEACHING: _("Education and teaching"),
    Pillar.PRACTICE: _("Activities and practice"),
    Pillar.COUNSELING: _("Counseling services"),
    Pillar.PREVENTION: _("Prevention and intervention"),
    Pillar.SUPPORT: _("Resources and support"),
}
SOCIETY_KIND_LABELS = {
    SocietyKind.DEPARTMENT: _("department of the student union"),
    SocietyKind.SELF_HELP: _("self-help group"),
}
OFFICE_LABELS = {
    Office.LEADER: pgettext_lazy("society", "leader"),
    Office.DEPUTY: pgettext_lazy("society", "deputy"),
    Office.MEMBER: pgettext_lazy("society", "member"),
}
SECTION_LABELS = {
    Section.ARTICLE: pgettext_lazy("public site", "Article"),
    Section.SELF_HELP: pgettext_lazy("public site", "Self-help"),
}
LIBRARY_LABELS = {
    LibraryKind.RESEARCH: pgettext_lazy("library", "research"),
    LibraryKind.PRACTICE: pgettext_lazy("library", "practice"),
    LibraryKind.POLICY: pgettext_lazy("library", "policy"),
    LibraryKind.TEACHING: pgettext_lazy("library", "teaching material"),
}
