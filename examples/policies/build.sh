#!/usr/bin/env bash
# Builds gate.tar.gz from gate.rego and data.json, after their tests. Needs `opa` on the PATH, or in $OPA.
# The same sources and the same OPA give the same bytes; the manifest says of which sources it was made.
set -euo pipefail
cd "$(dirname "$0")"
opa="$(command -v "${OPA:-opa}")"
"$opa" test --v1-compatible gate.rego gate_test.rego data.json

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp gate.rego data.json "$work"
digest() { sha256sum "$1" | cut -d ' ' -f 1; }
cat > "$work/.manifest" <<JSON
{
  "revision": "$(cat gate.rego data.json | sha256sum | cut -c 1-12)",
  "roots": ["gate", "limits", "waivers"],
  "metadata": {
    "opa": "$("$opa" version | sed -n 's/^Version: //p')",
    "sha256": { "gate.rego": "$(digest gate.rego)", "data.json": "$(digest data.json)" }
  }
}
JSON
# From within: the paths of the sources are part of the bundle.
target="$PWD/gate.tar.gz"
cd "$work"
"$opa" build --target wasm --entrypoint gate/verdict --bundle . --output "$target"
