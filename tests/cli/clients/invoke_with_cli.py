"""As invoke_with_boto3.py, with the command line of AWS. Usage: URL"""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile

from awscli.clidriver import create_clidriver  # Debian's own, as Debian's Python finds it

os.environ |= {
    "AWS_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "",
}


def aws(*arguments):
    """What it prints and what it complains. In this process: to start it takes longer than what it does here."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        create_clidriver().main(["lambda", *arguments, "--endpoint-url", sys.argv[1], "--output", "json"])
    return out.getvalue(), err.getvalue()


def described(*arguments):
    out, err = aws(*arguments)
    return json.loads(out) if out else sys.exit(err)


def call(one):
    with tempfile.NamedTemporaryFile() as body:
        told = described("invoke", "--function-name", one["of"], "--invocation-type", one.get("type", "RequestResponse"),
                         "--payload", json.dumps(one["event"]), "--cli-binary-format", "raw-in-base64-out", body.name)
        text = body.read()
    return {
        "status": told["StatusCode"],
        "error": told.get("FunctionError"),
        "body": json.loads(text) if text else None,
    }


def refused(name):
    said = aws("invoke", "--function-name", name, "/dev/null")[1]
    return said.partition("(")[2].partition(")")[0]


calls = json.loads(pathlib.Path(__file__).with_name("calls.json").read_text())
told = {name: call(one) for name, one in calls.items()}
told["names"] = sorted(function["FunctionName"] for function in described("list-functions")["Functions"])
told["timeout"] = described("get-function", "--function-name", "work")["Configuration"]["Timeout"]
told["unknown"] = refused("nobody")
print(json.dumps(told))
