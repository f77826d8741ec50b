"""See __init__.py."""

import json

from sosw.app import Processor


class Worker(Processor):
    DEFAULT_CONFIG = {"init_clients": ["lambda"], "sosw_worker_assistant_lambda": "sosw_worker_assistant"}

    def __call__(self, event, reset_result=True):
        if event.get("task_id"):
            self._report("mark_task_as_completed", event)
        super().__call__(event, reset_result)

    def mark_task_as_failed(self, event):
        self._report("mark_task_as_failed", event)

    def _report(self, action, event):
        report = {"action": action, "task_id": event["task_id"], "stats": self.get_stats(), "result": self.result}
        self.lambda_client.invoke(FunctionName=self.config["sosw_worker_assistant_lambda"], InvocationType="Event",
                                  Payload=json.dumps(report))
