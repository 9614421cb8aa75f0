"""What rows about one student have in common."""

import uuid

from django.db import models

from network.models import Student, Unit


class PersonRow(models.Model):
    """A row about one student, with the units the student belonged to on its day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="%(class)ss")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class CaseRow(models.Model):
    """A row that belongs to a case and opens with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


def keys_of(student: Student) -> dict[str, int | None]:
    """The units of a student as of now, for the row about to be written."""
    return {
        "school_id": student.school_id,
        "college_id": student.college_id,
        "school_class_id": student.school_class_id,
        "dorm_id": student.dorm_id,
    }
