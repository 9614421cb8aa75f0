"""The questions before a first talk, and how soon somebody should be seen. Pure."""

from collections.abc import Mapping

from counseling.rules.kinds import Triage

LONGEST = 2000
# Free text: what brings you, since when, what you hope for, help before, what we should know.
TEXTS = ("reason", "since", "hope", "earlier_help", "to_know")
# Asked as "no", "sometimes", "often" and, of the plan and today, "no", "yes".
SCALES = ("topics", "sleep", "daily_life", "hopeless")
DANGER = ("thoughts", "plan", "safe_today")
FIELDS = frozenset((*TEXTS, *SCALES, *DANGER))


def is_at_risk(answers: Mapping[str, str]) -> bool:
    """A plan, not being safe today, or thoughts that come often."""
    return (
        answers.get("plan") == "yes" or answers.get("safe_today") == "no" or answers.get("thoughts") in ("often", "yes")
    )


def triage_of(answers: Mapping[str, str]) -> Triage:
    """Today for danger; soon for thoughts that come, hopelessness or a life that stands still; regular otherwise."""
    if is_at_risk(answers):
        return Triage.TODAY
    pressing = answers.get("thoughts") == "sometimes" or "often" in (answers.get("hopeless"), answers.get("daily_life"))
    return Triage.SOON if pressing else Triage.REGULAR
