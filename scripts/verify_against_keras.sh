#!/bin/sh
# Compares latent with a folder of numbers that Keras computed, also for your own configurations and models.
# usage: scripts/verify_against_keras.sh DIR [--only GROUP] [--jobs N] [--build DIR] [--help]
# docs/verify_against_keras.md says how to make such a folder.
set -eu
if ! command -v python3 >/dev/null; then
  echo "verify_against_keras: needs python3 (Debian: apt-get install python3)" >&2
  exit 2
fi
exec python3 "$(dirname "$0")/../tests/keras/verify.py" "$@"
