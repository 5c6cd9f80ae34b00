#!/usr/bin/env bash
# Rebuilds builtins.tar.gz, which runs here, and expected.json, which OPA itself says about the same Rego.
# Needs `opa` on the PATH, or in $OPA. Last run with OPA 1.22.0.
set -euo pipefail
cd "$(dirname "$0")"
opa="${OPA:-opa}"
entrypoints=()
sources=()
for source in *.rego; do
  entrypoints+=(-e "builtins/${source%.rego}")
  sources+=(--data "$source")
done
"$opa" build -t wasm --revision "opa $("$opa" version | sed -n 's/^Version: //p')" "${entrypoints[@]}" -o builtins.tar.gz ./*.rego
TZ=UTC "$opa" eval --format raw "${sources[@]}" 'data.builtins' > expected.json
