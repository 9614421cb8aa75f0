"""The words a person reads for phases, urgencies, outcomes and actions."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from screening.rules.interviews import Action, Outcome, Urgency
from screening.rules.windows import Phase


class Attempted(StrEnum):
    """How an invitation went that led to no talk."""

    NO_SHOW = "no_show"
    UNREACHED = "unreached"


PHASE_LABELS = {
    Phase.DRAFT: pgettext_lazy("campaign", "Being prepared"),
    Phase.WAITING: pgettext_lazy("campaign", "Opens soon"),
    Phase.RUNNING: pgettext_lazy("campaign", "Running"),
    Phase.MAKEUP: pgettext_lazy("campaign", "Make-up"),
    Phase.OVER: pgettext_lazy("campaign", "Time is up"),
    Phase.CLOSED: pgettext_lazy("campaign", "Closed"),
}
URGENCY_LABELS = {
    Urgency.CRITICAL: _("Within 24 hours"),
    Urgency.FIRST: _("Class 1, within two weeks"),
    Urgency.SECOND: _("Class 2, within six weeks"),
}
LEVEL_LABELS = {
    1: pgettext_lazy("screening level", "Class 1"),
    2: pgettext_lazy("screening level", "Class 2"),
    3: pgettext_lazy("screening level", "Class 3"),
}
CARE_LABELS = {
    1: pgettext_lazy("care", "Close attention"),
    2: pgettext_lazy("care", "Some attention"),
    3: pgettext_lazy("care", "No special attention"),
}
OUTCOME_LABELS = {
    Outcome.A: _("A: needs help now or soon, hand over"),
    Outcome.B: _("B: some strain, counseling or follow-up"),
    Outcome.C: _("C: well, nothing further"),
}
ACTION_LABELS = {
    Action.NONE: _("Nothing special"),
    Action.CARE: _("Everyday care, look in now and then"),
    Action.COUNSELING: _("Encourage them to come to the counseling center"),
    Action.WATCH: _("Keep an eye on them, report changes to the center"),
    Action.CRISIS: _("The center is handling it; follow its lead"),
}
ATTEMPT_LABELS = {
    Attempted.NO_SHOW: _("Invited, did not come"),
    Attempted.UNREACHED: _("Could not be reached"),
}
