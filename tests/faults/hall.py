"""A hall of students with a paper each, in an empty database: python -m tests.faults.hall build 24, … hall read"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django


def build(students: int) -> list[dict[str, str]]:
    at = timezone.now()
    school = factories.make_school(at=at)
    klass = factories.make_class(factories.make_college(school, "信息学院", at=at), "计科2601班", at=at)
    people = factories.make_students(klass, students, on=timezone.localdate(at))
    director = factories.give_post(school, Role.CENTER_DIRECTOR, at=at)
    factories.give_post(school, Role.FULL_TIME_COUNSELOR, at=at)
    screenings.publish(school, at=at)
    screenings.train(director, school, by=director, at=at)
    today = timezone.localdate(at)
    plan = Plan(
        name="普查",
        scales=[screenings.make_scale(at=at)],
        population={"grades": [2026]},
        opens_on=today,
        closes_on=today + timedelta(days=9),
        makeup_until=None,
        tells_students=True,
    )
    drafted = draft_campaign(school=school, plan=plan, text=screenings.TEXT, by=director, at=at)
    campaign = open_campaign(campaign=drafted, by=director, at=at)
    papers = [screenings.begin(campaign, one, at=at)[0] for one in people]
    return [{"number": one.number, "paper": str(paper.pk)} for one, paper in zip(people, papers, strict=True)]


def read() -> dict[str, Any]:
    """By paper: the answers as they can be deciphered, its results, its alarms."""
    return {
        str(paper.pk): {
            "answers": Sheet.read(paper.sheet).answers,
            "results": Result.objects.filter(paper=paper).count(),
            "alarms": Alarm.objects.filter(source_key=f"screening:{paper.pk}").count(),
        }
        for paper in Paper.objects.all()
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()

    from django.core.management import call_command
    from django.utils import timezone

    from crisis.models import Alarm
    from network.rules import Role
    from screening.models import Paper, Result
    from screening.rules.papers.answering import Sheet
    from screening.services import Plan, draft_campaign, open_campaign
    from tests import factories
    from tests.screening import screenings

    if sys.argv[1] == "build":
        call_command("migrate", verbosity=0)
        sys.stdout.write(json.dumps(build(int(sys.argv[2]))))
    else:
        sys.stdout.write(json.dumps(read()))
