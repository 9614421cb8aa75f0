"""The demonstration as the tests build it, and what can be compared between two of them."""

from datetime import date, datetime, time
from io import StringIO
from typing import Any

import time_machine
from django.core.management import call_command
from django.test import override_settings
from django.utils.translation import override

from crisis.models import Alarm, CaseEvent, Incident
from kernel.models import AuditEvent, Notice
from kernel.periods import TZ
from network.models import Student, User
from reporting.models import Line, Report, Summary
from screening.models import ImportedResult, Result

TODAY = date(2026, 11, 23)


def clock(today: date) -> time_machine.travel:
    """Every clock shows the evening of that day."""
    return time_machine.travel(datetime.combine(today, time(18), TZ))


def build(**options: Any) -> str:
    words = StringIO()
    # A fixture of a whole module runs outside of the settings that each test begins with.
    with override("en"), override_settings(SECOND_FACTOR="off"):
        call_command("demo", students=120, today=TODAY, stdout=words, **options)
    return words.getvalue()


def figures() -> dict[str, Any]:
    summaries = Summary.objects.order_by("cycle__month", "unit__code")
    return {
        "summaries": list(summaries.values_list("cycle__month", "unit__code", "figures")),
        "reports": list(
            Report.objects.order_by("cycle__month", "unit__code").values_list(
                "unit__code", "state", "filed_at", "on_time"
            )
        ),
        "students": list(Student.objects.order_by("number").values_list("number", "name", "dorm__code")),
        "alarms": list(
            Alarm.objects.order_by("raised_at", "student__number").values_list(
                "student__number", "raised_at", "acknowledged_at"
            )
        ),
        "stories": list(
            CaseEvent.objects.order_by("case__number", "serial").values_list(
                "case__number", "case__student__number", "title", "at"
            )
        ),
        "screenings": [
            (one.campaign.name, one.student.number, one.outcome, one.scored_at)
            for one in Result.objects.select_related("campaign", "student").order_by("scored_at", "student__number")
        ],
        "brought in": [
            (one.student.number, one.outcome)
            for one in ImportedResult.objects.select_related("student").order_by("student__number")
        ],
        "incidents": list(
            Incident.objects.order_by("happened_at", "college__code").values_list(
                "college__code", "kind", "happened_at"
            )
        ),
    }


def rows() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count() for model in (User, Student, Report, Line, Notice, AuditEvent)
    }
