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
# What waits for servers or browsers: faults that come and go show here first.
WAITING = ["tests/faults", "tests/journeys", "tests/attacks/test_scripts.py", "tests/network/test_single_sign_on.py"]
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
    whole = len(options.databases) > 1 and not options.pytest and not options.soak and not options.orders
    if whole:
        shutil.rmtree(COVERAGE, ignore_errors=True)
        COVERAGE.mkdir(parents=True)
    with ExitStack() as stack:
        redis_url = os.environ.get("TEST_REDIS_URL") or stack.enter_context(services.running_redis())
        urls = {database: url_of(database, stack) for database in options.databases}
        codes = [
            run(share, urls, redis_url, options, MEASURING if whole and share == 0 else [])
            for _order in range(options.orders or 1)
            for share in range(len(urls))
        ]
    failed = [code for code in codes if code not in (0, NO_TEST)]
    if failed or set(codes) == {NO_TEST}:
        return (failed or codes)[0]
    return report(gate=True) if whole else 0


def url_of(database: str, stack: ExitStack) -> str:
    if database == "sqlite":
        return "sqlite://:memory:"
    return os.environ.get("TEST_DATABASE_URL") or stack.enter_context(services.running_postgres())


def run(share: int, urls: dict[str, str], redis_url: str, options: argparse.Namespace, measuring: list[str]) -> int:
    """SQLite runs as the portal does without a broker; PostgreSQL as it does with Redis."""
    database = list(urls)[share]
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    env = inherited | TEST_ENV | {"TEST_REDIS_URL": redis_url, "PYTEST_PLUGINS": "tests.lanes"}
    env |= {"DATABASE_URL": urls[database], "REDIS_URL": "" if database == "sqlite" else redis_url}
    env |= {"TEST_SHARE": f"{share}/{len(urls)}", "COVERAGE_FILE": str(COVERAGE / f"data.{database}")}
    if options.soak:
        env["SOAK"] = "1"
    print(f"\n== The suite on {database} ==", flush=True)
    waiting = WAITING if options.orders else []
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *waiting, *measuring, *options.pytest]
    return subprocess.run(command, env=env, check=False).returncode


def arguments() -> argparse.Namespace:
    given = sys.argv[1:]
    border = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true", help="every test at its full size")
    parser.add_argument("--orders", type=int, default=0, help="what waits for servers or browsers, so often")
    parser.add_argument("databases", nargs="+", choices=("sqlite", "postgres"))
    options = parser.parse_args(given[:border])
    options.pytest = given[border + 1 :]
    return options


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
