#!/usr/bin/env bash
# Gets one person opted in: they write, are asked inside their 24-hour window, and tap the button.
. "$(dirname "$0")/setup.sh"

TOPIC=$(topic_id 'New arrivals')

step '1. Somebody writes to the Page; Meta reports it by webhook'
PSID=$(newcomer)
PERSON=$(subscriber_id "$PSID")
herald GET "/v1/subscribers/$PERSON" | show

step '2. Ask them to opt in'
REQUEST=$(herald POST /v1/opt-in-requests "{\"topicId\": \"$TOPIC\", \"subscriberId\": \"$PERSON\"}" | value .id)
wait_for "/v1/opt-in-requests/$REQUEST" 'it.state === "asked"' | show

step '3. Asked again for the same title, the rule refuses and says from when it allows it (R-03)'
refused POST /v1/opt-in-requests "{\"topicId\": \"$TOPIC\", \"subscriberId\": \"$PERSON\"}"

step '4. They tap; the token is stored and consent is granted'
meta POST "people/$PSID/accept" > /dev/null
wait_for "/v1/subscribers/$PERSON" 'it.consent === "granted"' | show

step '5. Everything that happened, oldest first'
herald GET "/v1/subscribers/$PERSON/timeline" | show
