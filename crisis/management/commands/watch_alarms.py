from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from crisis.services.alarms.watchdog import Trouble, What, troubles

WORDS = {
    What.CLOCK: "The task that escalates alarms has stopped: look whether beat and a worker run.",
    What.CLOCK_BACK: "The clock was set back, or two machines differ: nothing falls due until it catches up.",
    What.CLIMBING: "Alarms wait for their next step: look whether beat and a worker run.",
    What.REMINDERS: "Reminders of duties are not sent: look into the worker's log.",
    What.ROWS: "A scheduled task failed for some rows: look into the worker's log.",
    What.MAIL: "Mails of alarms are not delivered: look at the mail server.",
    What.BOTS: "Group messages of alarms are not delivered: look at the addresses of the bots.",
}


class Command(BaseCommand):
    help = "Say whether alarms get through; ends with 1 and says what is stuck, for cron to shout."

    def handle(self, **options: Any) -> None:
        stuck = troubles(at=timezone.now())
        if not stuck:
            self.stdout.write(_("Alarms get through."))
            return
        lines = [f"{WORDS[trouble.what]} ({trouble.count}, {_since(trouble)})" for trouble in stuck]
        raise CommandError("\n".join(lines), returncode=1)


def _since(trouble: Trouble) -> str:
    return f"{localtime(trouble.since):%Y-%m-%d %H:%M:%S}" if trouble.since else "-"
