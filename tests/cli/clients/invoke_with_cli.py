"""As invoke_with_boto3.py, with the command line of AWS. Usage: URL"""

import json
import os
import subprocess
import sys
import tempfile

ENVIRONMENT = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "",
}


def aws(*arguments):
    # Debian's own, whatever else is on the PATH.
    command = ["/usr/bin/aws", "lambda", *arguments, "--endpoint-url", sys.argv[1], "--output", "json"]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)


def described(*arguments):
    return json.loads(aws(*arguments).stdout)


def call(name, event, kind="RequestResponse"):
    with tempfile.NamedTemporaryFile() as body:
        told = described("invoke", "--function-name", name, "--invocation-type", kind, "--payload", json.dumps(event),
                         "--cli-binary-format", "raw-in-base64-out", body.name)
        text = body.read()
    return {
        "status": told["StatusCode"],
        "error": told.get("FunctionError"),
        "body": json.loads(text) if text else None,
    }


def refused(name):
    said = aws("invoke", "--function-name", name, "/dev/null").stderr
    return said.partition("(")[2].partition(")")[0]


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
        "names": sorted(function["FunctionName"] for function in described("list-functions")["Functions"]),
        "timeout": described("get-function", "--function-name", "work")["Configuration"]["Timeout"],
        "unknown": refused("nobody"),
    },
    sys.stdout,
)
