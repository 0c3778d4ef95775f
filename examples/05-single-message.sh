#!/usr/bin/env bash
# Sends single messages: free inside the window, and refused with the rule once it is closed.
. "$(dirname "$0")/setup.sh"

step '1. Somebody writes: their window is open for 24 hours'
PERSON=$(subscriber_id "$(newcomer)")

step '2. Answer them'
MESSAGE=$(herald POST /v1/messages "{
  \"subscriberId\": \"$PERSON\",
  \"content\": {\"text\": \"Yes, since this morning.\"},
  \"purpose\": \"transactional\",
  \"lane\": \"window\"
}" | value .id)
wait_for "/v1/messages/$MESSAGE" '["accepted", "delivered", "read"].includes(it.state)' | show

step '3. A day later the window is closed: 422, with the rule and what would change it (R-32)'
move_clock PT25H
refused POST /v1/messages "{
  \"subscriberId\": \"$PERSON\",
  \"content\": {\"text\": \"Are you still interested?\"},
  \"purpose\": \"transactional\",
  \"lane\": \"window\",
  \"whenSlotTaken\": \"refuse\"
}"
