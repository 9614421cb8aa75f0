from django.utils.translation import gettext_lazy as _

from kernel.navigation import NavigationItem, declare
from network.rules import Ability

CAMPAIGNS = frozenset({Ability.RUN_SCREENING, Ability.FOLLOW_SCREENING})
INTERVIEWS = frozenset({Ability.RUN_SCREENING, Ability.HOLD_INTERVIEW})
FEEDBACK = frozenset({Ability.VIEW_SCREENING_LEVEL, Ability.VIEW_SCREENING_TASK})
SCALES = frozenset({Ability.VIEW_SCALES, Ability.MANAGE_SCREENING})

declare(
    NavigationItem("screening", _("Screening"), "screening:campaign-list", "clipboard-list", CAMPAIGNS),
    NavigationItem("screening", _("Talks"), "screening:interview-list", "message-circle-heart", INTERVIEWS),
    NavigationItem(
        "screening", _("Screening figures"), "screening:figures-list", "chart-pie", frozenset({Ability.VIEW_STATS})
    ),
    NavigationItem("screening", _("From the center"), "screening:feedback-list", "hand-heart", FEEDBACK),
    NavigationItem("screening", _("Scales"), "screening:scale-list", "list-checks", SCALES),
)
