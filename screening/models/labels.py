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
FIGURE_LABELS = {
    "total": _("Total"),
    "standard": _("Standard score"),
    "band": _("Band"),
    "positives": _("Positive items"),
    "psdi": _("Mean of the positive items"),
    "class": _("Class of the scale"),
    "interview": _("Class for the talk"),
    "valid": _("Validity"),
    "critical": _("Critical answer"),
    "factors": _("Factors"),
}
BAND_LABELS = {
    "normal": pgettext_lazy("band", "normal"),
    "minimal": pgettext_lazy("band", "minimal"),
    "mild": pgettext_lazy("band", "mild"),
    "moderate": pgettext_lazy("band", "moderate"),
    "moderately_severe": pgettext_lazy("band", "moderately severe"),
    "severe": pgettext_lazy("band", "severe"),
}
FACTOR_LABELS = {
    "somatization": _("Somatization"),
    "obsessive_compulsive": _("Obsessive-compulsive"),
    "interpersonal": _("Interpersonal sensitivity"),
    "depression": _("Depression"),
    "anxiety": _("Anxiety"),
    "hostility": _("Hostility"),
    "phobic": _("Phobic anxiety"),
    "paranoid": _("Paranoid ideation"),
    "psychotic": _("Psychoticism"),
    "other": _("Sleep and appetite"),
    "c1": _("Sleep quality"),
    "c2": _("Time to fall asleep"),
    "c3": _("Hours of sleep"),
    "c4": _("Sleep efficiency"),
    "c5": _("Disturbed sleep"),
    "c6": _("Sleep medication"),
    "c7": _("Daytime function"),
}
FLAG_LABELS = {
    "missing_items": _("questions left out"),
    "lie_items": _("all lie items answered yes"),
    "too_fast": _("answered too fast"),
    "same_answer": _("nearly always the same answer"),
    "implausible_times": _("times that cannot be"),
}
