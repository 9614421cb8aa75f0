from django.utils.translation import gettext_lazy as _

from network.rules import Ability
from network.student_file import Section, declare

declare(
    Section(
        _("Monthly reports"),
        _("The weather of each month as dorm and class saw it."),
        "reporting:student-lines",
        "cloud-sun",
        frozenset({Ability.VIEW_LINES, Ability.VIEW_LINE_SUMMARY}),
        place=20,
    )
)
