#!/usr/bin/env bash
# Installs the portal's services: make install (as root). ROOT=/scratch writes below another root and starts nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

root=${ROOT:-}
folder=$PWD
if [[ $folder == *[[:space:]\|]* ]]; then
  echo "The portal's folder must have no space in its path: $folder" >&2
  exit 1
fi
if [[ -z $root && $EUID != 0 ]]; then
  echo "Run it as root: sudo make install" >&2
  exit 1
fi

if [[ -z $root ]] && ! id shouwang >/dev/null 2>&1; then
  useradd --system --user-group --home-dir "$folder" --no-create-home --shell /usr/sbin/nologin shouwang
fi
install -d -m 755 "$root/etc/systemd/system"
install -d -m 750 "$root/etc/shouwang"
install -d -m 700 "$root/var/backups/shouwang"
for unit in setup/units/*; do
  sed "s|@FOLDER@|$folder|g" "$unit" >"$root/etc/systemd/system/$(basename "$unit")"
done
if [[ ! -e $root/etc/shouwang/env ]]; then
  # Without comments: systemd reads NAME=value alone. Keys are drawn, everything else is to be filled in.
  { grep -E '^(SECRET_KEY|FIELD_KEYS|AUDIT_KEY)=' var/env; grep -E '^[A-Z_]+=' .env.example | grep -vE '^(SECRET_KEY|FIELD_KEYS|AUDIT_KEY|POSTGRES_PASSWORD|REDIS_PASSWORD)='; } \
    >"$root/etc/shouwang/env"
  chmod 600 "$root/etc/shouwang/env"
  echo "Fill in $root/etc/shouwang/env (DATABASE_URL, REDIS_URL, PORTAL_URL, ALLOWED_HOSTS, mail), then run this again."
  exit 0
fi
[[ -n $root ]] && exit 0

chown -R shouwang:shouwang var /var/backups/shouwang
systemctl daemon-reload
systemctl enable --now shouwang-{web,worker,alarms,beat}.service shouwang-{backup,drill,doctor}.timer
systemctl --no-pager --lines 0 status shouwang-{web,worker,alarms,beat}.service || true
