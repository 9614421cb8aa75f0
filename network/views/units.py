from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate, now

from kernel import audit
from kernel.web import Request, page_of, require_GET
from network.access import requires
from network.forms.units import UnitFilter
from network.models import Post, Student, Unit
from network.policies import may_appoint, may_configure, may_manage_access, may_print_first_passwords
from network.rules import PEOPLE, ROLE_LEVEL, TREE, Ability, Level, Role, bed_order
from network.scope import Scope
from network.services.vacancies import STUDENT_KEY, WANTED, vacant_units
from network.views.unit_changes import OPEN_WORDS

BELOW = {Level.COLLEGE: "college", Level.CLASS: "parent"}


@requires(*TREE)
@require_GET
def unit_list(request: Request) -> HttpResponse:
    form = UnitFilter(request.GET)
    units = Unit.objects.visible_to(request.user, *TREE).active().select_related("parent", "college")
    if form.asked:
        units = form.apply(units)
    else:
        tops = set().union(*Scope.of(request.user).units(TREE).values())
        units = units.filter(Q(pk__in=tops) | Q(parent__in=tops))
    page = page_of(request, units)
    context = {"form": form, "page": page, "rows": _rows(page.object_list), "chips": form.chips(request)}
    return render(request, "network/unit_list.html", context)


@requires(*TREE)
@require_GET
def unit_detail(request: Request, pk: int) -> HttpResponse:
    units = Unit.objects.visible_to(request.user, *TREE)
    unit = get_object_or_404(units.select_related("parent", "college", "school"), pk=pk)
    children = units.filter(parent=unit).active().select_related("parent", "college").order_by("code")
    page = page_of(request, children)
    roles = [role for role in Role if ROLE_LEVEL[role] == unit.level and may_appoint(request.user, unit, role)]
    context = {
        **_figures(unit),
        **_people(request, unit),
        "above": _above(request, unit),
        "page": page,
        "rows": _rows(page.object_list),
        "roles": roles,
        **_printing(request, unit),
        "may_configure": may_configure(request.user, unit.school or unit),
        "open_word": OPEN_WORDS.get(Level(unit.level)),
        "may_admit": unit.level == Level.SCHOOL and may_manage_access(request.user, unit),
    }
    return render(request, "network/unit_detail.html", {"unit": unit, **context})


def _printing(request: Request, unit: Unit) -> dict[str, Any]:
    """Whether the reader may print first passwords of students here, and of which grades."""
    may_print = unit.level != Level.DORM and may_print_first_passwords(request.user, unit)
    classes = Unit.objects.classes().active().within(unit).exclude(grade=None) if may_print else Unit.objects.none()
    grades = classes.order_by("-grade").values_list("grade", flat=True).distinct()
    return {"may_print": may_print, "grades": list(grades) if unit.level != Level.CLASS else []}


def _figures(unit: Unit) -> dict[str, Any]:
    on = localdate()
    within = Unit.objects.within(unit).active().values_list("level").annotate(n=Count("pk")).order_by("level")
    below = [role for role in WANTED if _depth(ROLE_LEVEL[role]) >= _depth(Level(unit.level))]
    key = STUDENT_KEY.get(Level(unit.level), "school")
    return {
        "counts": dict(within),
        "student_filter": f"{key}={unit.pk}" if key in ("college", "school_class") else "",
        "present": Student.objects.present().filter(**{key: unit}).count(),
        "vacant": sum(vacant_units(role=role, on=on).within(unit).count() for role in below),
    }


def _people(request: Request, unit: Unit) -> dict[str, Any]:
    """Residents of a dorm and post holders, as far as the reader may know them; the look at them is recorded."""
    on = localdate()
    posts = Post.objects.visible_to(request.user, *PEOPLE).filter(unit=unit).select_related("holder", "unit")
    ended = list(posts.over(on).order_by("-ends_on", "-pk")[:10])
    relieved = next((post for post in ended if str(post.pk) == request.GET.get("relieved")), None)
    people: dict[str, Any] = {"posts": list(posts.active(on)), "ended_posts": ended, "relieved": relieved}
    students = Student.objects.visible_to(request.user, Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
    if unit.level != Level.DORM:
        _record(request, unit, len(people["posts"]))
        return {
            **people,
            "sees_students": students.filter(**{STUDENT_KEY.get(Level(unit.level), "school"): unit}).exists(),
        }
    living = students.present().filter(dorm=unit).select_related("school_class").order_by("number")
    residents = sorted(living, key=lambda student: bed_order(student.bed))
    _record(request, unit, len(residents) + len(people["posts"]))
    return {**people, "residents": residents}


def _record(request: Request, unit: Unit, named: int) -> None:
    if named:
        audit.record(action="unit.read", by=request.user, at=now(), obj=unit, unit=unit.code, detail={"rows": named})


def _above(request: Request, unit: Unit) -> list[Unit]:
    keys = [key for key in (unit.school_id, unit.college_id, unit.parent_id) if key]
    above = {ancestor.pk: ancestor for ancestor in Unit.objects.visible_to(request.user, *TREE).filter(pk__in=keys)}
    return [above[key] for key in dict.fromkeys(keys) if key in above]


def _rows(units: Iterable[Unit]) -> list[dict[str, Any]]:
    shown = list(units)
    on = localdate()
    students: Counter[int] = Counter()
    vacant: Counter[int] = Counter()
    for level in {Level(unit.level) for unit in shown}:
        ids = [unit.pk for unit in shown if unit.level == level]
        students.update(_students_of(level, ids))
        vacant.update(_vacancies_of(level, ids, on))
    return [{"unit": unit, "students": students[unit.pk], "vacant": vacant[unit.pk]} for unit in shown]


def _students_of(level: Level, ids: Sequence[int]) -> dict[int, int]:
    key = STUDENT_KEY.get(level, "school")
    rows = Student.objects.present().filter(**{f"{key}__in": ids}).values_list(key)
    return dict(rows.annotate(n=Count("pk")).order_by(key))


def _vacancies_of(level: Level, ids: Sequence[int], on: date) -> Counter[int]:
    counts: Counter[int] = Counter()
    for role in WANTED:
        key = "pk" if ROLE_LEVEL[role] == level else BELOW.get(level, "school")
        if _depth(ROLE_LEVEL[role]) < _depth(level):
            continue
        rows = vacant_units(role=role, on=on).filter(**{f"{key}__in": ids}).values_list(key)
        counts.update(dict(rows.annotate(n=Count("pk")).order_by(key)))
    return counts


def _depth(level: Level) -> int:
    return list(Level).index(level)
