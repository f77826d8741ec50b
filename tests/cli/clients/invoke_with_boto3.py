"""Makes the calls of calls.json as users of AWS do, and prints what came back as JSON. Usage: URL

The credentials are those of the environment.
"""

import json
import pathlib
import sys

import boto3
from botocore.config import Config

client = boto3.client(
    "lambda",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    config=Config(retries={"max_attempts": 0}),
)


def call(one):
    answer = client.invoke(
        FunctionName=one["of"], InvocationType=one.get("type", "RequestResponse"), Payload=json.dumps(one["event"])
    )
    body = answer["Payload"].read()
    return {
        "status": answer["StatusCode"],
        "error": answer.get("FunctionError"),
        "body": json.loads(body) if body else None,
    }


def refused(name):
    try:
        client.invoke(FunctionName=name)
    except client.exceptions.ResourceNotFoundException as error:
        return error.response["Error"]["Code"]
    return None


calls = json.loads(pathlib.Path(__file__).with_name("calls.json").read_text())
told = {name: call(one) for name, one in calls.items()}
told["names"] = sorted(function["FunctionName"] for function in client.list_functions()["Functions"])
told["timeout"] = client.get_function(FunctionName="work")["Configuration"]["Timeout"]
told["unknown"] = refused("nobody")
print(json.dumps(told))
