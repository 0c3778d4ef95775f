#!/usr/bin/env bash
# People leave: by a word in the conversation, or by your call. From that commit on nothing of marketing reaches them.
. "$(dirname "$0")/setup.sh"

step '1. Somebody opts in'
PSID=$(newcomer)
PERSON=$(subscriber_id "$PSID")
REQUEST=$(herald POST /v1/opt-in-requests "{\"topicId\": \"$(topic_id 'New arrivals')\", \"subscriberId\": \"$PERSON\"}" | value .id)
wait_for "/v1/opt-in-requests/$REQUEST" 'it.state === "asked"' | value .state
meta POST "people/$PSID/accept" > /dev/null
wait_for "/v1/subscribers/$PERSON" 'it.consent === "granted"' | value .consent

step '2. They write STOP'
meta POST "people/$PSID/message" '{"text": "stop"}' > /dev/null
wait_for "/v1/subscribers/$PERSON" 'it.consent === "revoked"' | value .consent

step '3. Marketing is refused, although their window is open (R-11)'
refused POST /v1/messages "{
  \"subscriberId\": \"$PERSON\",
  \"content\": {\"text\": \"One more thing.\"},
  \"purpose\": \"promotional\",
  \"whenSlotTaken\": \"refuse\"
}"

step '4. An answer to their question is not'
herald POST /v1/messages "{
  \"subscriberId\": \"$PERSON\",
  \"content\": {\"text\": \"You will get no more offers from us.\"},
  \"purpose\": \"transactional\"
}" | value .state

step '5. Somebody else asks you by phone: opt them out by the API'
OTHER=$(herald GET "/v1/subscribers?pageId=$(page_id)&consent=granted&limit=1" | value '.data[0]?.id')
herald POST "/v1/subscribers/$OTHER/opt-out" > /dev/null
herald GET "/v1/subscribers/$OTHER" | value .consent

step '6. The proof stands in the timeline'
herald GET "/v1/subscribers/$PERSON/timeline" | show
