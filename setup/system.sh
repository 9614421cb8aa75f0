#!/usr/bin/env bash
# Looks for what the portal needs from the system and installs what is missing: setup/system.sh [tests]
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive

missing=()
essential=()
libraries=$(ldconfig -p 2>/dev/null || true)

has_command() { command -v "$1"; }
has_library() { [[ $libraries == *"$1"* ]]; }
has_chinese_font() { [[ $(fc-list :lang=zh-cn) == *"CJK"* ]]; }
has_pg_headers() { [[ -e $(pg_config --includedir)/libpq-fe.h ]]; }
has_python_headers() { python3 -c 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")'; }
has_postgres_server() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; }
has_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    # On Ubuntu the name chromium leads to a snap, which asks to be installed instead of starting.
    "$name" --version --no-sandbox && return 0
  done
  compgen -G "$HOME/.cache/ms-playwright/chromium-*"
}

# want PACKAGE CHECK…   need PACKAGE CHECK…   (nothing works without what is needed)
want() { "${@:2}" >/dev/null 2>&1 || missing+=("$1"); }
need() { "${@:2}" >/dev/null 2>&1 || { missing+=("$1"); essential+=("$1"); }; }

look() {
  missing=() essential=()
  need python3 has_command python3
  need python3-venv python3 -c 'import ensurepip'
  need python3-dev has_python_headers
  need gcc has_command gcc
  need libpq-dev has_pg_headers
  need gettext has_command msgfmt
  need libpango-1.0-0 has_library libpango-1.0.so.0
  need libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
  want libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
  want fonts-noto-cjk has_chinese_font
  if [[ ${1:-} != tests ]]; then
    want redis-server has_command redis-server
    return
  fi
  need redis-server has_command redis-server
  need postgresql has_postgres_server
  want poppler-utils has_command pdftotext
  want gnupg has_command gpg
  # Ubuntu has no browser package of its own: see below.
  if [[ $(. /etc/os-release && echo "$ID") != ubuntu ]]; then want chromium has_browser; fi
}

install() {
  local as_root=()
  [[ $(id -u) == 0 ]] || as_root=(sudo)
  echo "Installing ${missing[*]}"
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
  # The lists may be old or not there yet.
  "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

if [[ ${1:-} == tests ]] && ! has_browser >/dev/null 2>&1 && [[ $(. /etc/os-release && echo "$ID") == ubuntu ]]; then
  .venv/bin/playwright install --with-deps chromium || echo "Please install Chromium or Chrome for the journeys." >&2
fi
look "${1:-}"
[[ ${#missing[@]} -gt 0 ]] || exit 0
if command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }; then
  install || true
  libraries=$(ldconfig -p)
  look "${1:-}"
fi
[[ ${#missing[@]} -gt 0 ]] || exit 0
echo "Please install, by these or your system's own names: ${missing[*]}" >&2
[[ ${#essential[@]} == 0 ]]
