"""The words a person reads for the kinds and states of counseling."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.rules.kinds import (
    BookingState,
    Channel,
    CredentialKind,
    EntryState,
    HoursUse,
    OfferState,
    OpeningState,
    RoomKind,
    SessionKind,
    SessionState,
    Topic,
    Triage,
    Weeks,
)

SESSION_KIND_LABELS = {
    SessionKind.FIRST_TALK: pgettext_lazy("session", "First talk"),
    SessionKind.INDIVIDUAL: pgettext_lazy("session", "Individual counseling"),
    SessionKind.GROUP: pgettext_lazy("session", "Group"),
    SessionKind.CONFERENCE: pgettext_lazy("session", "Case conference"),
    SessionKind.SUPERVISION: pgettext_lazy("session", "Supervision"),
    SessionKind.SELF_HELP: pgettext_lazy("session", "Self-service room"),
}
CHANNEL_LABELS = {
    Channel.IN_PERSON: pgettext_lazy("session", "In person"),
    Channel.PHONE: pgettext_lazy("session", "By phone"),
    Channel.ONLINE: pgettext_lazy("session", "Online"),
}
SESSION_STATE_LABELS = {
    SessionState.PLANNED: pgettext_lazy("session", "planned"),
    SessionState.HELD: pgettext_lazy("session", "held"),
    SessionState.CANCELLED: pgettext_lazy("session", "cancelled"),
}
BOOKING_STATE_LABELS = {
    BookingState.BOOKED: pgettext_lazy("booking", "booked"),
    BookingState.ATTENDED: pgettext_lazy("booking", "came"),
    BookingState.NO_SHOW: pgettext_lazy("booking", "did not come"),
    BookingState.LATE: pgettext_lazy("booking", "cancelled late"),
    BookingState.EXCUSED: pgettext_lazy("booking", "cancelled in time"),
    BookingState.CANCELLED: pgettext_lazy("booking", "cancelled by the center"),
}
HOURS_USE_LABELS = {
    HoursUse.REGULAR: pgettext_lazy("hours", "regular"),
    HoursUse.FIRST_TALK: pgettext_lazy("hours", "first talks"),
    HoursUse.URGENT: pgettext_lazy("hours", "urgent, open that day from 08:00"),
    HoursUse.PHONE: pgettext_lazy("hours", "by phone"),
    HoursUse.ONLINE: pgettext_lazy("hours", "online"),
}
WEEKS_LABELS = {
    Weeks.ALL: pgettext_lazy("hours", "every week"),
    Weeks.ODD: pgettext_lazy("hours", "odd weeks"),
    Weeks.EVEN: pgettext_lazy("hours", "even weeks"),
}
ROOM_KIND_LABELS = {
    RoomKind.RECEPTION: pgettext_lazy("room", "Reception"),
    RoomKind.COUNSELING: pgettext_lazy("room", "Counseling room"),
    RoomKind.GROUP: pgettext_lazy("room", "Group room"),
    RoomKind.ASSESSMENT: pgettext_lazy("room", "Assessment room"),
    RoomKind.SANDPLAY: pgettext_lazy("room", "Sandplay room"),
    RoomKind.RELAXATION: pgettext_lazy("room", "Relaxation room"),
    RoomKind.RELEASE: pgettext_lazy("room", "Release room"),
    RoomKind.THEATER: pgettext_lazy("room", "Theater room"),
}
TRIAGE_LABELS = {
    Triage.TODAY: pgettext_lazy("triage", "Today"),
    Triage.SOON: pgettext_lazy("triage", "Soon"),
    Triage.REGULAR: pgettext_lazy("triage", "Regular"),
}
TRIAGES = [(int(level), label) for level, label in TRIAGE_LABELS.items()]
ENTRY_STATE_LABELS = {
    EntryState.WAITING: pgettext_lazy("waiting list", "waiting"),
    EntryState.PAUSED: pgettext_lazy("waiting list", "paused"),
    EntryState.SERVED: pgettext_lazy("waiting list", "has an appointment"),
    EntryState.LEFT: pgettext_lazy("waiting list", "left the list"),
}
OPENING_STATE_LABELS = {
    OpeningState.OPEN: pgettext_lazy("freed time", "on offer"),
    OpeningState.TAKEN: pgettext_lazy("freed time", "taken again"),
    OpeningState.RELEASED: pgettext_lazy("freed time", "free for all"),
}
OFFER_STATE_LABELS = {
    OfferState.OPEN: pgettext_lazy("offer", "open"),
    OfferState.ACCEPTED: pgettext_lazy("offer", "accepted"),
    OfferState.DECLINED: pgettext_lazy("offer", "declined"),
    OfferState.LAPSED: pgettext_lazy("offer", "lapsed"),
}
CREDENTIAL_KIND_LABELS = {
    CredentialKind.REGISTERED_PSYCHOLOGIST: _("Registered psychologist"),
    CredentialKind.REGISTERED_SUPERVISOR: _("Registered supervisor"),
    CredentialKind.COUNSELOR: _("Counselor's certificate"),
    CredentialKind.THERAPIST: _("Psychotherapist"),
    CredentialKind.PSYCHIATRIST: _("Psychiatrist"),
    CredentialKind.TRAINING: _("Trainee under supervision"),
}
TOPIC_LABELS = {
    Topic.ADJUSTMENT: pgettext_lazy("topic of counseling", "Settling in"),
    Topic.STUDY: pgettext_lazy("topic of counseling", "Studies"),
    Topic.RELATIONS: pgettext_lazy("topic of counseling", "Getting on with others"),
    Topic.LOVE: pgettext_lazy("topic of counseling", "Love and partnership"),
    Topic.FAMILY: pgettext_lazy("topic of counseling", "Family"),
    Topic.MOOD: pgettext_lazy("topic of counseling", "Low mood"),
    Topic.ANXIETY: pgettext_lazy("topic of counseling", "Worry and anxiety"),
    Topic.SLEEP: pgettext_lazy("topic of counseling", "Sleep"),
    Topic.SELF: pgettext_lazy("topic of counseling", "Knowing oneself"),
    Topic.CAREER: pgettext_lazy("topic of counseling", "Work and career"),
    Topic.NETWORK_USE: pgettext_lazy("topic of counseling", "Phone and internet"),
    Topic.OTHER: pgettext_lazy("topic of counseling", "Something else"),
}
