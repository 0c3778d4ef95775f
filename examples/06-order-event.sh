#!/usr/bin/env bash
# An order becomes CONFIRMED: the person is asked to opt in, and once they do, gets a message that a campaign pays for.
. "$(dirname "$0")/setup.sh"

PAGE=$(page_id)
ORDER="order-$(date +%s)"

step '1. A topic, and a campaign that pays; two hours later it may send'
TOPIC=$(topic_id 'Care tips')
if [ -z "$TOPIC" ]; then
  TOPIC=$(herald POST /v1/topics "{
    \"pageId\": \"$PAGE\",
    \"title\": \"Care tips\",
    \"expectation\": \"How to look after what you bought.\",
    \"kinds\": [\"recommendations\"]
  }" | value .id)
fi
CAMPAIGN=$(herald POST /v1/campaigns "{
  \"name\": \"Care tips\",
  \"pageId\": \"$PAGE\",
  \"kind\": \"direct\",
  \"budget\": {\"type\": \"lifetime\", \"amountMinor\": 1000, \"currency\": \"USD\"},
  \"schedule\": {\"startAt\": \"$(in_days 0)\", \"endAt\": \"$(in_days 30)\"}
}" | value .id)
herald POST "/v1/campaigns/$CAMPAIGN/start" > /dev/null
move_clock PT2H

step '2. The automation: ask, then send'
AUTOMATION=$(herald POST /v1/automations "{
  \"name\": \"After an order\",
  \"pageIds\": [\"$PAGE\"],
  \"trigger\": {\"kind\": \"order_status\", \"status\": \"CONFIRMED\", \"source\": \"shop\"},
  \"steps\": [
    {\"ask\": {\"topicId\": \"$TOPIC\"}},
    {\"send\": {
      \"campaignId\": \"$CAMPAIGN\",
      \"content\": {\"text\": \"About your order {{order_id}}: wash it cold.\"},
      \"purpose\": \"promotional\",
      \"lane\": \"paid\"
    }}
  ]
}" | value .id)
herald POST "/v1/automations/$AUTOMATION/enable" | value .enabled

step '3. A person who has just written; what would the event do?'
PSID=$(newcomer)
PERSON=$(subscriber_id "$PSID")
EVENT="{
  \"source\": \"shop\",
  \"orderId\": \"$ORDER\",
  \"status\": \"confirmed\",
  \"pageId\": \"$PAGE\",
  \"psid\": \"$PSID\",
  \"occurredAt\": \"$(in_days 0)\",
  \"amountMinor\": 4990,
  \"currency\": \"USD\",
  \"items\": [{\"name\": \"Blue jacket\", \"quantity\": 1}]
}"
herald POST '/v1/order-events?dryRun=true' "$EVENT" | show

step '4. The event itself; each (source, order, status) counts once'
herald POST /v1/order-events "$EVENT" | show
herald POST /v1/order-events "$EVENT" | value .outcome

step '5. They are asked, and tap'
wait_for "/v1/opt-in-requests?subscriberId=$PERSON" 'it.data[0]?.state === "asked"' | value .data[0].state
meta POST "people/$PSID/accept" > /dev/null

step '6. The message goes'
wait_for "/v1/campaigns/$CAMPAIGN/recipients" '["accepted", "delivered", "read"].includes(it.data[0]?.state)' | show

step '7. Off again: new orders start nothing'
herald POST "/v1/automations/$AUTOMATION/disable" | value .enabled
herald POST "/v1/campaigns/$CAMPAIGN/stop" | value .state
