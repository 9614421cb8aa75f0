"""Scoring papers again after a key was corrected: python -m tests.bench.rescoring PAPERS, on an empty database."""

import json
import sys
import time
from datetime import datetime, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from network.models import Student, User  # noqa: E402
from screening.models import Campaign, Paper, Result, ResultVersion  # noqa: E402
from screening.rules.papers.answering import Sheet  # noqa: E402
from screening.services.papers.rescoring import rescore  # noqa: E402
from tests.bench.seats import open_evening  # noqa: E402
from tests.screening.cohorts import finish  # noqa: E402
from tests.screening.screenings import next_version  # noqa: E402

ITEMS = 90
BATCH = 2000
# One in so many is invited to a talk by the new key.
TO_A_TALK = 100


def fill(papers: int, at: datetime) -> tuple[Campaign, User]:
    """Whole papers of the SCL-90, each with a result by the first version that invited nobody."""
    campaign, director = open_evening(papers, "scl90")
    students = list(Student.objects.order_by("pk"))
    well, strained = ({str(item): 1 + (item % 3 >= low) for item in range(1, ITEMS + 1)} for low in (2, 0))
    # No critical answer: whom the old key left in danger unheard is looked at alone, however long it takes.
    strained["15"] = 1
    for start in range(0, papers, BATCH):
        batch = students[start : start + BATCH]
        asked = len(batch) // TO_A_TALK
        finish(campaign, batch[asked:], (3,), at=at, answers=well)
        finish(campaign, batch[:asked], (3,), at=at, answers=strained)
    return campaign, director


def read() -> float:
    """Seconds that reading all papers with their results takes, seals opened."""
    began = time.perf_counter()
    rows = Result.objects.select_related("paper").order_by("pk")
    assert all(one.outcome and Sheet.read(one.paper.sheet).answers for one in rows.iterator(chunk_size=BATCH))
    return time.perf_counter() - began


def main() -> None:
    at = timezone.now()
    campaign, director = fill(int(sys.argv[1]), at)
    # One item reversed: something else comes out for everybody.
    fresh = next_version(campaign.scales.get(), at=at, reverse=["1"])
    steps: list[int] = []
    reading = min(read() for _ in range(3))
    began = time.perf_counter()
    count = rescore(
        scale=fresh, by=director, at=at + timedelta(minutes=1), progress=lambda done, _total: steps.append(done)
    )
    seconds = time.perf_counter() - began
    assert count.scored == count.changed == Paper.objects.count() == ResultVersion.objects.count()
    answer = {"papers": count.scored, "reading": reading, "rescoring": seconds, "steps": len(steps)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
