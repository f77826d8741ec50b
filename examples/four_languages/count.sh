#!/bin/sh
# Counts the words and vowels of a text, with what every shell has, and curl.
invocation="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"

# The event is one line of JSON: {"texts":["orchard"],"task_id":...
count() {
  name=$(printf '%s' "$1" | sed 's/.*"texts": *\["\([^"]*\)"\].*/\1/')
  words=$(wc -w <"texts/$name") && vowels=$(tr -cd aeiouAEIOU <"texts/$name" | wc -c) &&
    printf '{"text": "%s", "words": %d, "vowels": %d}' "$name" "$words" "$vowels"
}

# The headers come first, up to an empty line; then the event.
while answer=$(curl -sSi "$invocation/next" | tr -d '\r')
  id=$(printf '%s' "$answer" | sed -n 's/^lambda-runtime-aws-request-id: *//Ip')
  [ -n "$id" ]; do
  if result=$(count "$(printf '%s' "$answer" | sed '1,/^$/d')"); then
    curl -sS -o /dev/null -d "$result" "$invocation/$id/response"
  else
    curl -sS -o /dev/null -d '{"errorType": "Error", "errorMessage": "there is no such text"}' "$invocation/$id/error"
  fi
done
