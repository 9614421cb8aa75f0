"""The levels of the network, from the school down to the dorm. Pure."""

from enum import StrEnum


class Level(StrEnum):
    SCHOOL = "school"
    COLLEGE = "college"
    CLASS = "class"
    DORM = "dorm"


LEVELS = (Level.SCHOOL, Level.COLLEGE, Level.CLASS, Level.DORM)
