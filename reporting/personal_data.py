"""What the monthly reports hold of people: lines with their words, texts of reports, printed summaries."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel import personal_data
from kernel.periods import Month
from kernel.personal_data import DataCategory, Period, Record
from network.models import Student
from reporting.models import Filing, Line, Report, SummaryExport
from reporting.rules.dorm_lines import Status

TEXTS = ("narrative", "requests", "missing_reason", "return_reason", "correction_reason")


def _old_words(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    lines = Line.objects.filter(school=school_id, cycle__month__lt=Month.of(before).first)
    return personal_data.with_text(lines.exclude(student__in=held), ("observation",))


def _old_texts(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return personal_data.with_text(
        Report.objects.filter(school=school_id, cycle__month__lt=Month.of(before).first), TEXTS
    )


def _erase_words(student: Student, at: datetime) -> int:
    lines = personal_data.with_text(Line.objects.filter(student=student), ("observation",))
    return personal_data.blank("observation")(lines)


def _own_lines(student: Student) -> list[Record]:
    # SECURITY: neither who wrote the line nor its words, which may speak of others. Thunder is told in a talk, not by a
    # download.
    lines = Line.objects.current().filter(student=student).exclude(status=Status.THUNDER)
    return [
        [
            ("month", _("Month"), str(Month.of(line.cycle.month))),
            ("weather", _("weather"), line.get_status_display()),
            ("ticked", _("what was ticked"), "；".join(line.flags())),
        ]
        for line in lines.select_related("cycle").defer("observation").order_by("cycle__month", "pk")
    ]


def _own_filings(student: Student) -> list[Record]:
    filings = Filing.objects.filter(by=student.user_id).select_related("report__cycle", "report__unit")
    return [
        [
            ("month", _("Month"), str(Month.of(filing.report.cycle.month))),
            ("unit", _("Unit"), filing.report.unit.name),
            ("at", _("time"), filing.at),
        ]
        for filing in filings.order_by("at", "pk")
    ]


personal_data.declare(
    DataCategory(
        name="reporting.lines",
        label=_("Monthly reports: what was seen"),
        ground=_("教思政厅函〔2021〕10号, PIPL art. 13 (3) and 19: a duty of the university, no longer than it needs"),
        period=Period(24, least=6, most=60),
        due=_old_words,
        expire=personal_data.blank("observation"),
        erase=_erase_words,
        own=_own_lines,
        own_note=_("Free words may speak of others too: the center reads them to you in a talk. Ask below."),
    ),
    DataCategory(
        name="reporting.filings",
        label=_("Reports filed"),
        ground=_("The university can tell which office reported when"),
        kept=_("kept without a name, to tell which office reported when"),
        own=_own_filings,
    ),
    DataCategory(
        name="reporting.texts",
        label=_("Texts of class and college reports"),
        ground=_("Work records of the network, 教党〔2018〕41号; PIPL art. 19"),
        period=Period(60, least=12, most=120),
        due=_old_texts,
        expire=personal_data.blank(*TEXTS),
        kept=_("tell of a class, not of one person; emptied when their time is over"),
        own_note=_("They tell of the class as a whole."),
    ),
    DataCategory(
        name="reporting.exports",
        label=_("Printed summaries kept for download"),
        ground=_("PIPL art. 19; figures alone"),
        period=Period(1, least=1, most=1),
        due=lambda school_id, before, held: SummaryExport.objects.filter(
            Q(unit=school_id) | Q(unit__school=school_id), made_at__lt=before
        ),
        expire=personal_data.delete,
        kept=_("figures without persons"),
        own_note=_("Figures without persons."),
    ),
)
