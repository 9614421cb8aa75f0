from counseling.models.calls import Call
from counseling.models.counselors import Closure, Counselor, Credential, Hours
from counseling.models.courses import (
    CollegeMessage,
    Course,
    Feedback,
    FeedbackToken,
    Measure,
    NoteTombstone,
    SessionNote,
    Transfer,
)
from counseling.models.feeds import FeedToken
from counseling.models.figures import DayMinutes
from counseling.models.groups import Conference, Group, GroupDate, GroupMember, Invitation, Presentation
from counseling.models.intakes import Intake
from counseling.models.rooms import Room
from counseling.models.sessions import Booking, Extension, Session, Slot
from counseling.models.settings import CenterSettings
from counseling.models.waiting import Offer, Opening, WaitingEntry

__all__ = [
    "Booking",
    "Call",
    "CenterSettings",
    "Closure",
    "CollegeMessage",
    "Conference",
    "Counselor",
    "Course",
    "Credential",
    "DayMinutes",
    "Extension",
    "FeedToken",
    "Feedback",
    "FeedbackToken",
    "Group",
    "GroupDate",
    "GroupMember",
    "Hours",
    "Intake",
    "Invitation",
    "Measure",
    "NoteTombstone",
    "Offer",
    "Opening",
    "Presentation",
    "Room",
    "Session",
    "SessionNote",
    "Slot",
    "Transfer",
    "WaitingEntry",
]
