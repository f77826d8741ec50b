"""sosw.Client against a real engine."""

import os
import signal
import socket
import unittest
from unittest import mock

from engine import TESTS, EngineTest

import sosw

WORK = [f"command: [python3, {TESTS}/counting.py]", "max_attempts: 1", "max_simultaneous_invocations: 4"]


def job(*items, **more):
    return {"lambda_name": "work", "isolate_items": True, "items": list(items), **more}


class ClientTest(EngineTest):
    labourers = {"work": WORK}

    def setUp(self):
        super().setUp()
        self.client = sosw.Client(self.url, timeout=60)

    def test_schedules_a_job_and_follows_it_to_its_end(self):
        scheduled = self.client.schedule(job("a", "b", "c"))
        self.assertEqual((scheduled["labourer_id"], scheduled["total"]), ("work", 3))
        seen = list(self.client.follow(scheduled["job_id"], timeout=60))
        self.assertEqual((seen[-1]["state"], seen[-1]["completed"], seen[-1]["open"]), ("finished", 3, 0))
        self.assertEqual(self.client.wait(scheduled["job_id"])["completed"], 3)
        results = list(self.client.results(scheduled["job_id"]))
        self.assertEqual([result["item"] for result in results], ["a", "b", "c"])

    def test_tasks_come_page_by_page(self):
        scheduled = self.client.schedule(job(*"abcde"))
        self.client.wait(scheduled["job_id"], timeout=60)
        with mock.patch.object(sosw, "PAGE", 2):
            tasks = list(self.client.tasks("completed", labourer="work"))
        self.assertEqual([task["payload"]["items"] for task in tasks], [["a"], ["b"], ["c"], ["d"], ["e"]])
        one = self.client.task(tasks[0]["task_id"])
        self.assertEqual((one["state"], one["result"]["item"]), ("completed", "a"))
        self.assertIn("at work on a", one["log"][0]["lines"])

    def test_the_dead_are_tried_again_when_the_cause_is_mended(self):
        scheduled = self.client.schedule(job("heal", "heal"))
        self.assertEqual(self.client.wait(scheduled["job_id"], timeout=60)["dead"], 2)
        dead = list(self.client.tasks("dead", job=scheduled["job_id"]))
        self.assertIn("RuntimeError: not healed", dead[0]["reason"])
        (self.folder / "healed").touch()
        self.client.retry([dead[0]["task_id"]])
        self.assertEqual(self.client.wait(scheduled["job_id"], timeout=60)["dead"], 1)
        self.assertEqual(self.client.retry_dead("work"), {"labourer_id": "work", "revived": 1})
        self.assertEqual(self.client.wait(scheduled["job_id"], timeout=60)["completed"], 2)

    def test_pauses_resumes_cancels_and_limits(self):
        self.assertTrue(self.client.pause("work")["paused"])
        first, second = self.client.schedule(job("a", "b")), self.client.schedule(job("c"))
        queued = list(self.client.tasks("queued", job=first["job_id"]))
        self.client.cancel([queued[0]["task_id"]])
        self.client.cancel_job(second["job_id"])
        self.assertEqual(self.client.set_limit("work", 1), {"labourer_id": "work", "limit": 1})
        self.assertEqual(self.client.set_limit("work", None)["limit"], None)
        with self.assertRaises(sosw.JobTimeout) as caught:
            self.client.wait(first["job_id"], timeout=0.1)
        self.assertIn("1 of its tasks were open still", str(caught.exception))
        self.assertFalse(self.client.resume("work")["paused"])
        ended = self.client.wait(first["job_id"], timeout=60)
        self.assertEqual((ended["completed"], ended["cancelled"]), (1, 1))
        self.assertEqual(self.client.wait(second["job_id"], timeout=60)["cancelled"], 1)
        self.assertEqual([one["labourer_id"] for one in self.client.status()["labourers"]], ["work"])

    def test_following_outlives_a_restart_of_the_engine(self):
        self.client.pause("work")
        scheduled = self.client.schedule(job("a"))
        following = self.client.follow(scheduled["job_id"], timeout=60)
        self.assertEqual(next(following)["open"], 1)
        self.end(signal.SIGKILL)
        with self.assertRaises(sosw.SoswError):
            self.client.status()
        self.start(self.url.removeprefix("http://"))
        self.client.resume("work")
        self.assertEqual(list(following)[-1]["completed"], 1)

    def test_errors_name_what_is_wrong(self):
        for call, status, code, words in [
            (lambda: self.client.schedule({"lambda_name": "nobody"}), 422, "invalid_job", "nobody"),
            (lambda: self.client.task("0" * 32), 404, "not_found", "0" * 32),
            (lambda: self.client.pause("a/b"), 404, "not_found", "a/b"),
            (lambda: list(self.client.tasks("asleep")), 400, "invalid_request", "asleep"),
        ]:
            with self.assertRaises(sosw.SoswError) as caught:
                call()
            self.assertEqual((caught.exception.status, caught.exception.code), (status, code))
            self.assertIn(words, str(caught.exception))
        with self.assertRaises(ValueError):
            self.client.schedule({"lambda_name": "work", "ratio": float("nan")})
        with self.assertRaisesRegex(ValueError, "such as http://127.0.0.1:8787"):
            sosw.Client("127.0.0.1:8787")

    def test_who_does_not_answer_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with self.assertRaisesRegex(sosw.SoswError, url + ".*timed out.*sosw up"):
                sosw.Client(url, timeout=0.1).status()
        with self.assertRaises(sosw.SoswError) as caught:
            sosw.Client(url).wait("abc")
        self.assertEqual((caught.exception.status, caught.exception.code), (0, "unreachable"))


class TokenTest(EngineTest):
    labourers = {"work": WORK}
    environment = {"SOSW_TOKEN": "secret-words"}

    def test_url_and_token_come_from_the_environment(self):
        with mock.patch.dict(os.environ, {"SOSW_URL": self.url + "/", "SOSW_TOKEN": "secret-words"}):
            self.assertEqual(len(sosw.Client().status()["labourers"]), 1)
            with self.assertRaises(sosw.SoswError) as caught:
                sosw.Client(token="guessed").status()
        self.assertEqual(caught.exception.status, 401)
        self.assertIn("SOSW_TOKEN", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
