"""A worker of the Lambda Runtime API that notes each event in the file `ran`, and does what its "do" says."""
import http.client
import json
import os

ROOT = "/2018-06-01/runtime/invocation/"
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def call(method, path, body=None):
    api.request(method, ROOT + path, body)
    answer = api.getresponse()
    return answer, answer.read().decode()


def note(name, line):
    with open(name, "a") as file:
        print(line, file=file)


def post_in_vain(path):
    answer, body = call("POST", path, "{}")
    note("refused", f"{answer.status} {body}")


while True:
    head, event = call("GET", "next")
    request_id = head.headers["Lambda-Runtime-Aws-Request-Id"]
    todo = json.loads(event).get("do")
    note("ran", event)
    if todo == "fail":
        call("POST", f"{request_id}/error", json.dumps({"errorType": "ValueError", "errorMessage": "no way"}))
        continue
    if todo == "confuse":
        post_in_vain("00000000-0000-0000-0000-000000000000/response")
    call("POST", f"{request_id}/response", event)
    if todo == "confuse":
        post_in_vain(f"{request_id}/response")
        post_in_vain(f"{request_id}/error")
