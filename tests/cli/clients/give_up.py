"""Calls the labourer "work" with a client that does not wait for its answer, and prints how it went as JSON.

Usage: URL repeat|lose|leave
  repeat   asks again after a second, until there is an answer; the second attempt makes the file `go`
  lose     an Event whose first answer gets lost on its way
  leave    goes after a second
"""

import json
import pathlib
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

url, how = sys.argv[1:]
attempts = []


def count(request, **_):
    attempts.append(str(request.headers["amz-sdk-invocation-id"]))
    if how == "repeat" and len(attempts) == 2:
        pathlib.Path("go").touch()
    if how == "lose" and len(attempts) == 1:
        URLLib3Session().send(request)
        raise ConnectionClosedError(endpoint_url=url)


client = boto3.client(
    "lambda",
    endpoint_url=url,
    region_name="us-east-1",
    aws_access_key_id="any",
    aws_secret_access_key="any",
    config=Config(read_timeout=60 if how == "lose" else 1, retries={"max_attempts": 0 if how == "leave" else 10}),
)
client.meta.events.register("before-send.lambda.Invoke", count)
told = {}
try:
    answer = client.invoke(
        FunctionName="work",
        InvocationType="Event" if how == "lose" else "RequestResponse",
        Payload=json.dumps({"say": "now" if how == "lose" else "wait"}),
    )
    told = {"status": answer["StatusCode"], "body": answer["Payload"].read().decode()}
except ReadTimeoutError:
    told = {"gave_up": True}
print(json.dumps({**told, "attempts": len(attempts), "calls": len(set(attempts))}))
