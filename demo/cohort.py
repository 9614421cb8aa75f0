"""The screening of the year before, written at once and scored by the rules of its scale."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from django.utils.timezone import localdate

from demo.hours import DAY, office_time, student_time
from demo.moods import Moods, answers
from demo.talk_notes import talk_note
from network.models import User
from screening.models import Campaign, Interview, Paper, Participation, Result
from screening.rules.interviews import Outcome, due_at, urgency_of
from screening.rules.papers.answering import Sheet
from screening.rules.scoring.outcomes import score
from screening.services.papers.results import result_of
from screening.services.scales.instruments import Instrument, instrument_of

TOOK_PART = 0.9
DAYS = 20
BATCH = 500
TALKED_AFTER, CALLED_AFTER = timedelta(days=9), timedelta(hours=14)


def write_cohort(
    campaign: Campaign, rows: Sequence[Participation], *, counselors: Sequence[User], draw: Random, at: datetime
) -> None:
    """Nine in ten have answered, and everybody who was to be talked with has been."""
    instrument = instrument_of(campaign.parts.get().scale_id)
    moods = Moods()
    done = [row for row in rows if draw.random() < TOOK_PART]
    papers = [
        _paper(row, instrument, moods, draw, at=student_time(draw, localdate(at) + n % DAYS * DAY))
        for n, row in enumerate(done)
    ]
    results = [_result(paper, instrument) for paper in papers]
    for row, result in zip(done, results, strict=True):
        row.consented_at, row.consented_version = result.scored_at, campaign.text_version
        row.finished_at, row.is_valid = result.scored_at, result.is_valid
    Paper.objects.bulk_create(papers, batch_size=BATCH)
    Result.objects.bulk_create(results, batch_size=BATCH)
    columns = ["consented_at", "consented_version", "finished_at", "is_valid"]
    Participation.objects.bulk_update(done, columns, batch_size=BATCH)
    Interview.objects.bulk_create(_talks(done, results, papers, counselors, draw), batch_size=BATCH)


def _paper(row: Participation, instrument: Instrument, moods: Moods, draw: Random, *, at: datetime) -> Paper:
    sheet = Sheet()
    ninth = moods.ninth()
    sheet.take(answers(draw, moods.of(row), ninth), instrument.codes, instrument.optional)
    sheet.rang = ninth > 0
    return Paper(
        participation=row,
        scale=instrument.row,
        position=1,
        sheet=sheet.write(),
        answered=len(sheet.answers),
        started_at=at - timedelta(minutes=3),
        saved_at=at,
        submitted_at=at,
    )


def _result(paper: Paper, instrument: Instrument) -> Result:
    assert paper.submitted_at is not None
    sheet = Sheet.read(paper.sheet)
    return result_of(paper, score(instrument.scale, sheet.answers, sheet.seconds), at=paper.submitted_at)


def _talks(
    rows: Iterable[Participation],
    results: Iterable[Result],
    papers: Iterable[Paper],
    counselors: Sequence[User],
    draw: Random,
) -> Iterable[Interview]:
    turns = cycle(counselors)
    for number, (row, result, paper) in enumerate(zip(rows, results, papers, strict=True)):
        is_critical = Sheet.read(paper.sheet).rang
        urgency = urgency_of(result.level, critical=is_critical, valid=result.is_valid)
        if urgency is not None:
            counselor = next(turns)
            talked_at = result.scored_at + (CALLED_AFTER if is_critical else TALKED_AFTER)
            talked_at = max(office_time(talked_at, number), result.scored_at + timedelta(hours=1))
            yield Interview(
                participation=row,
                campaign_id=row.campaign_id,
                student_id=row.student_id,
                school_id=row.school_id,
                college_id=row.college_id,
                school_class_id=row.school_class_id,
                dorm_id=row.dorm_id,
                urgency=urgency,
                created_at=result.scored_at,
                due_at=due_at(urgency, result.scored_at),
                counselor=counselor,
                assigned_at=result.scored_at,
                outcome=Outcome.C,
                note=talk_note(draw),
                settled_at=talked_at,
                settled_by=counselor,
            )
