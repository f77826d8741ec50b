"""Counts the words and vowels of a text, in Python with nothing but its standard library."""

import http.client
import json
import os
import pathlib

INVOCATION = "/2018-06-01/runtime/invocation/"
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def call(method, path, body=None):
    api.request(method, INVOCATION + path, body)
    answer = api.getresponse()
    return answer.headers, answer.read()


def count(event):
    name = event["texts"][0]
    text = pathlib.Path("texts", name).read_text()
    return {"text": name, "words": len(text.split()), "vowels": sum(letter in "aeiou" for letter in text.lower())}


while True:
    headers, event = call("GET", "next")
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    try:
        answer = ("response", count(json.loads(event)))
    except Exception as problem:
        answer = ("error", {"errorType": type(problem).__name__, "errorMessage": str(problem)})
    call("POST", f"{request_id}/{answer[0]}", json.dumps(answer[1]))
