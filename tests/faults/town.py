"""Builds a class of dorms in an empty database and prints who files what: python -m tests.faults.town 8"""

import json
import os
import sys

import django


def build(dorms: int) -> list[dict[str, str]]:
    now = timezone.now()
    on = timezone.localdate(now)
    school = factories.make_school(at=now)
    home = factories.make_class(factories.make_college(school, "信息学院", at=now), "计科2601班", at=now)
    rooms = [factories.make_dorm(home, str(101 + n), at=now) for n in range(dorms)]
    for room in rooms:
        factories.make_students(home, 4, on=on, dorm=room)
    heads = [factories.give_post(room, Role.DORM_HEAD, at=now) for room in rooms]
    cycle = open_cycle(school=school, month=Month.of(on), by=None, at=now)
    reports = Report.objects.current().filter(cycle=cycle).in_bulk(field_name="pk")
    by_unit = {report.unit_id: str(pk) for pk, report in reports.items()}
    return [{"number": head.number, "report": by_unit[room.pk]} for head, room in zip(heads, rooms, strict=True)]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()

    from django.core.management import call_command
    from django.utils import timezone

    from kernel.periods import Month
    from network.rules import Role
    from reporting.models import Report
    from reporting.services import open_cycle
    from tests import factories

    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(build(int(sys.argv[1]))))
