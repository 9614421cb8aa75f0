"""A rollover that changes every student of a school, and its undoing: python -m tests.bench.rolling plan FILE | undo"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from network.models import Rollover, Student, Unit  # noqa: E402
from network.services.rollover import undo_rollover  # noqa: E402


def plan() -> dict[str, Any]:
    """The oldest grade graduates, all other classes merge in pairs, and the rest moves to the next college."""
    classes = Unit.objects.classes().active().order_by("college", "grade", "code")
    oldest = min(grade for grade in classes.values_list("grade", flat=True) if grade)
    steps: list[dict[str, Any]] = [{"kind": "graduate", "grade": oldest, "years": timezone.now().year - oldest}]
    groups: dict[tuple[int, int], list[str]] = {}
    for code, college, grade in classes.values_list("code", "college", "grade"):
        if grade != oldest:
            groups.setdefault((college, grade), []).append(code)
    colleges = list(Unit.objects.colleges().order_by("pk").values_list("pk", "code"))
    following = {pk: colleges[(place + 1) % len(colleges)][1] for place, (pk, _code) in enumerate(colleges)}
    for (college, _grade), codes in groups.items():
        steps.append({"kind": "merge", "classes": codes[1:], "into": codes[0]})
        steps.append({"kind": "move", "class": codes[0], "to_college": following[college]})
    return {"effective_on": timezone.localdate().isoformat(), "in_open_month": True, "steps": steps[:300]}


def undo() -> dict[str, float]:
    began = time.perf_counter()
    undo_rollover(pk=Rollover.objects.get(state="applied").pk, by=None, at=timezone.now())
    return {"seconds": time.perf_counter() - began}


if __name__ == "__main__":
    if sys.argv[1] == "plan":
        content = plan()
        Path(sys.argv[2]).write_text(json.dumps(content), "utf-8")
        count = Student.objects.aggregate(n=Count("pk"))["n"]
        sys.stdout.write(json.dumps({"steps": len(content["steps"]), "students": count}))
    else:
        sys.stdout.write(json.dumps(undo()))
