"""Students move; their history stays."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from kernel import audit
from network.models import Placement, Post, Student, Unit, User
from network.models.base import keys_of
from network.rules import PEER_ROLES, PRESENT, ROLE_LEVEL, EnrollmentStatus, Level, Role, home_class
from network.services.placements import announce
from network.services.posts import relieve_many


@transaction.atomic
def move_student(
    *,
    student: Student,
    school_class: Unit,
    dorm: Unit | None,
    by: User | None,
    at: datetime,
    bed: str = "",
    enrollment_status: EnrollmentStatus | None = None,
) -> Student:
    """Put a student into another class, dorm or status from today; earlier days keep the units they had. Posts among
    those they leave end."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    before = student.dorm_id
    student.school_class = school_class
    student.college = school_class.college
    student.dorm = dorm
    student.bed = bed
    student.enrollment_status = enrollment_status or student.enrollment_status
    student.save(update_fields=["school_class", "college", "dorm", "bed", "enrollment_status"])
    place(students=[student], on=localdate(at))
    relieve_many(posts=_left_behind(student, on=localdate(at)), by=by, at=at)
    settle_home_classes(dorm_ids={dorm_id for dorm_id in (before, student.dorm_id) if dorm_id})
    audit.record(action="student.move", by=by, at=at, obj=student, unit=school_class.code)
    return student


def _left_behind(student: Student, *, on: date) -> list[Post]:
    """Peer posts at units the student no longer belongs to.
    SECURITY: who has left a room or class must not go on seeing the people in it."""
    is_here = student.enrollment_status in PRESENT
    own = {
        Level.SCHOOL: student.school_id,
        Level.COLLEGE: student.college_id,
        Level.CLASS: student.school_class_id,
        Level.DORM: student.dorm_id,
    }
    held = Post.objects.active(on).filter(holder=student.user_id, role__in=PEER_ROLES).select_related("holder", "unit")
    return [post for post in held if not is_here or own[ROLE_LEVEL[Role(post.role)]] != post.unit_id]


def place(*, students: Iterable[Student], on: date) -> None:
    """Close the open placement of each student and open the one that its row says, from `on`. A second change on the
    same day replaces the first. Called inside the caller's transaction."""
    by_id = {student.pk: student for student in students}
    standing = Placement.objects.open().filter(student__in=by_id)
    standing.filter(starts_on__gte=on).delete()
    standing.filter(starts_on__lt=on).update(ends_on=on)
    Placement.objects.bulk_create(
        (
            Placement(
                student_id=student.pk,
                **keys_of(student),
                enrollment_status=student.enrollment_status,
                starts_on=on,
            )
            for student in by_id.values()
        ),
        batch_size=2000,
    )
    announce(by_id.values(), since=on)


def settle_home_classes(*, dorm_ids: Iterable[int]) -> int:
    """Let each dorm belong to its home class, see `rules.home_class`; returns how many changed."""
    dorms = {dorm.pk: dorm for dorm in Unit.objects.dorms().filter(pk__in=list(dorm_ids))}
    residents: dict[int, Counter[int]] = defaultdict(Counter)
    living = Student.objects.present().filter(dorm__in=dorms).values_list("dorm_id", "school_class_id")
    for dorm_id, class_id in living:
        residents[dorm_id][class_id] += 1
    classes = {
        unit.pk: unit
        for unit in Unit.objects.classes().filter(pk__in={pk for count in residents.values() for pk in count})
    }
    codes = {pk: unit.code for pk, unit in classes.items()}
    changed = []
    for dorm in dorms.values():
        home = home_class(residents[dorm.pk], dorm.parent_id, codes)
        if home is not None and home != dorm.parent_id:
            dorm.parent_id = home
            dorm.college_id = classes[home].college_id
            changed.append(dorm)
    Unit.objects.bulk_update(changed, ["parent", "college"], batch_size=500)
    return len(changed)
