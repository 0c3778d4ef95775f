#!/usr/bin/env bash
# Connects the simulator's Page, makes a topic and imports the people who are subscribed at Meta already.
. "$(dirname "$0")/setup.sh"

step '1. Connect the Page (name, country, currency and time zone are read from Meta)'
if [ -z "$(herald GET "/v1/pages?metaPageId=$META_PAGE" | value '.data[0]?.id')" ]; then
  herald POST /v1/pages "{
    \"metaPageId\": \"$META_PAGE\",
    \"platform\": \"messenger\",
    \"pageToken\": \"$(runtime .simulator.pageToken)\",
    \"systemUserToken\": \"$(runtime .simulator.systemUserToken)\",
    \"adAccountId\": \"$(runtime .simulator.adAccountId)\"
  }" > /dev/null
fi
PAGE=$(page_id)
herald GET "/v1/pages/$PAGE" | show

step '2. Make a topic: what people opt in to'
if [ -z "$(topic_id 'New arrivals')" ]; then
  herald POST /v1/topics "{
    \"pageId\": \"$PAGE\",
    \"title\": \"New arrivals\",
    \"expectation\": \"One message a week when something new arrives.\",
    \"kinds\": [\"arrivals\"]
  }" > /dev/null
fi
herald GET "/v1/topics?pageId=$PAGE" | show

step '3. Import the tokens that Meta lists'
SYNC=$(herald POST "/v1/pages/$PAGE/sync-subscribers" | value .id)
wait_for "/v1/pages/$PAGE/sync-subscribers/$SYNC" 'it.state !== "running"' | show
