"""Handlers that were written for AWS Lambda and for the Python sosw, unchanged, under a real engine."""

import importlib.util
import json
import os
import subprocess
import sys
import unittest
from unittest import mock

from engine import CLIENT, TESTS, EngineTest

import sosw

RUN = f"env -C {TESTS}/original {sys.executable} {CLIENT}/run_lambda.py"
MORE = ["max_attempts: 1", "max_simultaneous_invocations: 3"]


def line(kind, handler):
    return f"{kind}: [{', '.join(f'{RUN} {handler}'.split())}]"


@unittest.skipUnless(importlib.util.find_spec("boto3"), "boto3 is not installed; run scripts/install-packages test")
class OriginalWorkerTest(EngineTest):
    labourers = {"warm": [line("bootstrap", "app.lambda_handler"), *MORE],
                 "cold": [line("command", "app.lambda_handler"), *MORE],
                 "plain": [line("bootstrap", "app.plain_handler"), *MORE],
                 "elsewhere": ["command: [sleep, '1000']", "max_simultaneous_invocations: 2"],
                 "missing": [line("bootstrap", "app.nobody"), *MORE]}
    environment = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}

    def tasks_of(self, labourer, *items):
        client = sosw.Client(self.url, timeout=60)
        job_id = client.schedule({"lambda_name": labourer, "isolate_items": True, "items": list(items)})["job_id"]
        client.wait(job_id, timeout=120)
        return {task["payload"]["items"][0]: task for state in ("completed", "dead")
                for task in client.tasks(state, job=job_id)}

    def test_what_the_worker_reports_is_what_the_task_keeps(self):
        for labourer in ("warm", "cold"):
            with self.subTest(labourer):
                tasks = self.tasks_of(labourer, "a", "b", "refused", "broken", "late")
                for item in ("a", "b", "late"):
                    self.assertEqual(tasks[item]["state"], "completed", tasks[item]["reason"])
                    self.assertEqual(tasks[item]["result"], {"sum": 7})
                    self.assertEqual(tasks[item]["stats"]["items"], 1)
                self.assertEqual((tasks["refused"]["state"], tasks["refused"]["reason"][-29:]),
                                 ("dead", "the worker reported a failure"))
                self.assertEqual(tasks["refused"]["stats"]["refused"], 1)
                self.assertIn("ValueError: this one is broken", tasks["broken"]["reason"])

    def test_what_a_handler_returns_that_reports_nothing_is_the_result(self):
        task = self.tasks_of("plain", "a")["a"]
        self.assertTrue(task["result"]["left"])
        self.assertEqual(task["result"]["request"].replace("-", "")[:16], task["task_id"][:16])

    def test_a_call_is_answered_with_what_the_handler_returns(self):
        import boto3

        client = boto3.client("lambda", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="any",
                              aws_secret_access_key="any")
        answer = client.invoke(FunctionName="warm", Payload=json.dumps({"items": ["a"]}))
        self.assertEqual(json.load(answer["Payload"]), ["what nobody reads"])

    def test_a_handler_that_does_not_exist_is_named(self):
        self.assertIn("app.nobody: there is no such function", self.tasks_of("missing", "a")["a"]["reason"])

    def test_on_lambda_itself_a_worker_reports_its_end(self):
        import boto3

        @sosw.worker
        def work(event, context):
            context.stats["n"] += 1
            if event["items"] == ["bad"]:
                raise ValueError("no")
            return {"left": context.remaining() > 0}

        context = mock.Mock(aws_request_id="r", invoked_function_arn="arn", get_remaining_time_in_millis=lambda: 5000)
        client = sosw.Client(self.url, timeout=60)
        real = boto3.client
        with mock.patch.object(boto3, "client", lambda name: real(name, endpoint_url=self.url)), \
                mock.patch.dict(os.environ, {**self.environment, "AWS_DEFAULT_REGION": "us-east-1"}):
            for item, returned in (("good", {"left": True}), ("bad", None)):
                client.schedule({"lambda_name": "elsewhere", "items": [item]})
                task_id = self.running(client)
                self.assertEqual(work({"task_id": task_id, "items": [item]}, context), returned)
                task = client.task(task_id)
                self.assertEqual((task["stats"], task.get("result")), ({"n": 1}, returned))
                self.assertEqual((bool(task["completed_at"]), task["failed_attempts"]),
                                 (item == "good", int(item == "bad")))

    def running(self, client):
        """The id of a task that runs and that nobody has reported, when there is one."""
        while True:
            for task in client.tasks("running", labourer="elsewhere"):
                if not task.get("stats"):
                    return task["task_id"]

    def test_without_a_handler_it_says_how_it_is_used(self):
        ended = subprocess.run([sys.executable, str(CLIENT / "run_lambda.py")], capture_output=True, text=True, check=False)
        self.assertEqual((ended.returncode, ended.stderr), (1, "usage: run_lambda.py MODULE.FUNCTION\n"))


if __name__ == "__main__":
    unittest.main()
