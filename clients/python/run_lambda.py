"""Runs a handler that was written for AWS Lambda, unchanged, such as a worker of the Python sosw:

    bootstrap: [python3, /path/to/run_lambda.py, app.lambda_handler]

What the handler returns is the result of the task, unless it reports the task's end itself, by calling its Worker
Assistant with boto3, as the class Worker of the Python sosw does. Then result, stats and success are what it reported.
Needs sosw.py beside it.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import os
import pathlib
import sys
import traceback
import types

FOLDER = pathlib.Path(__file__).resolve().parent


def client_module():
    """sosw.py of this folder, under another name: `sosw` may be the package that the handler imports."""
    spec = importlib.util.spec_from_file_location("sosw_client", FOLDER / "sosw.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def handler_named(name):
    """`app.lambda_handler` of app.py in the folder of this process. Ends the process when there is none."""
    sys.path[:] = [os.getcwd()] + [path for path in sys.path if pathlib.Path(path or ".").resolve() != FOLDER]
    module, _, function = name.replace("/", ".").rpartition(".")
    try:
        return getattr(importlib.import_module(module), function)
    except (AttributeError, ValueError):
        sys.exit(f"{name}: there is no such function; it is named as MODULE.FUNCTION, such as app.lambda_handler")
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        sys.exit(f"{name}: there is no module {module} in {os.getcwd()}")


class Reports:
    """The reports of the task at hand, which are taken out of the calls that the handler makes with boto3."""

    ACTIONS = ("mark_task_as_completed", "mark_task_as_failed")

    def __init__(self):
        self.task_id = None
        self.seen = []

    def take(self, params, **_):
        """For botocore, before it sends a call of a function: returns the answer in its place, or None to let it go."""
        try:
            report = json.loads(params["body"])
            is_ours = report["action"] in self.ACTIONS and self.task_id and report["task_id"] == self.task_id
        except (KeyError, TypeError, ValueError):
            return None
        if not is_ours:
            return None
        self.seen.append(report)
        answer = {"StatusCode": 202, "Payload": io.BytesIO(), "ResponseMetadata": {"HTTPStatusCode": 202}}
        return types.SimpleNamespace(status_code=202), answer

    def last_word(self):
        """A completion counts, whatever else was reported."""
        completed = [report for report in self.seen if report["action"] == self.ACTIONS[0]]
        return (completed or self.seen or [None])[-1]


def value_of(said):
    """Reports may hold JSON in a text."""
    try:
        return json.loads(said) if isinstance(said, str) else said
    except ValueError:
        return said


def main():
    name = sys.argv[1] if len(sys.argv) == 2 else os.environ.get("_HANDLER", "")
    if not name:
        sys.exit("usage: run_lambda.py MODULE.FUNCTION")
    client, reports = client_module(), Reports()
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    with contextlib.suppress(ImportError):
        from botocore.handlers import BUILTIN_HANDLERS  # of every session that is opened from now on

        BUILTIN_HANDLERS.append(("before-call.lambda.Invoke", reports.take))
    handler = handler_named(name)

    def call(event, context):
        reports.task_id, reports.seen = context.task_id, []
        try:
            returned = handler(event, context)
        except Exception:
            if reports.last_word() is None:
                raise
            traceback.print_exc()
        report = reports.last_word()
        if report is None:
            return returned
        stats = value_of(report.get("stats"))
        stats = stats if isinstance(stats, dict) else {}
        if report["action"] == Reports.ACTIONS[0]:
            return client.Reply(value_of(report.get("result")), stats=stats)
        reason = str(report.get("reason") or "the worker reported a failure")
        return client.Reply(error={"errorType": "", "errorMessage": reason, "stackTrace": []}, stats=stats)

    client.run(call)


if __name__ == "__main__":
    main()
