"""The words a person reads on the monthly forms."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.rules.dorm_lines import Event, Help, Sign, Status, Topic
from reporting.rules.filing import State

STATUS_LABELS = {
    Status.CLEAR: pgettext_lazy("weather", "Clear"),
    Status.CLOUDY: pgettext_lazy("weather", "Cloudy"),
    Status.OVERCAST: pgettext_lazy("weather", "Overcast"),
    Status.RAIN: pgettext_lazy("weather", "Rain"),
    Status.THUNDER: pgettext_lazy("weather", "Thunder"),
}
STATUS_HINTS = {
    Status.CLEAR: _("stable, all well"),
    Status.CLOUDY: _("a little down"),
    Status.OVERCAST: _("low for a while"),
    Status.RAIN: _("clearly distressed"),
    Status.THUNDER: _("emergency, act now"),
}
SIGN_LABELS = {
    Sign.SLEEP: _("Sleeps badly"),
    Sign.EATING: _("Eats little or too much"),
    Sign.CLASS_ABSENCE: _("Misses classes"),
    Sign.WITHDRAWAL: _("Keeps away from others"),
    Sign.CONFLICT: _("Conflicts"),
    Sign.CRYING: _("Cries"),
    Sign.GAMING: _("Games all day"),
    Sign.DRINKING: _("Drinks"),
}
EVENT_LABELS = {
    Event.LOSS: _("Loss of somebody close"),
    Event.BREAK_UP: _("Break-up"),
    Event.FAILURE: _("Failed an exam"),
    Event.DISCIPLINE: _("Disciplinary action"),
    Event.DEBT: _("Debt"),
    Event.ILLNESS: _("Illness"),
}
HELP_LABELS = {
    Help.TALKED: _("Talked with them"),
    Help.KEPT_COMPANY: _("Kept them company"),
    Help.TOLD_COMMITTEE_MEMBER: _("Told the class committee member"),
    Help.TOLD_FUDAOYUAN: _("Told the fudaoyuan"),
    Help.SUGGESTED_COUNSELING: _("Suggested counseling"),
}
TOPIC_LABELS = {
    Topic.STUDY: _("Study"),
    Topic.LIFE: _("Daily life"),
    Topic.RELATIONS: _("Relations"),
    Topic.LOVE: _("Love"),
    Topic.CAREER: _("Career"),
    Topic.FAMILY: _("Family"),
}
STATE_LABELS = {
    State.DRAFT: _("Draft"),
    State.FILED: _("Filed"),
    State.RETURNED: _("Sent back"),
    State.ACCEPTED: _("Accepted"),
}
