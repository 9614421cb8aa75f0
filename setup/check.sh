#!/usr/bin/env bash
# The gate. Every step runs, so that one look tells all; exit 1 when any failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

failed=()
step() {
  local name=$1
  shift
  local output
  if output=$("$@" 2>&1); then
    echo "ok    $name"
  else
    echo "FAIL  $name"
    printf '%s\n' "$output"
    failed+=("$name")
  fi
}

# As on a server: behind https, no debugging.
as_deployed() {
  env DEBUG=0 SECOND_FACTOR=required PORTAL_URL=https://portal.example.edu ALLOWED_HOSTS=portal.example.edu \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" "$@"
}

mapfile -t templates < <(find templates -name '*.html' | sort)
step "python: format" ruff format --check .
step "python: lint" ruff check .
step "python: types" mypy .
step "python: arrows" lint-imports --no-cache
step "templates: format" djade --check --target-version 5.2 "${templates[@]}"
step "javascript and css: format, lint" npm run --silent check
step "javascript: unit tests" npm run --silent test
step "shell: lint" shellcheck --external-sources setup/*.sh .ci/run
step "migrations: none missing" python manage.py makemigrations --check --dry-run
step "deployment" as_deployed python manage.py check --deploy --fail-level WARNING
step "catalogue: complete" python setup/catalogue.py check

[[ ${#failed[@]} == 0 ]]
