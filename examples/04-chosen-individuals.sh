#!/usr/bin/env bash
# Chooses individuals one by one, each with their own words: NDJSON, a recipient a line. Needs people: npm run seed.
. "$(dirname "$0")/setup.sh"

PAGE=$(page_id)

step '1. A campaign without an audience; {{name|friend}} is filled in for each person'
CAMPAIGN=$(herald POST /v1/campaigns "{
  \"name\": \"Hello again\",
  \"pageId\": \"$PAGE\",
  \"kind\": \"direct\",
  \"content\": {\"text\": \"Hello {{name|friend}}, your size is back: {{size}}.\"},
  \"budget\": {\"type\": \"lifetime\", \"amountMinor\": 1000, \"currency\": \"USD\"},
  \"schedule\": {\"startAt\": \"$(in_days 0)\", \"endAt\": \"$(in_days 5)\"},
  \"whenSlotTaken\": \"hold\"
}" | value .id)
herald POST "/v1/campaigns/$CAMPAIGN/start" > /dev/null

step '2. Choose three people; the third one lacks a value that the content needs'
RECIPIENTS=$(herald GET "/v1/subscribers?pageId=$PAGE&source=contact_list&consent=granted&limit=3" | node -e '
  const people = JSON.parse(fs.readFileSync(0)).data;
  const variables = [{ name: "Ada", size: "M" }, { size: "L" }, { name: "Grace" }];
  people.forEach(({ id }, n) => console.log(JSON.stringify({ subscriberId: id, variables: variables[n] })));')
curl --silent --show-error --fail-with-body "$API/v1/campaigns/$CAMPAIGN/messages" \
  --header "Authorization: Bearer $KEY" --header 'Content-Type: application/x-ndjson' --data-binary "$RECIPIENTS" | show

step '3. The first two are chosen again: the same content goes to a person once (R-27)'
curl --silent --show-error --fail-with-body "$API/v1/campaigns/$CAMPAIGN/messages" \
  --header "Authorization: Bearer $KEY" --header 'Content-Type: application/x-ndjson' \
  --data-binary "$(head -n 2 <<< "$RECIPIENTS")" | show

step '4. Two hours later'
move_clock PT2H
herald GET "/v1/campaigns/$CAMPAIGN/recipients" | show

step '5. Stop the campaign; whoever still waits is cancelled'
herald POST "/v1/campaigns/$CAMPAIGN/stop" | value .state
