from activities.models.activities import Activity, Brand, Festival, Helper, Occasion
from activities.models.credits import Certificate, Credit
from activities.models.enrolments import Enrolment
from activities.models.presences import Feedback, FeedbackReceipt, Presence
from activities.models.summaries import ActivityPicture, ActivitySummary

__all__ = [
    "Activity",
    "ActivityPicture",
    "ActivitySummary",
    "Brand",
    "Certificate",
    "Credit",
    "Enrolment",
    "Feedback",
    "FeedbackReceipt",
    "Festival",
    "Helper",
    "Occasion",
    "Presence",
]
