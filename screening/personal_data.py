"""What screening holds of people: answers, results, and notes of the talks that followed."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import personal_data
from kernel.personal_data import DataCategory, Period, Record
from network.models import Student
from screening.models import ImportedResult, Interview, Paper, Participation, Result
from screening.rules.papers.answering import Sheet
from screening.services.scales.instruments import title_of

CONSENT = _("PIPL art. 29: separate consent to the screening; art. 19: the shortest time that the purpose needs")


def _old_answers(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    papers = Paper.objects.filter(participation__school=school_id, saved_at__lt=before)
    return personal_data.with_text(papers.exclude(participation__student__in=held), ("sheet",))


def _erase_answers(student: Student, at: datetime) -> int:
    return personal_data.blank("sheet")(
        personal_data.with_text(Paper.objects.filter(participation__student=student), ("sheet",))
    )


def _own_answers(student: Student) -> list[Record]:
    papers = Paper.objects.filter(participation__student=student).select_related("participation__campaign", "scale")
    return [
        [
            ("screening", _("screening"), paper.participation.campaign.name),
            ("scale", _("questionnaire"), title_of(paper.scale)),
            ("submitted_at", _("handed in"), paper.submitted_at),
            ("answers", _("answers"), _listed(Sheet.read(paper.sheet))),
        ]
        for paper in papers.order_by("started_at", "pk")
    ]


def _listed(sheet: Sheet) -> str:
    return "；".join(f"{code}: {answer}" for code, answer in sheet.answers.items())


def _old_results(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return Result.objects.filter(school=school_id, scored_at__lt=before).exclude(student__in=held)


def _erase_results(student: Student, at: datetime) -> int:
    return personal_data.delete(Result.objects.filter(student=student))


def _old_imported(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return ImportedResult.objects.filter(school=school_id, day__lt=localdate(before)).exclude(student__in=held)


def _erase_imported(student: Student, at: datetime) -> int:
    return personal_data.delete(ImportedResult.objects.filter(student=student))


def _own_participations(student: Student) -> list[Record]:
    rows = (
        Participation.objects.filter(student=student).select_related("campaign").order_by("campaign__created_at", "pk")
    )
    return [
        [
            ("screening", _("screening"), row.campaign.name),
            ("consented_at", _("agreed"), row.consented_at),
            ("declined_at", pgettext_lazy("screening", "declined"), row.declined_at),
            ("finished_at", _("finished"), row.finished_at),
        ]
        for row in rows
    ]


def _old_notes(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    talks = Interview.objects.filter(school=school_id, settled_at__lt=before)
    return personal_data.with_text(talks.exclude(student__in=held), ("note",))


def _erase_notes(student: Student, at: datetime) -> int:
    talks = Interview.objects.filter(student=student).exclude(settled_at=None)
    return personal_data.blank("note")(personal_data.with_text(talks, ("note",)))


personal_data.declare(
    DataCategory(
        name="screening.participations",
        label=_("Screenings you were asked to"),
        ground=CONSENT,
        kept=_("whether somebody took part is needed for the figures; it says nothing of answers"),
        own=_own_participations,
    ),
    DataCategory(
        name="screening.answers",
        label=_("Answers in screenings"),
        ground=CONSENT,
        period=Period(36, least=12, most=60),
        due=_old_answers,
        expire=personal_data.blank("sheet"),
        erase=_erase_answers,
        own=_own_answers,
    ),
    DataCategory(
        name="screening.results",
        label=_("Results of screenings"),
        ground=CONSENT,
        period=Period(60, least=12, most=84),
        due=_old_results,
        expire=personal_data.delete,
        erase=_erase_results,
        own_note=_("You find the feedback on your screening page. The center explains the figures in a talk."),
    ),
    DataCategory(
        name="screening.imported",
        label=_("Results of other systems"),
        ground=CONSENT,
        period=Period(60, least=12, most=84),
        due=_old_imported,
        expire=personal_data.delete,
        erase=_erase_imported,
        own_note=_("The center explains the figures in a talk."),
    ),
    DataCategory(
        name="screening.interviews",
        label=_("Notes of talks after a screening"),
        ground=CONSENT,
        period=Period(60, least=12, most=84),
        due=_old_notes,
        expire=personal_data.blank("note"),
        erase=_erase_notes,
        own_note=_("The center talks with you about it, if there is anything. Ask below."),
    ),
)
