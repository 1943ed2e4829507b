#!/usr/bin/env bash
# Installs JupyterHub, Verdaccio and a Node for it into a cache folder and prints that folder.
# Needs python3 with pip, and npm, as the machine is set up for them, once: with the folder there no network is asked.
#   TESTISSUERS_CACHE  where the folders go (default: ~/.cache/rekey-testissuers)
# Exit code 3: python3, pip or npm is not there, or this is no Linux on x86-64.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
say() { echo "testissuers: $*" >&2; }
lack() { say "$*"; exit 3; }

[ "$(uname -sm)" = "Linux x86_64" ] || lack "the Node that is installed is one for Linux on x86-64"
command -v python3 >/dev/null || lack "there is no python3"

# what is installed, by which script and for which Python make a folder's name
python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])') || lack "python3 does not run"
key=$({ cat requirements.txt package.json package-lock.json install.sh; echo "$python"; } | sha256sum | cut -c1-12)
version_of() { sed -nE "s/^ *\"?$1(==|\": \")([0-9.]+).*/\2/p" "$2"; }
hub=$(version_of jupyterhub requirements.txt)
verdaccio=$(version_of verdaccio package.json)
base=${TESTISSUERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rekey-testissuers}
dir=$base/jupyterhub-$hub-verdaccio-$verdaccio-$key
if [ -f "$dir/.complete" ]; then echo "$dir"; exit 0; fi
python3 -m pip --version >/dev/null 2>&1 || lack "JupyterHub is not installed, and python3 has no pip to install it with"
command -v npm >/dev/null || lack "Verdaccio is not installed, and there is no npm to install it with"

mkdir -p "$base"
exec 9>"$base/.lock"
flock 9
if [ -f "$dir/.complete" ]; then echo "$dir"; exit 0; fi
rm -rf "$base"/.install-*  # left by an installation that was killed; nobody else installs while we hold the lock
tmp=$(mktemp -d "$base/.install-XXXXXX")
trap 'rm -rf "$tmp"' EXIT

say "installing JupyterHub $hub and Verdaccio $verdaccio into $dir (about half a minute)"
python3 -m pip install --quiet --no-warn-conflicts --root-user-action=ignore --target "$tmp/python" --requirement requirements.txt >&2
cp package.json package-lock.json "$tmp/"
# no script of any package runs, and what is optional to Verdaccio is left out
npm ci --prefix "$tmp" --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error >&2

PYTHONPATH=$tmp/python python3 -m jupyterhub --version | grep -qx "$hub"
"$tmp/node_modules/.bin/node" "$tmp/node_modules/verdaccio/bin/verdaccio" --version | grep -q "$verdaccio"
chmod 755 "$tmp"
touch "$tmp/.complete"
rm -rf "$dir"
mv "$tmp" "$dir"
trap - EXIT
echo "$dir"
