"""The words of counseling: kinds of sessions, states, uses of hours. Pure."""

from enum import IntEnum, StrEnum


class SessionKind(StrEnum):
    FIRST_TALK = "first_talk"
    INDIVIDUAL = "individual"
    GROUP = "group"
    CONFERENCE = "conference"
    SUPERVISION = "supervision"
    SELF_HELP = "self_help"


class Channel(StrEnum):
    IN_PERSON = "in_person"
    PHONE = "phone"
    ONLINE = "online"


class SessionState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class BookingState(StrEnum):
    """`LATE` and `EXCUSED`: the student cancelled after or before the limit; `CANCELLED`: the center did."""

    BOOKED = "booked"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    LATE = "late"
    EXCUSED = "excused"
    CANCELLED = "cancelled"


# A booking in one of these takes its place in the session.
LIVE = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.NO_SHOW)
# What uses up one session of the term.
COUNTED = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.NO_SHOW, BookingState.LATE)


class HoursUse(StrEnum):
    REGULAR = "regular"
    FIRST_TALK = "first_talk"
    URGENT = "urgent"
    PHONE = "phone"
    ONLINE = "online"


class Weeks(StrEnum):
    ALL = "all"
    ODD = "odd"
    EVEN = "even"


class RoomKind(StrEnum):
    RECEPTION = "reception"
    COUNSELING = "counseling"
    GROUP = "group"
    ASSESSMENT = "assessment"
    SANDPLAY = "sandplay"
    RELAXATION = "relaxation"
    RELEASE = "release"
    THEATER = "theater"


class Triage(IntEnum):
    """How soon somebody should be seen; the lower, the sooner."""

    TODAY = 1
    SOON = 2
    REGULAR = 3


class Rank(IntEnum):
    """The fixed order in which intervals are taken, so that two bookings never wait for each other."""

    COUNSELOR = 1
    ROOM = 2
    STUDENT = 3


class EntryState(StrEnum):
    WAITING = "waiting"
    PAUSED = "paused"
    SERVED = "served"
    LEFT = "left"


class OpeningState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    RELEASED = "released"


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class CredentialKind(StrEnum):
    REGISTERED_PSYCHOLOGIST = "registered_psychologist"
    REGISTERED_SUPERVISOR = "registered_supervisor"
    COUNSELOR = "counselor"
    THERAPIST = "therapist"
    PSYCHIATRIST = "psychiatrist"
    TRAINING = "training"


class Topic(StrEnum):
    ADJUSTMENT = "adjustment"
    STUDY = "study"
    RELATIONS = "relations"
    LOVE = "love"
    FAMILY = "family"
    MOOD = "mood"
    ANXIETY = "anxiety"
    SLEEP = "sleep"
    SELF = "self"
    CAREER = "career"
    NETWORK_USE = "network_use"
    OTHER = "other"
