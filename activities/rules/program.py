"""The kinds of the center's yearly work: courses, training, money, rooms, stations, plans, societies. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class CourseKind(StrEnum):
    REQUIRED = "required"
    ELECTIVE = "elective"
    ONLINE = "online"


class CourseState(StrEnum):
    """How a student stands in a course: no marks are kept."""

    ENROLLED = "enrolled"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    WITHDRAWN = "withdrawn"


class TeachingRole(StrEnum):
    LEAD = "lead"
    TEACHER = "teacher"
    ASSISTANT = "assistant"


class ExchangeKind(StrEnum):
    PREPARATION = "preparation"
    OBSERVATION = "observation"
    SHARING = "sharing"


class TrainingKind(StrEnum):
    HOURS = "hours"
    CONFERENCE = "conference"


class Organizer(StrEnum):
    """Who held a training or conference."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    SOCIETY = "society"
    CITY = "city"
    UNIVERSITY = "university"
    OTHER = "other"


# 教思政厅〔2011〕1号: a conference counts when a provincial authority or above holds it, or a learned society of second
# level or above.
QUALIFYING = frozenset({Organizer.NATIONAL, Organizer.PROVINCIAL, Organizer.SOCIETY})


class Audience(StrEnum):
    """For whom the center holds a training of its own."""

    PEERS = "peers"
    FUDAOYUAN = "fudaoyuan"


class SpendingKind(StrEnum):
    """What money was spent on."""

    TRAINING = "training"
    ACTIVITIES = "activities"
    COURSES = "courses"
    MATERIALS = "materials"
    EQUIPMENT = "equipment"
    SERVICES = "services"
    OTHER = "other"


class PremisesKind(StrEnum):
    """The eight kinds of rooms of a center."""

    RECEPTION = "reception"
    INDIVIDUAL = "individual"
    GROUP = "group"
    ASSESSMENT = "assessment"
    SANDPLAY = "sandplay"
    RELAXATION = "relaxation"
    RELEASE = "release"
    ARCHIVE = "archive"


class StationItem(StrEnum):
    """The checklist of a college's station [D]."""

    ROOM = "room"
    HEAD = "head"
    HOURS = "hours"
    STAFFED = "staffed"
    TRAINED = "trained"
    RECORDS = "records"
    REPORTS = "reports"
    ACTIVITIES = "activities"
    LEAFLETS = "leaflets"
    REFERRAL = "referral"


class Answer(StrEnum):
    MET = "met"
    UNMET = "unmet"
    NOT_APPLICABLE = "na"


def counted(answers: Mapping[str, str]) -> tuple[int, int]:
    """Items met, and items that apply."""
    values = list(answers.values())
    return values.count(Answer.MET), len(values) - values.count(Answer.NOT_APPLICABLE)


class Pillar(StrEnum):
    """The five pillars of the work."""

    TEACHING = "teaching"
    PRACTICE = "practice"
    COUNSELING = "counseling"
    PREVENTION = "prevention"
    SUPPORT = "support"


class SocietyKind(StrEnum):
    DEPARTMENT = "department"
    SELF_HELP = "self_help"


class Office(StrEnum):
    LEADER = "leader"
    DEPUTY = "deputy"
    MEMBER = "member"


class Section(StrEnum):
    """Where an article stands on the public site."""

    ARTICLE = "article"
    SELF_HELP = "self_help"


class LibraryKind(StrEnum):
    RESEARCH = "research"
    PRACTICE = "practice"
    POLICY = "policy"
    TEACHING = "teaching"


FIRST_YEAR, LAST_YEAR = 2000, 2099
