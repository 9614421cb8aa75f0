"""The share that WeasyPrint has in the export of a school's PDF: python -m tests.bench.printing"""

import json
import sys
import time
from statistics import median
from typing import Any

import django

django.setup()

from django.utils.timezone import now  # noqa: E402

from kernel import pdf  # noqa: E402
from network.models import Unit  # noqa: E402
from reporting.models import Cycle  # noqa: E402
from reporting.services.exports import make_pdf  # noqa: E402

ROUNDS = 5


def measure() -> dict[str, float]:
    cycle = Cycle.objects.exclude(closed_at=None).order_by("-month")[0]
    school, inside, whole, size = Unit.objects.get(pk=cycle.school_id), [], [], 0
    render = pdf.render

    def timed_render(*args: Any, **kwargs: Any) -> bytes:
        began = time.perf_counter()
        printed = render(*args, **kwargs)
        inside.append(time.perf_counter() - began)
        return printed

    pdf.render = timed_render  # type: ignore[assignment]
    for _ in range(ROUNDS):
        began = time.perf_counter()
        size = len(make_pdf(unit=school, month=cycle.period, by=None, at=now()))
        whole.append(time.perf_counter() - began)
    shares = [part / total for part, total in zip(inside, whole, strict=True)]
    return {"seconds": median(whole), "inside": median(inside), "share": median(shares), "bytes": size}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()))
