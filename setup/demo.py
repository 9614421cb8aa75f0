"""Builds the sample university, then serves it with worker and beat until Ctrl-C."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def processes(env: dict[str, str]) -> list[str]:
    """What to start; without any Redis the tasks run inside web and beat."""
    if env.get("REDIS_URL"):
        return ["web", "worker", "alarms", "beat"]
    if not shutil.which("redis-server"):
        return ["web", "beat"]
    (ROOT / "var" / "redis").mkdir(parents=True, exist_ok=True)
    env["REDIS_PORT"] = str(free_port())
    # SECURITY: whoever writes to Redis can start tasks, and this machine may have other users.
    env["REDIS_PASSWORD"] = secrets.token_hex(32)
    env["REDIS_URL"] = f"redis://:{env['REDIS_PASSWORD']}@{HOST}:{env['REDIS_PORT']}/0"
    return ["web", "worker", "alarms", "beat", "redis"]


def main() -> None:
    env = dict(os.environ)
    port = int(env.get("PORT") or 8000)
    if not is_free(port):
        sys.exit(f"Port {port} is taken: stop what runs there, or choose another one with PORT=8001 make demo.")
    url = f"http://localhost:{port}"
    # The printed accounts are for everybody to try: a second factor would only be in the way.
    env = {"DEBUG": "0", "LOG_LEVEL": "WARNING", "PORTAL_URL": url, "SECOND_FACTOR": "off"} | env
    bin_dir = Path(sys.executable).parent
    env["PATH"] = f"{bin_dir}{os.pathsep}{env['PATH']}"
    subprocess.run([sys.executable, "manage.py", "demo"], cwd=ROOT, env=env, check=True)
    names = processes(env)
    print(f"\nStarting {url}; Ctrl-C ends it.\n", flush=True)
    os.chdir(ROOT)
    # An environment file of the containers must not leak in, so honcho is told to read none.
    os.execve(bin_dir / "honcho", ["honcho", "--env", os.devnull, "start", "--port", str(port), *names], env)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
