#!/usr/bin/env bash
# Runs a paid campaign for everyone who opted in by the template, inside a lifetime budget. Needs people: npm run seed.
. "$(dirname "$0")/setup.sh"

PAGE=$(page_id)

step '1. Make the campaign: a draft, nothing happens yet'
CAMPAIGN=$(herald POST /v1/campaigns "{
  \"name\": \"Spring arrivals\",
  \"pageId\": \"$PAGE\",
  \"kind\": \"direct\",
  \"content\": {\"text\": \"The blue jacket is back.\"},
  \"audience\": {\"source\": \"opt_in\"},
  \"budget\": {\"type\": \"lifetime\", \"amountMinor\": 10000, \"currency\": \"USD\"},
  \"schedule\": {\"startAt\": \"$(in_days 0)\", \"endAt\": \"$(in_days 5)\"}
}" | value .id)

step '2. What would happen, counted by rule'
herald POST "/v1/campaigns/$CAMPAIGN/start?dryRun=true" | show

step '3. Start it; Herald creates it at Meta, which sends nothing for the first hour (R-13)'
herald POST "/v1/campaigns/$CAMPAIGN/start" > /dev/null
wait_for "/v1/campaigns/$CAMPAIGN" 'it.state === "populating" && it.waitingFor !== undefined' | value .waitingFor.ruleId

step '4. Move the clock by two hours: it is populated, and sends'
move_clock PT2H
herald GET "/v1/campaigns/$CAMPAIGN" | show

step '5. Its result: in total, by day, and every movement of money'
herald GET "/v1/campaigns/$CAMPAIGN/insights" | show
herald GET "/v1/campaigns/$CAMPAIGN/insights?by=day" | show
herald GET "/v1/campaigns/$CAMPAIGN/ledger?limit=3" | show

step '6. Three of its recipients'
herald GET "/v1/campaigns/$CAMPAIGN/recipients?limit=3" | show
