"""The screening of the year before, written at once and scored by the rules of its scale."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from demo.moods import Moods, answers
from network.models import User
from screening.models import Campaign, Interview, Paper, Participation, Result
from screening.rules.interviews import Outcome, due_at, urgency_of
from screening.rules.papers.answering import Sheet
from screening.rules.scoring.outcomes import score
from screening.services.papers.results import result_of
from screening.services.scales.instruments import Instrument, instrument_of

TOOK_PART = 0.9
MINUTES, WINDOW = 7, 20 * 24 * 60
BATCH = 500
TALKED_AFTER = timedelta(days=9)
NOTE = "面谈约四十分钟，了解近况，约定需要时随时来中心。"


def write_cohort(
    campaign: Campaign, rows: Sequence[Participation], *, counselors: Sequence[User], draw: Random, at: datetime
) -> None:
    """Nine in ten have answered, and everybody who was to be talked with has been."""
    instrument = instrument_of(campaign.parts.get().scale_id)
    moods = Moods()
    done = [row for row in rows if draw.random() < TOOK_PART]
    papers = [
        _paper(row, instrument, moods, draw, at=at + n * MINUTES % WINDOW * timedelta(minutes=1))
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
    Interview.objects.bulk_create(_talks(done, results, counselors), batch_size=BATCH)


def _paper(row: Participation, instrument: Instrument, moods: Moods, draw: Random, *, at: datetime) -> Paper:
    sheet = Sheet()
    sheet.take(answers(draw, moods.of(row)), instrument.codes, instrument.optional)
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


def _talks(rows: Iterable[Participation], results: Iterable[Result], counselors: Sequence[User]) -> Iterable[Interview]:
    turns = cycle(counselors)
    for row, result in zip(rows, results, strict=True):
        urgency = urgency_of(result.level, critical=False, valid=result.is_valid)
        if urgency is not None:
            counselor = next(turns)
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
                note=NOTE,
                settled_at=result.scored_at + TALKED_AFTER,
                settled_by=counselor,
            )
