#!/usr/bin/env bash
# Asks a running server for real work and says PASS or FAIL for each point. Needs bash and curl alone.
#
#   scripts/smoke-test.sh [BASE_URL]        default http://127.0.0.1:8000, or the port of PILOTLIGHT_PORT
#
# PILOTLIGHT_TOKEN   is sent if the server wants one
# SMOKE_MODEL        the model to ask; default pilot:latest, which every server has
# SMOKE_PATIENCE     seconds to wait for the server to come up; default 30
# Ends with 0 if all passed, 1 if one failed, 2 if it could not begin.
set -u

base=${1:-http://127.0.0.1:${PILOTLIGHT_PORT:-8000}}
base=${base%/}
model=${SMOKE_MODEL:-pilot:latest}
patience=${SMOKE_PATIENCE:-30}
passed=0
failed=0

command -v curl >/dev/null || { echo "curl is needed and was not found" >&2; exit 2; }
case "$base" in
  http://* | https://*) ;;
  *) echo "\"$base\" is no address; one looks like http://127.0.0.1:8000" >&2; exit 2 ;;
esac

auth=()
[ -z "${PILOTLIGHT_TOKEN:-}" ] || auth=(-H "Authorization: Bearer $PILOTLIGHT_TOKEN")

# ask SECONDS CURL_ARGUMENTS…: the body, then the status on a line of its own.
ask() {
  local seconds=$1
  shift
  curl -sS --max-time "$seconds" "${auth[@]+"${auth[@]}"}" -w '\n%{http_code}' "$@" 2>&1
}

pass() { passed=$((passed + 1)); echo "PASS  $1"; }
fail() { failed=$((failed + 1)); echo "FAIL  $1: $2"; }

# expect NAME ANSWER STATUS PATTERN…: the answer has this status and every one of these extended regular expressions in it.
expect() {
  local name=$1 answer=$2 status=$3 pattern
  shift 3
  if [ "${answer##*$'\n'}" != "$status" ]; then
    fail "$name" "status $status expected, got: $(printf '%s' "$answer" | tr '\n' ' ' | cut -c1-300)"
    return
  fi
  for pattern in "$@"; do
    if ! printf '%s' "${answer%$'\n'*}" | grep -qE -- "$pattern"; then
      fail "$name" "no match for $pattern in: $(printf '%s' "$answer" | tr '\n' ' ' | cut -c1-300)"
      return
    fi
  done
  pass "$name"
}

# The server may still be starting: try once a second, up to the limit.
answer=
for ((try = 1; try <= patience; try++)); do
  answer=$(ask 5 "$base/health")
  [ "${answer##*$'\n'}" = 200 ] && break
  sleep 1
done
expect "health" "$answer" 200 '"status"'
expect "alive" "$(ask 5 "$base/livez")" 200
expect "models list" "$(ask 5 "$base/api/models")" 200 "\"name\":\"$model\"" '"phase":"[a-z]+"' '"reason":"[^"]+"'
expect "model detail" "$(ask 5 "$base/api/models/$model")" 200 "\"name\":\"$model\"" '"health":(true|false)'
expect "unknown model" "$(ask 5 "$base/api/models/no-such-model:latest")" 404 '"code":"model_not_found"'

# A cold model loads inside this request, so it may take its time.
question="{\"message\":\"What is 2 + 2?\",\"model\":\"$model\",\"options\":{\"temperature\":0}}"
json=(-H 'Content-Type: application/json' -d "$question")
expect "chat answers 4" "$(ask 300 "${json[@]}" "$base/api/chat/message")" 200 '"response":"[^"]*4' "\"model_used\":\"$model\""

stream=$(ask 300 -N "${json[@]}" "$base/api/chat/stream")
expect "stream" "$stream" 200 '^event: start' '^event: text' '^event: finish' '"type":"finish","reason":"(stop|length)"'
ends=$(printf '%s\n' "$stream" | grep -cE '^event: (finish|error)$')
if [ "$ends" = 1 ]; then pass "stream ends once"; else fail "stream ends once" "$ends terminal events"; fi

expect "bad input" "$(ask 5 -H 'Content-Type: application/json' -d '{"message":""}' "$base/api/chat/message")" 400 '"code":"invalid_request"' '"field":"message"'

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
