"""How often people are called about one student, and how much one alarm holds. No Django."""

from datetime import timedelta

# Source: docs/domain.md § 3. A flood of reports calls the same person once in this time.
QUIET = timedelta(minutes=5)
# One alarm holds this many characters; what does not fit begins another alarm, so that no word is lost.
LONGEST_EVIDENCE = 20_000


def has_room(evidence: str, text: str) -> bool:
    """Whether an alarm with this evidence can take the text as well."""
    return len(evidence) + len(text) <= LONGEST_EVIDENCE
