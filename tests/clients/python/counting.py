"""A worker of sosw.py that does what its item says; the same file is started once a task and kept warm."""

import datetime
import os
import subprocess
import sys

import sosw


@sosw.worker
def work(event, context):
    item = event["items"][0]
    context.stats["items"] += 1
    print(f"at work on {item}")
    if item == "fail":
        raise ValueError(f"no {item}\nin the second line")
    if item == "exit":
        sys.exit(0)
    if item == "exit 3":
        sys.exit(3)
    if item == "nan":
        return {"mean": float("nan")}
    if item == "odd":
        with context.timer("odd"):
            context.stats.update({"when": datetime.date(2026, 12, 1), "ratio": 0.5, "bad": float("inf"), "öl": "ü\n"})
        return None
    if item == "many":
        context.stats["text"] = "x" * 100_000
        return "kept"
    if item == "child":
        subprocess.run(["sh", "-c", "echo '{\"is\": \"no result\"}'"], check=True)
        return {"is": "the result"}
    if item == "heal" and not os.path.exists("healed"):
        raise RuntimeError("not healed")
    return {"item": item, "task": context.task_id == event["task_id"], "attempt": context.attempt,
            "job": context.job_id == event["task_id"][:16], "left": context.remaining() > 0}


if __name__ == "__main__":
    work.run()
