"""A worker of the Python sosw, as its users write them."""

from sosw.app import LambdaGlobals, get_lambda_handler
from sosw.worker import Worker


class Processor(Worker):
    def __call__(self, event):
        if event["items"][0] == "broken":
            raise ValueError("this one is broken")
        self.stats["items"] += len(event["items"])
        self.result["sum"] = 7
        if event["items"][0] == "refused":
            self.stats["refused"] += 1
            return self.mark_task_as_failed(event)
        super().__call__(event)
        if event["items"][0] == "late":
            raise ValueError("after the report")
        return ["what nobody reads"]


global_vars = LambdaGlobals()
lambda_handler = get_lambda_handler(Processor, global_vars)


def plain_handler(event, context):
    """Of somebody who never heard of sosw."""
    return {"request": context.aws_request_id, "left": context.get_remaining_time_in_millis() > 0}
