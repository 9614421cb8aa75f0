"""What import contracts cannot show: foreign keys by name, scoped models, views without bare querysets."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Field, ForeignKey, Model

from network.models import Student
from network.models.base import ScopedQuerySet

ROOT = Path(settings.BASE_DIR)
# From the floor up: a model may point at its own app or at one below. Neighbors do not know each other.
STOREYS = {"kernel": 0, "network": 1, "crisis": 2, "screening": 3, "counseling": 3, "activities": 3, "reporting": 4}
OURS = [model for label in STOREYS for model in apps.get_app_config(label).get_models()]
# Tables that tell of somebody's place in the network and of nothing else.
PLACES = {"network.student", "network.placement", "network.unitgrant"}


def foreign_keys(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.get_fields() if isinstance(field, ForeignKey)]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_the_house(model: type[Model]) -> None:
    own = STOREYS[model._meta.app_label]
    for field in foreign_keys(model):
        target = field.related_model._meta
        if target.label == settings.AUTH_USER_MODEL or target.app_label not in STOREYS:
            continue
        is_own = target.app_label == model._meta.app_label
        assert is_own or STOREYS[target.app_label] < own, f"{field} points up or sideways"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_models_that_reach_a_student_are_scoped(model: type[Model]) -> None:
    reaches = [field for field in foreign_keys(model) if field.related_model is Student]
    if not reaches:
        return
    assert issubclass(model._default_manager.all().__class__, ScopedQuerySet), f"{model} has no visible_to"
    keys = {"school", "college", "school_class", "dorm"}
    assert keys <= {field.name for field in model._meta.get_fields()}, f"{model} lacks keys of its date"


def view_files() -> list[Path]:
    files = [*ROOT.glob("*/views*/**/*.py"), *ROOT.glob("*/views.py"), *ROOT.glob("*/api.py")]
    return sorted({path for path in files if path.relative_to(ROOT).parts[0] not in ("tests", "node_modules")})


@pytest.mark.parametrize("path", view_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_views_ask_only_scoped_querysets(path: Path) -> None:
    """Each statement that starts from Model.objects says whose eyes it looks through."""
    own_eyes = (
        "visible_to",
        "owed_by",
        "for_user",
        "started_by",
        "to_be_judged_by",
        "to_decide_by",
        "asked_by(request.user)",
        "summarised_for",
        "counseling_for",
        "told_to(request.user)",
        "run_by(",
        "of_school_of(request.user",
        "within_school_of(request.user",
        "user=request.user",
        "user=user",
        "school_id=request.user.school_id",
        "pk=request.user.school_id",
    )
    # Rows and counts of a unit, or of a row, that was itself fetched through somebody's eyes.
    counts = (
        "within(unit)",
        "Student.objects.present()",
        "school=unit.root_id",
        "newest_applied(roster.school)",
        "school=row.school",
        # What a student's own school, or the center that its director runs, offers.
        "school=student.school_id",
        "school=school",
        "of_school(school)",
        "schools().active()",
        "school=rollover.school",
        "school=occasion.activity.school_id",
        "counselor=counselor",
        "session__in=",
        "student=course.student_id",
        "society=society",
        "budget=budget",
        "run__in=runs",
        "student=student,",
        "of_societies(societies)",
        "pk=activity.unit_id",
        "for run in runs",
        "Prefetch('checks'",
        "pk__in=mine",
        "counselor=course.counselor_id",
        "objects.none()",
        "school=request.user.school_id",
        "student=booking.student_id",
        "pk__in=keys",
        "pk__in=ids",
        "unit__in=colleges",
        "station=station",
        "station__in=stations",
        "occasion=occasion",
        "granted[Level",
        "unit=college",
        "opened=course",
        "budget__in=budgets",
        # A door opens with its code, and a certificate is checked by its own.
        "Occasion.objects.select_related('activity').filter(pk=pk)",
        "Certificate.objects.select_related",
    )
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign | ast.Return | ast.Expr):
            text = ast.unparse(node)
            assert ".objects" not in text or any(word in text for word in own_eyes + counts), (
                f"{path}:{node.lineno} {text}"
            )


def test_no_view_is_open_to_all_but_sign_in_and_health() -> None:
    opened = [
        str(path.relative_to(ROOT))
        for path in view_files()
        for line in path.read_text().splitlines()
        if line.strip() == "@public"
    ]
    assert sorted(set(opened)) == [
        # The public site, the check of a certificate, the address of a code at the door.
        "activities/views/doors.py",
        "activities/views/open_site.py",
        "activities/views/student_pages.py",
        # What counseling is, and calendars that a token opens.
        "counseling/views/desk/feeds.py",
        "counseling/views/mine/about.py",
        "network/views/signin/single_sign_on.py",
        "portal/views/health.py",
    ]


def test_no_line_of_a_template_is_longer_than_160_characters() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 160
    ]
    assert long == []
