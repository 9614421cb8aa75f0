"""Runs the suite on each database asked for: python -m setup.run_tests sqlite postgres -- -k word"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack

from setup.report_coverage import FOLDER as COVERAGE
from setup.report_coverage import report
from tests import services

# Known to everybody, and good for tests alone.
TEST_ENV = {
    "SECRET_KEY": "for-tests-alone-for-tests-alone-for-tests-alone-for-tests-alone",
    "FIELD_KEYS": "t1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DEBUG": "0",
    "PORTAL_URL": "http://localhost:8000",
}
# Faults of real servers, every page in a browser: many minutes each, so `make test-long` has them to itself.
LONG = ("tests/faults", "tests/journeys/test_pages.py", "tests/attacks/test_scripts.py")
MEASURING = ["--cov", "--cov-report=", "--cov-fail-under=0"]
# pytest's word for a selection that picks nothing.
NO_TEST = 5
OWN_SETTINGS = (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CAS_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
    "LOG_LEVEL",
    "OIDC_URL",
    "SAML_URL",
    "SECOND_FACTOR",
)


def main() -> int:
    options = arguments()
    # A polite kill must stop the servers just as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Measuring costs nearly half as much again and tells something about whole runs alone; one database is enough.
    whole = len(options.databases) > 1 and not options.pytest and not options.long
    if not options.pytest:
        options.pytest = list(LONG) if options.long else [f"--ignore={path}" for path in LONG]
    if whole:
        shutil.rmtree(COVERAGE, ignore_errors=True)
        COVERAGE.mkdir(parents=True)
    with ExitStack() as stack:
        redis_url = os.environ.get("TEST_REDIS_URL") or stack.enter_context(services.running_redis())
        measured = options.databases[0] if whole else ""
        codes = [
            run(database, redis_url, [*options.pytest, *(MEASURING if database == measured else [])], stack)
            for database in options.databases
        ]
    failed = [code for code in codes if code not in (0, NO_TEST)]
    if failed or set(codes) == {NO_TEST}:
        return (failed or codes)[0]
    return report(gate=True) if whole else 0


def run(database: str, redis_url: str, pytest_arguments: list[str], stack: ExitStack) -> int:
    """SQLite runs as the portal does without a broker; PostgreSQL as it does with Redis."""
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    env = inherited | TEST_ENV | {"TEST_REDIS_URL": redis_url, "PYTEST_PLUGINS": "tests.lanes"}
    env["COVERAGE_FILE"] = str(COVERAGE / f"data.{database}")
    if database == "sqlite":
        env |= {"DATABASE_URL": "sqlite://:memory:", "REDIS_URL": ""}
    else:
        url = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(services.running_postgres())
        env |= {"DATABASE_URL": url, "REDIS_URL": redis_url}
    print(f"\n== The suite on {database} ==", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *pytest_arguments]
    return subprocess.run(command, env=env, check=False).returncode


def arguments() -> argparse.Namespace:
    given = sys.argv[1:]
    border = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="the long ones instead of the others")
    parser.add_argument("databases", nargs="+", choices=("sqlite", "postgres"))
    options = parser.parse_args(given[:border])
    options.pytest = given[border + 1 :]
    return options


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
