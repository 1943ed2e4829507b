#!/usr/bin/env bash
# Builds a real Kubernetes control plane, kubectl and helm from Go modules into a cache folder and prints that folder.
# Needs Go and its module proxy, once: with the folder there it is printed at once, Go or not.
#   TESTKUBE_CACHE           where the folders go (default: ~/.cache/testkube)
#   TESTKUBE_DROP_GOCACHE=1  compile with a throw-away GOCACHE (about 4 GB less on the disk afterwards)
# Exit code 3: not built, and Go is not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
say() { echo "testkube: $*" >&2; }
version_of() { awk -v m="$1" '$1 == m && $2 ~ /^v/ { print $2; exit }' go.mod; }

k8s=$(version_of k8s.io/kubernetes)
helm=$(version_of helm.sh/helm/v3)
# these files and the machine's architecture make a folder's name, and Go's version does not: a machine without Go finds it too
key=$({ cat go.mod go.sum build.sh; uname -m; } | sha256sum | cut -c1-12)
base=${TESTKUBE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/testkube}
dir=$base/$k8s-$key
if [ -f "$dir/.complete" ]; then echo "$dir"; exit 0; fi
if ! command -v go >/dev/null; then say "not built, and there is no Go to build it with"; exit 3; fi

mkdir -p "$base"
exec 9>"$base/.lock"
flock 9  # two builds at once would only fight for the cores
if [ -f "$dir/.complete" ]; then echo "$dir"; exit 0; fi
rm -rf "$base"/.build-*  # left by a build that was killed; nobody else builds while we hold the lock
tmp=$(mktemp -d "$base/.build-XXXXXX")
trap 'rm -rf "$tmp"' EXIT

export CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off GOOS=linux
if [ -n "${TESTKUBE_DROP_GOCACHE:-}" ]; then export GOCACHE=$tmp/.gocache; fi
minor=$(echo "$k8s" | cut -d. -f2)
x="-X helm.sh/helm/v3/internal/version.version=$helm"
for p in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  x="$x -X $p.gitVersion=$k8s -X $p.gitMajor=1 -X $p.gitMinor=$minor -X $p.gitTreeState=clean"
  x="$x -X $p.gitCommit=testkube -X $p.buildDate=1970-01-01T00:00:00Z"
done

say "building Kubernetes $k8s into $dir (about 8 minutes on 2 cores when nothing is cached)"
t0=$SECONDS
mkdir "$tmp/bin"
go build -trimpath -ldflags "-s -w" -o "$tmp/bin/etcd" go.etcd.io/etcd/server/v3
say "etcd built after $((SECONDS - t0)) s"
go build -trimpath -ldflags "-s -w $x" -o "$tmp/bin/" \
  k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubectl} \
  helm.sh/helm/v3/cmd/helm
say "all built after $((SECONDS - t0)) s"

"$tmp/bin/kube-apiserver" --version | grep -qx "Kubernetes $k8s"
"$tmp/bin/kubectl" version --client >/dev/null
"$tmp/bin/etcd" --version >/dev/null
"$tmp/bin/helm" version >/dev/null
rm -rf "$tmp/.gocache"
chmod 755 "$tmp"
touch "$tmp/.complete"
rm -rf "$dir"
mv "$tmp" "$dir"
trap - EXIT
echo "$dir"
