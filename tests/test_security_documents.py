"""The security documents tell the truth: figures are read from code and settings, and looked for in the documents."""

import inspect
import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa import app_settings as factors
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    get_default_password_validators,
)
from django.core.signing import Signer

from kernel import crypto
from kernel.uploads import accepting
from kernel.xlsx import reading
from kernel.xlsx.reading import read_workbook
from network.rules.access_log import OPEN_FOR, REVIEW_WITHIN
from network.rules.signin import ACCOUNT_LIMITS, ADDRESS_LIMIT, DESK_IDLE, HAND_IDLE, LONGEST_SESSION, WHOLE_LIMIT
from tests.services import ROOT

MEBI = 1 << 20
MILLION = 1_000_000
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \|(?:[^|]*\|){2} (\w+|n/a) \| (.*) \|$", flags=re.MULTILINE)


def words(name: str) -> str:
    """The document without its line breaks."""
    return " ".join((ROOT / "docs" / name).read_text().split())


def minutes(time: timedelta) -> int:
    return int(time.total_seconds() // 60)


def hours(time: timedelta) -> int:
    return minutes(time) // 60


def hashing() -> str:
    hasher: Any = get_hasher()
    assert hasher.params().type.name == "ID"
    return f"{hasher.memory_cost // 1024} MiB, {hasher.time_cost} passes"


def workbook_limits() -> Mapping[str, int]:
    parameters = inspect.signature(read_workbook).parameters
    return {name: parameter.default for name, parameter in parameters.items() if name.startswith("max_")}


def shortest_password() -> int:
    validators = get_default_password_validators()
    return next(each.min_length for each in validators if isinstance(each, MinimumLengthValidator))


def security_claims() -> list[str]:
    limits = workbook_limits()
    bits = crypto.KEY_BYTES * 8
    lanes = get_hasher().parallelism  # type: ignore[attr-defined]
    picture = accepting.LIMITS
    return [
        f"A session ends {hours(LONGEST_SESSION)} hours after sign-in, however much it is used; after "
        f"{minutes(DESK_IDLE)} minutes without use ({hours(HAND_IDLE)} hours for students with no post of the staff)",
        f"has it for {minutes(OPEN_FOR)} minutes, and is asked about it by somebody else "
        f"within {hours(REVIEW_WITHIN)} hours",
        f"AES-{bits}-GCM, a fresh nonce of {crypto.NONCE_BYTES} bytes each",
        f"Passwords (at least {shortest_password()} characters) | Argon2id with {hashing()} and {lanes} lane;",
        f"Django's signing, HMAC-{Signer().algorithm.upper().replace('SHA', 'SHA-')}",
        f"{limits['max_bytes'] // MEBI} MiB, {limits['max_inflated'] // MEBI} MiB unpacked, "
        f"{limits['max_rows']:,} rows, {limits['max_columns']} columns",
        f"in a process of its own ({reading.MEMORY // MEBI} MiB, {reading.SECONDS} s of work)",
        f"{accepting.MOST_BYTES // MEBI} MiB, {picture['pixels'] // MILLION} megapixels "
        f"(JPEG {picture['jpeg_pixels'] // MILLION})",
        f"in a process of its own ({picture['memory'] // MEBI} MiB, {picture['seconds']} s)",
        f"| PDF | told by its content, whole | {accepting.MOST_BYTES // MEBI} MiB |",
    ]


def asvs_claims() -> dict[str, str]:
    tries, period = re.findall(r"(\d+)/(\d+)m/key", settings.ACCOUNT_RATE_LIMITS["login_failed"])[0]
    digits = factors.RECOVERY_CODE_DIGITS
    lanes = get_hasher().parallelism  # type: ignore[attr-defined]
    return {
        "6.2.1": f"{shortest_password()} characters at least",
        "6.2.12": f"Django's list of {round(len(CommonPasswordValidator().passwords), -4):,} common passwords",
        "6.5.4": f"{digits} digits, {math.floor(digits * math.log2(10))} bits; {tries} wrong ones in {period} minutes",
        "6.5.5": f"{factors.TOTP_PERIOD} seconds, {settings.MFA_TOTP_TOLERANCE} step of tolerance to each side",
        "7.3.1": f"{minutes(DESK_IDLE)} minutes for staff, {hours(HAND_IDLE)} hours for students",
        "7.3.2": f"{hours(LONGEST_SESSION)} hours after the sign-in",
        "11.2.1": f"AES-{crypto.KEY_BYTES * 8}-GCM",
        "11.2.3": f"{crypto.KEY_BYTES * 8}-bit keys",
        "11.4.1": f"{Signer().algorithm.upper().replace('SHA', 'SHA-')}, and HMAC with it",
        "11.4.2": f"Argon2id at OWASP's floor: {hashing()}, {lanes} lane",
    }


def test_the_figures_of_the_security_page_are_those_of_the_code() -> None:
    page = words("SECURITY.md")
    assert [claim for claim in security_claims() if claim not in page] == []


@pytest.mark.parametrize(("number", "claim"), asvs_claims().items())
def test_the_figures_of_the_asvs_table_are_those_of_the_code(number: str, claim: str) -> None:
    reasons = {row: reason for row, _state, reason in ROW.findall((ROOT / "docs/asvs.md").read_text())}
    assert claim in reasons[number]


def test_the_handbook_tells_how_often_a_password_may_be_guessed() -> None:
    first, second = ACCOUNT_LIMITS
    claim = (
        f"Wrong passwords: {first.amount} in {first.seconds // 60} minutes and {second.amount} in "
        f"{second.seconds // 3600} hours for an account, {ADDRESS_LIMIT.amount} a minute from one address, "
        f"{WHOLE_LIMIT.amount:,} in {WHOLE_LIMIT.seconds // 60} minutes in all. "
    )
    assert ADDRESS_LIMIT.seconds == 60
    assert claim in words("operations.md")
    claim = (
        f"A session ends after {minutes(DESK_IDLE)} idle minutes ({hours(HAND_IDLE)} hours for a student), "
        f"{hours(LONGEST_SESSION)} hours after the sign-in at the latest"
    )
    assert claim in words("operations.md")


def test_the_asvs_table_counts_its_own_answers() -> None:
    states = Counter(state for _row, state, _reason in ROW.findall((ROOT / "docs/asvs.md").read_text()))
    total = sum(states.values())
    assert (
        f"{states['met']} met, {states['partly']} partly, {states['operator']} the operator's, {states['open']} open, "
        f"{states['n/a']} not applicable, of {total}."
    ) in words("asvs.md")


@pytest.mark.parametrize("name", ["SECURITY.md", "asvs.md"])
def test_every_setting_that_a_document_names_is_there(name: str) -> None:
    files = ("portal/settings.py", "portal/single_sign_on.py", "docker-compose.yml")
    read = " ".join((ROOT / file).read_text() for file in files)
    named = set(re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b", words(name)))
    assert named
    assert sorted(each for each in named if each not in read and not hasattr(settings, each)) == []
