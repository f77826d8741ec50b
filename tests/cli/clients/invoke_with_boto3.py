"""Calls labourers and essentials as users of AWS do, and prints what came back as JSON. Usage: URL"""

import json
import sys

import boto3
from botocore.config import Config

client = boto3.client(
    "lambda",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="any",
    aws_secret_access_key="any",
    config=Config(retries={"max_attempts": 0}),
)


def call(name, event, kind="RequestResponse"):
    answer = client.invoke(FunctionName=name, InvocationType=kind, Payload=json.dumps(event))
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


json.dump(
    {
        "result": call("work", {"say": "hello"}),
        "failure": call("work", {"do": "fail"}),
        "event": call("work", {"say": "later"}, "Event"),
        "dry_run": call("work", {"say": "never"}, "DryRun"),
        "by_arn": call("arn:aws:lambda:us-east-1:000000000000:function:work", {"say": "arn"}),
        "job": call("sosw_scheduler", {"lambda_name": "work", "isolate_items": True, "items": [1, 2, 3]}),
        "bad_job": call("sosw_scheduler", {"lambda_name": "nobody"}),
        "report": call("sosw_worker_assistant", {"action": "mark_task_as_completed", "task_id": "0" * 32}),
        "names": sorted(function["FunctionName"] for function in client.list_functions()["Functions"]),
        "timeout": client.get_function(FunctionName="work")["Configuration"]["Timeout"],
        "unknown": refused("nobody"),
    },
    sys.stdout,
)
