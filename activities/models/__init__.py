from activities.models.activities import Activity, Brand, Festival, Helper, Occasion
from activities.models.articles import Article, ArticleVersion, LibraryItem, Publication
from activities.models.budgets import BudgetEntry, BudgetYear
from activities.models.courses import Course, CourseEnrolment, CourseImport, CourseRun, Teaching, TeachingExchange
from activities.models.credits import Certificate, Credit
from activities.models.enrolments import Enrolment
from activities.models.evidence import Evidence
from activities.models.plans import Goal, Step, WorkPlan
from activities.models.premises import Premises, Station, StationCheck
from activities.models.presences import Feedback, FeedbackReceipt, Presence
from activities.models.societies import Membership, Society, SocietyActivity
from activities.models.summaries import ActivityPicture, ActivitySummary
from activities.models.trainings import Lesson, LessonAttendance, Training

__all__ = [
    "Activity",
    "ActivityPicture",
    "ActivitySummary",
    "Article",
    "ArticleVersion",
    "Brand",
    "BudgetEntry",
    "BudgetYear",
    "Certificate",
    "Course",
    "CourseEnrolment",
    "CourseImport",
    "CourseRun",
    "Credit",
    "Enrolment",
    "Evidence",
    "Feedback",
    "FeedbackReceipt",
    "Festival",
    "Goal",
    "Helper",
    "Lesson",
    "LessonAttendance",
    "LibraryItem",
    "Membership",
    "Occasion",
    "Premises",
    "Presence",
    "Publication",
    "Society",
    "SocietyActivity",
    "Station",
    "StationCheck",
    "Step",
    "Teaching",
    "TeachingExchange",
    "Training",
    "WorkPlan",
]
