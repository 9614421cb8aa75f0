"""What never stands in a log: keys that are part of an address."""

import logging
import re

# The key of somebody's calendar (counseling) is as good as a password.
SECRET_PATHS = re.compile(r"(/feeds/)[^\s\"'?]+")


class SecretPathFilter(logging.Filter):
    """Takes the secret part out of addresses, in the message and in what it is filled with."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = scrubbed(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(scrubbed(value) if isinstance(value, str) else value for value in record.args)
        return True


def scrubbed(text: str) -> str:
    return SECRET_PATHS.sub(r"\1…", text)
