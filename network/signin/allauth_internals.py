"""The parts of allauth that it does not publish, imported here and nowhere else.

allauth publishes no other way to these five:
- `ratelimit`: the published module only says yes or no; we also take a count back when the password was right.
- `record_authentication`: the published module reads the records of a session; we add one when a factor was set up.
- `unstash_login`: between the password and the second factor nobody is signed in yet; only the stash knows who it is.
- `get_user_by_username`: the guess is counted for the account that the check of the password will find.
- `generate_recovery_codes`: the published view asks on a page of its own; ours has the question on the list of factors.

After an upgrade of allauth, look at these first: tests/network/test_factors.py and test_attempts.py run through each.
"""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import unstash_login
from allauth.account.internal.userkit import get_user_by_username
from allauth.core.internal import ratelimit
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes

__all__ = ["generate_recovery_codes", "get_user_by_username", "ratelimit", "record_authentication", "unstash_login"]
