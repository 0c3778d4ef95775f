#!/usr/bin/env bash
# Asks why: what happened to a person, what would be allowed now and later, and one plain sentence about it.
. "$(dirname "$0")/setup.sh"

PAGE=$(page_id)

step '1. Somebody who was written to'
CAMPAIGN=$(herald GET '/v1/campaigns?limit=200' | value ".data.find(({ name }) => name === 'Hello again')?.id")
[ -n "$CAMPAIGN" ] || { echo 'Nobody was chosen yet: run examples/04-chosen-individuals.sh first.' >&2; exit 1; }
PERSON=$(herald GET "/v1/campaigns/$CAMPAIGN/recipients?limit=1" | value .data[0].subscriberId)

step '2. What happened to them'
herald GET "/v1/subscribers/$PERSON/timeline" | show

step '3. May they be written to now, by which lane, and when does that change?'
herald GET "/v1/subscribers/$PERSON/eligibility?content=promotional" | show

step '4. And in two days?'
herald GET "/v1/subscribers/$PERSON/eligibility?content=promotional&at=$(in_days 2)" | value .lane

step '5. Each recipient of the campaign in one sentence, with rule, facts, date and source'
for PERSON in $(herald GET "/v1/campaigns/$CAMPAIGN/recipients" | value '.data.map(({ subscriberId }) => subscriberId).join(" ")'); do
  npm run --silent herald -- why --subscriber "$PERSON" --campaign "$CAMPAIGN" --data "$DATA"
done

step '6. The rule that spaces paid messages, as it is in force'
herald GET /v1/rules/R-08 | show
