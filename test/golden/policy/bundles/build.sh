#!/usr/bin/env bash
# Rebuilds the bundles beside this file. Needs `opa` on the PATH, or in $OPA. Last run with OPA 1.22.0.
set -euo pipefail
cd "$(dirname "$0")"
opa="${OPA:-opa}"
entrypoints=()
for rule in echo never now big exact set conflict loop allocate long wide failing_builtin objects counts from_data allow verdict; do
  entrypoints+=(-e "behaviour/$rule")
done
"$opa" build -t wasm --revision r1 "${entrypoints[@]}" -o behaviour.tar.gz behaviour.rego data.json
"$opa" build -t wasm --revision r2 -e behaviour/allow -o behaviour-r2.tar.gz behaviour.rego data.json
"$opa" build -t wasm -e reaching/out -e reaching/lucky -e reaching/old -o reaching-out.tar.gz reaching-out.rego
# A bundle of Rego alone, as `opa build` makes it without `-t wasm`.
"$opa" build -e behaviour/allow -o rego-only.tar.gz behaviour.rego data.json
