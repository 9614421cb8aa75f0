from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils.timezone import localdate

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import Placement, Post, RosterImport, Student, Unit, UnitGrant, User
from network.rules import ADMINISTRATORS, EnrollmentStatus, Level, Role
from network.services import appoint, create_school
from network.services.rosters import compare_file, import_file, undo_import
from network.services.rosters.difference import Difference
from tests.network import roster_files as files

Sheets = dict[str, Sequence[files.Row]]
LATER = timedelta(days=20)


@pytest.fixture
def school(db: None, at: datetime) -> Unit:
    return create_school(code="S1", name="明德大学", by=None, at=at)


@pytest.fixture
def compare(school: Unit, at: datetime) -> Callable[..., Difference]:
    def compare(sheets: Sheets, *, at: datetime = at, is_partial: bool = False) -> Difference:
        return compare_file(source=BytesIO(files.workbook(sheets)), school=school, is_partial=is_partial, at=at)

    return compare


@pytest.fixture
def run(compare: Callable[..., Difference], at: datetime) -> Callable[..., Difference]:
    def run(sheets: Sheets, *, at: datetime = at, is_partial: bool = False) -> Difference:
        difference = compare(sheets, at=at, is_partial=is_partial)
        import_file(difference=difference, file_name="roster.xlsx", by=None, at=at)
        return difference

    return run


def whole(**changed: dict[str, Any]) -> Sheets:
    """The clean roster; student `s3` gets the changes given under that name."""
    rows = files.students()
    for key, changes in changed.items():
        rows[int(key[1:]) - 1] |= changes
    return {"学生名册": rows, "教职工": files.staff()}


def codes(difference: Difference) -> list[tuple[int, str]]:
    return [(fault.row, fault.code.value) for fault in difference.faults]


def state() -> list[list[Any]]:
    """Everything that an import may touch, encrypted values read."""
    people = [
        (
            *(s.number, s.name, s.sex, s.born_on, s.phone, s.guardian_name, s.enrollment_status, s.bed),
            *(s.school_class.code, s.college.code, s.dorm and s.dorm.code, s.user.name),
        )
        for s in Student.objects.select_related("school_class", "college", "dorm", "user").order_by("number")
    ]
    return [
        people,
        list(User.objects.order_by("number").values_list("number", "name", "email")),
        list(Unit.objects.order_by("code").values_list("code", "name", "parent__code", "college__code")),
        list(Post.objects.order_by("pk").values_list("holder__number", "unit__code", "role", "starts_on", "ends_on")),
        list(
            Placement.objects.order_by("student__number", "starts_on").values_list(
                "student__number", "school_class__code", "dorm__code", "enrollment_status", "starts_on", "ends_on"
            )
        ),
        sorted(UnitGrant.objects.values_list("user__number", "content_object__code", "permission__codename")),
    ]


def test_a_clean_roster_brings_in_students_staff_units_and_posts(run: Callable[..., Difference]) -> None:
    difference = run(whole())
    assert difference.counts() == {
        "students": {"new": 24, "changed": 0, "unchanged": 0, "left": 0},
        "staff": {"new": 6, "changed": 0, "unchanged": 0, "left": 0},
        "units": {"new": 11, "by_level": {"college": 2, "class": 3, "dorm": 6}},
        "posts": {"new": 7, "ended": 0},
        "rooms_shared": 0,
        "mended": {},
    }
    one = Student.objects.select_related("school_class__parent", "dorm__parent", "user").get(number="20260000001")
    assert (one.school_class.name, one.school_class.parent.name, one.dorm.name) == (
        "软件2601班",
        "第1学院",
        "东6栋-101",
    )
    assert (one.phone, one.guardian_phone, one.bed) == ("10000000001", "19999990001", "1")
    assert one.dorm.parent == one.school_class
    assert not one.user.has_usable_password()
    assert one.user.must_change_password
    assert Placement.objects.open().count() == 24
    assert User.objects.get(number="10005").posts.filter(role=Role.FUDAOYUAN).count() == 2


def test_a_second_run_changes_nothing(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    before, events = state(), AuditEvent.objects.count()
    difference = run(whole(), at=at + LATER)
    assert difference.is_empty
    assert difference.counts()["students"]["unchanged"] == 24
    assert difference.counts()["staff"]["unchanged"] == 6
    assert state() == before
    assert AuditEvent.objects.count() == events + 1
    assert RosterImport.objects.count() == 1


def test_a_move_keeps_where_the_student_lived_before(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    later = at + LATER
    difference = run(whole(s1={"班级": "软件2602班", "房间号": "103"}), at=later)
    assert difference.counts()["students"]["changed"] == 1
    old, new = Placement.objects.filter(student__number="20260000001").order_by("starts_on")
    assert (old.school_class.name, old.dorm.name, old.ends_on) == ("软件2601班", "东6栋-101", localdate(later))
    assert (new.school_class.name, new.dorm.name, new.starts_on) == ("软件2602班", "东6栋-103", localdate(later))


def test_a_change_of_a_phone_is_no_move(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    difference = run(whole(s2={"手机号": "10000000777", "姓名": "改了"}), at=at + LATER)
    assert difference.changed_students[0].changes.keys() == {"phone", "name"}
    student = Student.objects.select_related("user").get(number="20260000002")
    assert (student.phone, student.user.name, student.placements.count()) == ("10000000777", "改了", 1)


def test_a_shared_room_belongs_to_the_class_of_most(run: Callable[..., Difference]) -> None:
    rows = files.students()
    rows[3] |= {"班级": "软件2602班"}
    rows[4] |= {"房间号": "101", "床位": "5", "学籍状态": "休学", "班级": "软件2602班"}
    difference = run({"学生名册": rows})
    assert difference.rooms_shared == 1
    assert Unit.objects.get(name="东6栋-101").parent.name == "软件2601班"


def test_a_room_of_people_on_leave_still_finds_a_class(run: Callable[..., Difference]) -> None:
    rows = [*files.students(23), files.student(24, 房间号="999", 学籍状态="休学")]
    run({"学生名册": rows})
    assert Unit.objects.get(room="999").parent.name == "软件2603班"


def test_who_is_no_longer_in_the_file_has_left(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    later = at + LATER
    sheets = {"学生名册": files.students()[:20], "教职工": files.staff()[:-1]}
    difference = run(sheets, at=later)
    assert difference.counts()["students"] == {"new": 0, "changed": 0, "unchanged": 20, "left": 4}
    assert difference.counts()["staff"] == {"new": 0, "changed": 0, "unchanged": 5, "left": 1}
    gone = Student.objects.get(number="20260000024")
    assert gone.enrollment_status == EnrollmentStatus.LEFT
    assert list(gone.placements.values_list("ends_on", flat=True)) == [localdate(later)]
    adviser = User.objects.get(number="10006")
    assert adviser.is_active
    assert not UnitGrant.objects.filter(user=adviser).exists()
    assert run(sheets, at=later + LATER).is_empty
    back = run(whole(), at=later + LATER)
    assert back.counts()["students"]["changed"] == 4


def test_a_bad_row_makes_nobody_leave(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    rows = whole(s1={"学籍状态": "未知"}, s2={"学号": ""})
    difference = run(rows, at=at + LATER)
    assert codes(difference) == [(2, "status-unknown"), (3, "student-number-missing")]
    assert difference.left_students == []


def test_a_file_of_less_than_half_is_no_roster(
    run: Callable[..., Difference], compare: Callable[..., Difference]
) -> None:
    run(whole())
    few: Sheets = {"学生名册": files.students()[:11], "教职工": files.staff()[:2]}
    difference = compare(few)
    assert codes(difference) == [(0, "roster-too-small"), (0, "roster-too-small")]
    assert [fault.value for fault in difference.faults] == ["11/24", "2/6"]
    part = compare(few, is_partial=True)
    assert part.is_empty
    assert part.faults == []


@pytest.mark.parametrize("code", files.REFUSED)
def test_each_defect_is_told_and_the_rest_goes_in(code: str, run: Callable[..., Difference]) -> None:
    difference = run(whole(s5=files.REFUSED[code]))
    assert codes(difference) == [(6, code)]
    assert Student.objects.count() == 23


@pytest.mark.parametrize("code", files.MENDED)
def test_each_mendable_defect_is_mended(code: str, run: Callable[..., Difference]) -> None:
    difference = run(whole(s5=files.MENDED[code]))
    assert codes(difference) == []
    assert difference.counts()["mended"] == {code: 1}
    assert Student.objects.count() == 24


def test_several_faults_of_a_row_are_all_told(compare: Callable[..., Difference]) -> None:
    difference = compare(whole(s5={"性别": "1", "班级": "", "学籍状态": ""}))
    assert codes(difference) == [(6, "sex-unknown"), (6, "class-missing"), (6, "status-unknown")]


def test_a_repeated_number_refuses_the_second_row(compare: Callable[..., Difference]) -> None:
    rows = [*files.students(), files.student(3, 姓名="另一人")]
    staff = [*files.staff(), files.teacher("10001", "中心主任", "心理中心", 姓名="另一人")]
    difference = compare({"学生名册": rows, "教职工": staff})
    assert codes(difference) == [(26, "student-number-repeated"), (8, "staff-number-repeated")]


def test_a_student_without_a_room_is_imported_without_a_dorm(run: Callable[..., Difference]) -> None:
    difference = run(whole(s5={"房间号": ""}, s6={"楼栋": "", "学籍状态": "休学"}))
    assert [(fault.row, fault.code.value) for fault in difference.roster.warnings] == [(6, "room-missing")]
    assert difference.roster.errors == []
    assert Student.objects.filter(dorm=None).count() == 2


def test_titles_totals_and_empty_rows_are_passed_over(run: Callable[..., Difference]) -> None:
    rows = [*files.students(), {"学号": ""}, {"学号": "合计", "姓名": 24}]
    assert run({"学生名册": rows, "教职工": files.staff()}).faults == []
    assert Student.objects.count() == 24


def test_text_that_looks_like_sql_is_stored_as_text(run: Callable[..., Difference]) -> None:
    name = "'; DROP TABLE--"
    run(whole(s1={"姓名": name}))
    assert Student.objects.get(number="20260000001").name == name


def test_staff_rows_name_known_departments_classes_and_posts(compare: Callable[..., Difference]) -> None:
    staff = [
        files.teacher("1", "心理专干", "第9学院"),
        files.teacher("2", "班主任", classes="软件2601班、没有的班"),
        files.teacher("3", "校长", "学校"),
        files.teacher("", "中心主任", "心理中心"),
        files.teacher("5", "班主任"),
        files.teacher("6", "心理专干", "第2学院"),
        files.teacher("20260000001", "班主任", classes="软件2601班"),
    ]
    difference = compare({"学生名册": files.students(), "教职工": staff})
    told = [one for one in codes(difference) if one[1] != "college-unknown"]
    assert told == [
        (2, "department-unknown"),
        (3, "class-unknown"),
        (4, "post-unknown"),
        (5, "staff-number-missing"),
        (6, "classes-missing"),
        (8, "number-taken"),
    ]


def test_a_class_of_another_department_is_found_by_its_name(run: Callable[..., Difference]) -> None:
    staff = [*files.staff(), files.teacher("10009", "班主任", "第2学院", classes="软件2601班")]
    run({"学生名册": files.students(), "教职工": staff})
    assert User.objects.get(number="10009").posts.get().unit.name == "软件2601班"


def test_staff_change_names_and_posts(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    staff = files.staff()
    staff[4] |= {"负责班级": "软件2601班", "姓名": "新名字", "邮箱": "new@example.edu"}
    staff[5] |= {"岗位": "心理专干", "负责班级": ""}
    difference = run({"学生名册": files.students(), "教职工": staff}, at=at + LATER)
    assert difference.counts()["staff"]["changed"] == 2
    assert difference.counts()["posts"] == {"new": 1, "ended": 2}
    fudaoyuan = User.objects.get(number="10005")
    assert (fudaoyuan.name, fudaoyuan.email) == ("新名字", "new@example.edu")
    assert fudaoyuan.posts.active(localdate(at + LATER)).get().unit.name == "软件2601班"


def test_a_number_of_another_school_is_taken(compare: Callable[..., Difference], at: datetime) -> None:
    other = create_school(code="S2", name="别的大学", by=None, at=at)
    User.objects.create(number="20260000001", name="别人", school=other)
    User.objects.create(number="10001", name="别人", school=other)
    assert codes(compare(whole())) == [(2, "number-taken"), (2, "number-taken")]


def test_the_sheet_of_posts_says_who_holds_them(run: Callable[..., Difference], at: datetime) -> None:
    posts = [
        files.post("20260000001", "心理委员", "软件2601班"),
        files.post("20260000001", "宿舍长"),
        files.post("20260000005", "信息联络员", "东6栋-102"),
    ]
    run(whole() | {"任职": posts})
    active = Post.objects.active(localdate(at))
    assert active.get(role=Role.CLASS_COMMITTEE_MEMBER).unit.name == "软件2601班"
    heads = active.filter(role=Role.DORM_HEAD).order_by("unit__code")
    assert [(one.holder.number, one.unit.name) for one in heads] == [
        ("20260000001", "东6栋-101"),
        ("20260000005", "东6栋-102"),
    ]
    dorm = Unit.objects.get(name="东6栋-101")
    later = at + LATER
    difference = run(whole() | {"任职": [files.post("20260000002", "宿舍长", dorm.code)]}, at=later)
    assert difference.counts()["posts"] == {"new": 1, "ended": 1}
    assert Post.objects.active(localdate(later)).get(role=Role.DORM_HEAD, unit=dorm).holder.number == "20260000002"
    assert Post.objects.active(localdate(later)).filter(role=Role.DORM_HEAD).count() == 2


def test_posts_go_to_people_as_the_file_describes_them(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    posts = [
        files.post("20260000001", "宿舍长", name="新名字"),
        files.post("20260000001", "宿舍长", name="新名字"),
        files.post("10005", "领导小组", name="新老师"),
    ]
    staff = files.staff()
    staff[4] |= {"姓名": "新老师"}
    rows = files.students()
    rows[0] |= {"姓名": "新名字", "房间号": "103"}
    difference = run({"学生名册": rows, "教职工": staff, "任职": posts}, at=at + LATER)
    assert difference.faults == []
    assert Post.objects.get(role=Role.DORM_HEAD).unit.name == "东6栋-103"
    assert Post.objects.get(role=Role.LEADING_GROUP).holder.number == "10005"


@pytest.mark.parametrize("word", ["系统管理员", "安全管理员", "审计员"])
def test_no_roster_makes_an_administrator(run: Callable[..., Difference], word: str) -> None:
    difference = run(whole() | {"任职": [files.post("10002", word)]})
    assert codes(difference) == [(2, "administrator-post")]
    assert not Post.objects.filter(role__in=ADMINISTRATORS).exists()


def test_a_sheet_of_posts_alone_touches_nobody_else(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    before = state()[0]
    run({"任职": [files.post("20260000001", "宿舍长")]}, at=at + LATER)
    assert state()[0] == before
    assert Post.objects.filter(role=Role.DORM_HEAD).count() == 1


def test_undo_gives_a_room_back_to_the_class_it_had(run: Callable[..., Difference], school: Unit, at: datetime) -> None:
    run(whole())
    before = state()
    moved = {f"s{n}": {"班级": "软件2603班", "学院": "第2学院"} for n in range(1, 5)}
    run(whole(**moved), at=at + LATER)
    assert Unit.objects.get(name="东6栋-101").parent.name == "软件2603班"
    undo_import(pk=RosterImport.objects.newest_applied(school).pk, by=None, at=at + LATER)
    assert state() == before


def test_bad_rows_of_the_sheet_of_posts_are_told(compare: Callable[..., Difference]) -> None:
    posts = [
        files.post("999", "宿舍长", "东6栋-101"),
        files.post("20260000001", "宿舍长", "东6栋-999"),
        files.post("20260000001", "宿舍长", name="别人"),
        files.post("20260000001", "班长"),
        files.post("10001", "宿舍长"),
        files.post("", "宿舍长"),
    ]
    assert codes(compare(whole() | {"任职": posts})) == [
        (2, "person-unknown"),
        (3, "unit-unknown"),
        (4, "name-differs"),
        (5, "post-unknown"),
        (6, "unit-unknown"),
        (7, "person-unknown"),
    ]


def test_who_moves_away_loses_the_post_there(run: Callable[..., Difference], at: datetime) -> None:
    posts = [
        files.post("20260000001", "宿舍长"),
        files.post("20260000005", "心理委员"),
        files.post("20260000009", "宿舍长"),
        files.post("20260000013", "宿舍长"),
    ]
    run(whole() | {"任职": posts})
    later = at + LATER
    run(whole(s1={"房间号": "103"}, s5={"班级": "软件2602班"}, s9={"学籍状态": "休学"}), at=later)
    left = Post.objects.active(localdate(later)).filter(role__in=[Role.DORM_HEAD, Role.CLASS_COMMITTEE_MEMBER])
    assert [one.holder.number for one in left] == ["20260000013"]


def test_undo_leaves_everything_as_it_was(run: Callable[..., Difference], school: Unit, at: datetime) -> None:
    run(whole() | {"任职": [files.post("20260000001", "宿舍长"), files.post("20260000024", "宿舍长")]})
    before = state()
    later = at + LATER
    sheets = whole(
        s1={"班级": "软件2602班", "房间号": "105", "姓名": "改了", "出生日期": "2007-05-05", "手机号": "10000000888"},
        s2={"学籍状态": "休学"},
        s3={"学院": "第2学院", "班级": "新班", "房间号": "777"},
    )
    staff = files.staff()[1:]
    staff[0] |= {"姓名": "新名字", "岗位": "分管校领导"}
    run({"学生名册": [*sheets["学生名册"][:-1], files.student(30)], "教职工": staff}, at=later)
    assert state() != before
    done = undo_import(pk=RosterImport.objects.newest_applied(school).pk, by=None, at=later)
    assert state() == before
    assert (done.state, done.undo, done.content) == ("undone", "", "")
    assert undo_import(pk=done.pk, by=None, at=later).undone_at == done.undone_at
    first = undo_import(pk=RosterImport.objects.newest_applied(school).pk, by=None, at=later)
    assert first.state == "undone"
    assert [len(rows) for rows in state()] == [0, 0, 1, 0, 0, 0]


def test_only_the_newest_import_can_be_undone(run: Callable[..., Difference], school: Unit, at: datetime) -> None:
    run(whole())
    first = RosterImport.objects.newest_applied(school)
    run(whole(s1={"床位": "9"}), at=at + LATER)
    with pytest.raises(Refused, match="newest"):
        undo_import(pk=first.pk, by=None, at=at + LATER)


def test_what_somebody_changed_since_is_not_undone(run: Callable[..., Difference], school: Unit, at: datetime) -> None:
    run(whole())
    run(whole(s1={"床位": "9"}), at=at + LATER)
    Student.objects.filter(number="20260000001").update(bed="8")
    with pytest.raises(Refused, match="has been changed since"):
        undo_import(pk=RosterImport.objects.newest_applied(school).pk, by=None, at=at + LATER)


def test_what_later_things_rest_on_is_not_undone(run: Callable[..., Difference], school: Unit, at: datetime) -> None:
    run(whole())
    head = User.objects.get(number="20260000001")
    appoint(holder=head, unit=head.student.dorm, role=Role.DORM_HEAD, by=None, at=at + LATER)
    before = state()
    with pytest.raises(Refused, match="can no longer be undone"):
        undo_import(pk=RosterImport.objects.newest_applied(school).pk, by=None, at=at + LATER)
    assert state() == before


def test_a_second_change_on_one_day_is_undone_to_the_first(
    run: Callable[..., Difference], school: Unit, at: datetime
) -> None:
    run(whole())
    before = state()
    run(whole(s1={"房间号": "103"}), at=at + timedelta(hours=1))
    assert Placement.objects.filter(student__number="20260000001").count() == 1
    undo_import(pk=RosterImport.objects.newest_applied(school).pk, by=None, at=at + timedelta(hours=2))
    assert state() == before


def test_a_file_without_rooms_or_phones_leaves_them_alone(run: Callable[..., Difference], at: datetime) -> None:
    run(whole())
    kept = ("学号", "姓名", "性别", "学院", "班级", "学籍状态")
    rows = [{column: row[column] for column in kept} for row in files.students()]
    source = BytesIO(files.workbook({"学生名册": rows}, heads={"学生名册": kept}))
    difference = compare_file(source=source, school=Unit.objects.get(level=Level.SCHOOL), is_partial=False, at=at)
    assert difference.is_empty
    assert difference.faults == []


def test_a_workbook_that_is_no_roster_is_refused(school: Unit, at: datetime) -> None:
    heads = {"学生名册": ("学号", "姓名", "学院")}
    for content, code in (
        (files.workbook({"别的": []}, heads={"别的": ("甲", "乙")}), "sheets-missing"),
        (files.workbook({"学生名册": []}, heads=heads), "columns-missing"),
        (files.workbook({"学生名册": []}, heads={"学生名册": ()}), "columns-missing"),
    ):
        with pytest.raises(Refused) as refused:
            compare_file(source=BytesIO(content), school=school, is_partial=False, at=at)
        assert refused.value.code == code
