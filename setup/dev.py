"""Serves the working copy until Ctrl-C: web and worker reload, assets are built again, when a file changes."""

import os
import subprocess
import sys
from pathlib import Path

from setup.demo import ROOT, is_free, processes


def main() -> None:
    env = dict(os.environ)
    port = int(env.get("PORT") or 8000)
    if not is_free(port):
        sys.exit(f"Port {port} is taken: stop what runs there, or choose another one with PORT=8001 make dev.")
    env = {"DEBUG": "1", "SECOND_FACTOR": "off", "PORTAL_URL": f"http://localhost:{port}"} | env
    names = [*processes(env), "assets"]
    bin_dir = Path(sys.executable).parent
    env["PATH"] = f"{bin_dir}{os.pathsep}{env['PATH']}"
    # Django reads the manifest of the assets when it starts, so they are built once before.
    build = ["npm", "run", "--silent", "build", "--", "--mode", "development", "--logLevel", "warn"]
    subprocess.run(build, cwd=ROOT, env=env, check=True)
    print(
        f"\nStarting http://localhost:{port}; Ctrl-C ends it. For a sample university run `make demo` once.\n",
        flush=True,
    )
    os.chdir(ROOT)
    # An environment file of the containers must not leak in, so honcho is told to read none.
    command = ["honcho", "--env", os.devnull, "--procfile", "Procfile.dev", "start", "--port", str(port), *names]
    os.execve(bin_dir / "honcho", command, env)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
