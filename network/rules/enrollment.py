"""The enrollment states of a student. Pure."""

from enum import StrEnum


class EnrollmentStatus(StrEnum):
    STUDYING = "studying"
    RETURNED = "returned"
    ON_LEAVE = "on_leave"
    WITHDRAWN = "withdrawn"
    GRADUATED = "graduated"
    LEFT = "left"


PRESENT = frozenset({EnrollmentStatus.STUDYING, EnrollmentStatus.RETURNED})
