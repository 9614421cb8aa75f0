#!/usr/bin/env bash
# Builds .venv from uv.lock; brings its own uv where the machine has none.
set -euo pipefail
cd "$(dirname "$0")/.."

if uv --version >/dev/null 2>&1; then
  uv=uv
else
  uv=var/tools/bin/uv
  [[ -x $uv ]] || { python3 -m venv var/tools && var/tools/bin/pip install --quiet --disable-pip-version-check uv; }
fi
# As the machine trusts: a university's proxy may sign with a certificate of its own.
UV_SYSTEM_CERTS=1 "$uv" sync --frozen --all-extras --quiet
