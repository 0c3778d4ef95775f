# Sourced by every example: where the running stack is, and short words for curl. HERALD_DATA names another data directory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

DATA=${HERALD_DATA:-.herald}
[ -f "$DATA/runtime.json" ] || { echo "Nothing runs on $DATA: start it with npm run up, in another terminal." >&2; exit 1; }

# Reads a value of the JSON on standard input: value .data[0].id
value() { node -p "const it = JSON.parse(fs.readFileSync(0)); it$1 ?? ''"; }

runtime() { value "$1" < "$DATA/runtime.json"; }
read -r API KEY SIMULATOR META_PAGE <<< "$(runtime '; [it.apiUrl, it.apiKey, it.simulatorUrl, it.simulator.pageId].join(" ")')"

# Calls Herald: herald METHOD PATH [BODY]
herald() {
  curl --silent --show-error --fail-with-body --request "$1" "$API$2" \
    --header "Authorization: Bearer $KEY" ${3:+--header 'Content-Type: application/json' --data "$3"}
}

# Does what a person or Meta would do: meta METHOD PATH [BODY], below /__sim of the simulator.
meta() {
  curl --silent --show-error --fail-with-body --request "$1" "$SIMULATOR/__sim/$2" \
    ${3:+--header 'Content-Type: application/json' --data "$3"}
}

# Shows JSON so that it can be read.
show() { node -p 'JSON.stringify(JSON.parse(fs.readFileSync(0)), null, 2)'; }

# Calls Herald and shows its refusal; that it refuses is the point.
refused() {
  local answer
  if answer=$(herald "$@" 2> /dev/null); then echo "$1 $2 was not refused: $answer" >&2; return 1; fi
  show <<< "$answer"
}

step() { printf '\n── %s\n' "$1"; }

# Reads a path of Herald until an expression about the answer, it, is true: wait_for /v1/campaigns/ID 'it.state === "active"'
wait_for() {
  local answer
  for _ in $(seq 300); do
    answer=$(herald GET "$1")
    if [ "$(node -p "const it = JSON.parse(fs.readFileSync(0)); $2" <<< "$answer")" = true ]; then echo "$answer"; return; fi
    sleep 0.2
  done
  echo "GET $1 does not come to: $2" >&2
  echo "$answer" >&2
  return 1
}

# Moves business time and waits until everything that was due is done: move_clock PT2H
move_clock() {
  herald POST /v1/sandbox/clock "{\"advance\": \"$1\"}" > /dev/null
  wait_for /v1/sandbox/clock 'it.status === "ready"' | value .now
}

# Business time in so many days, ISO 8601: in_days 5
in_days() {
  herald GET /v1/sandbox/clock | node -p "new Date(Date.parse(JSON.parse(fs.readFileSync(0)).now) + $1 * 864e5).toISOString()"
}

# Our id of the connected Page, and of one of its topics by title.
page_id() {
  local id
  id=$(herald GET "/v1/pages?metaPageId=$META_PAGE" | value '.data[0]?.id')
  [ -n "$id" ] || { echo 'The Page is not connected yet: run examples/01-connect-page-and-topic.sh first.' >&2; return 1; }
  echo "$id"
}
topic_id() { herald GET "/v1/topics?pageId=$(page_id)" | value ".data.find((topic) => topic.title === '$1')?.id"; }

# Somebody new writes to the Page, which opens their 24-hour window: prints their PSID.
newcomer() {
  local psid
  psid=$(meta POST people "{\"pageId\": \"$META_PAGE\", \"count\": 1, \"source\": \"none\"}" | value .data[0].psid)
  meta POST "people/$psid/message" '{"text": "Is the blue jacket back?"}' > /dev/null
  echo "$psid"
}
# Herald's id of the person with a PSID, as soon as the webhook has arrived.
subscriber_id() { wait_for "/v1/subscribers?pageId=$(page_id)&psid=$1" 'it.data.length === 1' | value .data[0].id; }
