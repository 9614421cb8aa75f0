from django.utils.translation import gettext_lazy as _

from network.rules import Ability
from network.student_file import Section, declare

declare(
    Section(
        _("Screening"),
        _("Results of past screenings as far as your post goes, and the talks that followed."),
        "screening:student-section",
        "clipboard-list",
        frozenset({Ability.VIEW_SCREENING_LEVEL, Ability.VIEW_SCREENING_TASK, Ability.VIEW_SCREENING_FACTORS}),
        place=30,
    )
)
