"""Workers made with sosw.py: the same file once a task and warm, under a real engine."""

import json
import os
import subprocess
import sys
import unittest

from engine import CLIENT, TESTS, EngineTest

import sosw

PROGRAM = f"{TESTS}/counting.py"
MORE = ["max_attempts: 1", "max_simultaneous_invocations: 3"]


class WorkerTest(EngineTest):
    labourers = {"command": [f"command: [python3, {PROGRAM}]", *MORE],
                 "bootstrap": [f"bootstrap: [python3, {PROGRAM}]", *MORE]}

    def check(self, items, look):
        """Hands look() what became of each item, {item: task}, for each kind of labourer."""
        client = sosw.Client(self.url, timeout=60)
        jobs = [client.schedule({"lambda_name": kind, "isolate_items": True, "items": list(items)})["job_id"]
                for kind in self.labourers]
        for kind, job_id in zip(self.labourers, jobs):
            client.wait(job_id, timeout=120)
            tasks = [client.task(task["task_id"]) for state in ("completed", "dead")
                     for task in client.tasks(state, job=job_id)]
            with self.subTest(kind):
                look({task["payload"]["items"][0]: task for task in tasks})

    def test_results_and_stats_arrive(self):
        def look(tasks):
            self.assertEqual({task["state"] for task in tasks.values()}, {"completed"})
            self.assertEqual(tasks["a"]["result"], {"item": "a", "task": True, "attempt": 1, "job": True, "left": True})
            self.assertEqual(tasks["a"]["stats"], {"items": 1})
            self.assertEqual(tasks["odd"].get("result"), None)
            stats = tasks["odd"]["stats"]
            self.assertGreaterEqual(stats.pop("time_odd"), 0)
            self.assertEqual(stats, {"items": 1, "calls_odd": 1, "when": "2026-12-01", "ratio": 0.5, "bad": "inf",
                                     "öl": "ü\n"})
            self.assertEqual((tasks["many"]["result"], tasks["many"].get("stats")), ({"value": "kept"}, None))
            self.assertIn("the stats are left out", str(tasks["many"]["log"]))
            self.assertEqual(tasks["child"]["result"], {"is": "the result"})
            self.assertEqual((tasks["exit"].get("result"), tasks["exit"]["stats"]), (None, {"items": 1}))

        self.check(["a", "odd", "many", "child", "exit"], look)

    def test_failures_say_why_and_keep_their_stats(self):
        def look(tasks):
            self.assertEqual({task["state"] for task in tasks.values()}, {"dead"})
            self.assertIn("ValueError: no fail in the second line", tasks["fail"]["reason"])
            self.assertEqual(tasks["fail"]["stats"], {"items": 1})
            self.assertIn('raise ValueError(f"no {item}', str(tasks["fail"]["log"]))
            self.assertIn("the result can't be JSON", tasks["nan"]["reason"])
            self.assertIn("SystemExit: exit code 3", tasks["exit 3"]["reason"])

        self.check(["fail", "nan", "exit 3"], look)

    def test_what_it_prints_is_in_the_log_of_its_task(self):
        def look(tasks):
            for item in ("one", "two"):
                self.assertEqual([line for line in tasks[item]["log"][0]["lines"] if "at work" in line],
                                 [f"at work on {item}"])

        self.check(["one", "two"], look)


class AloneTest(unittest.TestCase):
    """Without an engine: an event on standard input, the result on standard output."""

    def run_with(self, text):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SOSW_")}
        return subprocess.run([sys.executable, PROGRAM], input=text, capture_output=True, text=True,
                              env={**environment, "PYTHONPATH": str(CLIENT), "PYTHONDONTWRITEBYTECODE": "1"}, check=False)

    def test_prints_the_result_alone(self):
        ended = self.run_with('{"items": ["child"]}')
        self.assertEqual((ended.returncode, json.loads(ended.stdout)), (0, {"is": "the result"}))
        self.assertIn("at work on child", ended.stderr)

    def test_says_what_is_wrong_with_its_input(self):
        ended = self.run_with("hello")
        self.assertEqual((ended.returncode, ended.stdout), (2, ""))
        self.assertIn("the event on standard input is not JSON", ended.stderr)

    def test_is_still_a_function(self):
        @sosw.worker
        def double(event):
            return 2 * event["n"]

        self.assertEqual(double({"n": 21}), 42)
        self.assertEqual(double.__name__, "double")


if __name__ == "__main__":
    unittest.main()
