#!/usr/bin/env bash
# Moves business time. Everything that falls due on the way is done, in the order of its time.
. "$(dirname "$0")/setup.sh"

step '1. The clock'
herald GET /v1/sandbox/clock | show

step '2. Twelve hours on; it is ready when nothing is left that was due'
herald POST /v1/sandbox/clock '{"advance": "PT12H"}' | show
wait_for /v1/sandbox/clock 'it.status === "ready"' | show

step '3. It never goes back: 422 with the field'
refused POST /v1/sandbox/clock "{\"now\": \"$(in_days -1)\"}"
