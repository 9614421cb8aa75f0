from django.utils.translation import gettext_lazy as _

from network.rules import Ability
from network.student_file import Section, declare

declare(
    Section(
        _("Watchlist"),
        _("Calls for help for this student, and the case if there is one."),
        "crisis:student-section",
        "siren",
        frozenset({Ability.HANDLE_ALARM, Ability.VIEW_CASES, Ability.VIEW_ASSIGNED_CASES}),
        place=10,
    )
)
