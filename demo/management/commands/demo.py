from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any
from unicodedata import east_asian_width

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from demo.access_log import look_around
from demo.accounts import PASSWORD, open_accounts, printed, read_old_notices
from demo.activities import tell_activities
from demo.counseling import tell_counseling
from demo.crises import tell_cases
from demo.plan_year import tell_year
from demo.privacy import tell_privacy
from demo.screening import tell_screenings
from demo.settling import CODE, settle_in
from demo.showcase import pick
from demo.story import months, start_of, tell
from demo.university import plan
from kernel.periods import TZ, Month, academic_year
from network.models import Student, Unit

FEWEST, MOST = 100, 50_000


class Command(BaseCommand):
    help = "Build a university that does not exist, with people and months of reports, and print the accounts to try."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--students", type=int, default=3000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--today", type=date.fromisoformat, help="the day on which the story ends, YYYY-MM-DD")
        parser.add_argument("--force", action="store_true", help="build it beside the schools that are there")

    def handle(self, *, students: int, seed: int, today: date | None, force: bool, **options: Any) -> None:
        if not FEWEST <= students <= MOST:
            raise CommandError(_("Choose between %(least)s and %(most)s students.") % {"least": FEWEST, "most": MOST})
        if today and today > localdate():
            raise CommandError(_("The story cannot end on a day that has not come."))
        schools = Unit.objects.schools()
        if not schools.filter(code=CODE).exists():
            if schools.exists() and not force:
                raise CommandError(_("There is a school in this database already. Use an empty one, or add --force."))
            self.build(students, seed, _moment(today))
        self.print_accounts(Unit.objects.get(code=CODE))

    @transaction.atomic
    def build(self, students: int, seed: int, at: datetime) -> None:
        founded_at = start_of(at)
        self.say(_("Founding a university of %(count)s students …") % {"count": students})
        year = int(academic_year(at.astimezone(TZ).date())[:4])
        cast = settle_in(plan(students=students, seed=seed, year=year), at=founded_at)
        counts = {"colleges": len(cast.colleges), "classes": len(cast.classes), "dorms": len(cast.dorms)}
        self.say(_("  %(colleges)s colleges, %(classes)s classes, %(dorms)s dorms") % counts)
        showcase = pick(cast)
        open_accounts(cast, showcase, at=founded_at)
        tell(cast=cast, showcase=showcase, seed=seed, now=at, say=self.say_month)
        look_around(cast, showcase, now=at)
        tell_privacy(cast, showcase, founded_at=founded_at, now=at)
        self.say(_("Asking the students how they are …"))
        tell_screenings(cast, showcase, seed=seed, founded_at=founded_at, now=at)
        self.say(_("Teaching, training, writing and keeping the accounts …"))
        tell_year(cast, now=at)
        self.say(_("Opening the counseling center …"))
        tell_counseling(cast, seed=seed, founded_at=founded_at, now=at)
        tell_cases(cast=cast, showcase=showcase, seed=seed, founded_at=founded_at, now=at)
        self.say(_("Holding activities …"))
        tell_activities(cast, showcase, now=at)
        read_old_notices(cast.school, before=datetime.combine(months(at)[-1].first, time(0), TZ), at=at)

    def say_month(self, month: Month, acts: int) -> None:
        self.say(_("  %(month)s: %(count)s acts told") % {"month": month, "count": acts})

    def print_accounts(self, school: Unit) -> None:
        head = (_("Role"), _("Number"), _("Name"), _("Unit"), _("What to look at"))
        rows = [head, *printed(school, at=now())]
        widths = [max(_width(row[column]) for row in rows) for column in range(len(head))]
        self.say("")
        count = Student.objects.filter(school=school).count()
        self.say(_("%(school)s, %(count)s students.") % {"school": school, "count": count})
        for row in rows:
            cells = (text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True))
            self.say("  ".join(cells).rstrip())
        self.say("")
        self.say(_("Password of all of them: %(password)s") % {"password": PASSWORD})
        self.say(_("Open %(url)s and sign in with a number of the list.") % {"url": settings.PORTAL_URL})
        if settings.SECOND_FACTOR != "off":
            self.say(_("It will ask for a second factor; start it with SECOND_FACTOR=off to look around without."))

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _moment(today: date | None) -> datetime:
    """The end of the story: the hour that has struck, or the evening of the day that was named."""
    if today is None or today == localdate():
        return now().replace(minute=0, second=0, microsecond=0)
    return datetime.combine(today, time(18), TZ)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
