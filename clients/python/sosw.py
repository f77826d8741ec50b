"""sosw for Python: schedule jobs and follow them (Client), and write workers (worker, run).

One file, nothing but the standard library, Python 3.9 or newer. Copy it beside your program, or put its folder on
PYTHONPATH. Where the package `sosw` of PyPI is installed as well, give the copy another name.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import http.client
import inspect
import json
import logging
import os
import sys
import time
import traceback
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple
from urllib.parse import quote, urlencode, urlsplit

__all__ = ["Client", "Context", "JobTimeout", "Reply", "SoswError", "run", "worker"]

DEFAULT_URL = "http://127.0.0.1:8787"
PAGE = 1000  # tasks that are asked for at once
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # seconds between looks at a job
LARGEST_STATS = 16 * 1024  # bytes; the engine keeps no more
RUNTIME_PATH = "/2018-06-01/runtime/invocation/"
LAMBDA_CONTEXT = {"function_name": "", "function_version": "$LATEST", "log_group_name": "", "log_stream_name": ""}
ANSWER_TIMEOUT = 60.0  # seconds for the Runtime API to take an answer
TRIES = 3  # to reach the Runtime API

Json = Dict[str, Any]
Handler = Callable[..., Any]


class SoswError(Exception):
    """The engine refused what it was asked, or could not be asked.

    `status` is that of HTTP (0: nothing was answered, so that what was asked may have been done or not), `code` the
    word for it in docs/api.md, such as "invalid_job", and `retry_after` seconds when it makes sense to try again.
    """

    def __init__(self, message: str, status: int = 0, code: str = "unreachable", retry_after: Optional[float] = None):
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


class _Away(SoswError):
    """The engine can't be asked at the moment."""


class JobTimeout(SoswError, TimeoutError):
    """A job was not finished in the time that wait() or follow() was given. The job itself goes on."""


class Client:
    """Asks an engine (`sosw up`) over its JSON API, docs/api.md. May be shared by threads.

    `url` is SOSW_URL of the environment unless it is given, else http://127.0.0.1:8787; `token` likewise SOSW_TOKEN.
    No request takes longer than `timeout` seconds without a word of the engine. Nothing is sent twice, except by
    follow() and wait(), which only look.
    """

    def __init__(self, url: Optional[str] = None, token: Optional[str] = None, timeout: float = 30):
        self.url = (url or os.environ.get("SOSW_URL") or DEFAULT_URL).rstrip("/")
        self._url = urlsplit(self.url)
        if self._url.scheme not in ("http", "https") or not self._url.netloc:
            raise ValueError(f"{self.url}: must be the URL of an engine, such as {DEFAULT_URL}")
        self.token = os.environ.get("SOSW_TOKEN", "") if token is None else token
        self.timeout = timeout

    def schedule(self, job: Json) -> Json:
        """Schedules a job; returns {"job_id", "labourer_id", "total", "known_before"}. It is safe on disk then.

        Without an answer (SoswError with status 0) it may have been scheduled or not: a job with an
        `idempotency_key` can be sent again without harm.
        """
        return self._ask("POST", "jobs", body=job)[0]

    def job(self, job_id: str) -> Json:
        """A job: its state, how many of its tasks are open, completed, dead and cancelled, and the document itself."""
        return self._ask("GET", "jobs", job_id)

    def follow(self, job_id: str, timeout: Optional[float] = None) -> Iterator[Json]:
        """Yields the job now and whenever it has changed, until it is finished. Outlives a restart of the engine.

        Raises JobTimeout when `timeout` seconds were not enough.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        job, pause = self.job(job_id), FIRST_PAUSE
        yield job
        while job["state"] != "finished":
            if ends is not None and time.monotonic() + pause > ends:
                raise JobTimeout(f"job {job_id}: {job['open']} of its tasks were open still after {timeout} s")
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
            with contextlib.suppress(_Away):
                seen, job = job, self.job(job_id)
                if job != seen:
                    pause = FIRST_PAUSE
                    yield job

    def wait(self, job_id: str, timeout: Optional[float] = None) -> Json:
        """Returns the job when all its tasks are closed. Some of them may be dead: see its "dead"."""
        job: Json = {}
        for job in self.follow(job_id, timeout):
            pass
        return job

    def tasks(self, state: str, labourer: Optional[str] = None, job: Optional[str] = None) -> Iterator[Json]:
        """All tasks of one state: queued, waiting, running, retrying, completed, dead or cancelled.

        Each has its payload, stats, result, attempts and reason. Asks for a thousand at a time.
        """
        after = None
        while True:
            page = self._ask("GET", "tasks", state=state, labourer=labourer, job=job, limit=PAGE, after=after)
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]["task_id"]

    def results(self, job_id: str) -> Iterator[Any]:
        """The results of a job's completed tasks, in the order of the tasks. None for a task without one."""
        return (task.get("result") for task in self.tasks("completed", job=job_id))

    def task(self, task_id: str) -> Json:
        """One task, with payload, result, stats, and what happened to it, its log included."""
        return self._ask("GET", "tasks", task_id)

    def retry(self, task_ids: Iterable[str]) -> Json:
        """Puts these dead tasks back in line."""
        return self._ask("POST", "tasks", "retry", body={"task_ids": list(task_ids)})

    def retry_dead(self, labourer: str) -> Json:
        """Puts all dead tasks of a labourer back in line."""
        return self._ask("POST", "tasks", "retry", body={"dead_of": labourer})

    def cancel(self, task_ids: Iterable[str]) -> Json:
        """Closes these tasks as cancelled, unless they run or are closed already."""
        return self._ask("POST", "tasks", "cancel", body={"task_ids": list(task_ids)})

    def cancel_job(self, job_id: str) -> Json:
        """Closes the queued and waiting tasks of a job; running ones end as they end."""
        return self._ask("POST", "jobs", job_id, "cancel", body={})

    def pause(self, labourer: str) -> Json:
        """Starts no more tasks of a labourer. What runs goes on."""
        return self._ask("POST", "labourers", labourer, "pause", body={})

    def resume(self, labourer: str) -> Json:
        """Lets a paused labourer go on."""
        return self._ask("POST", "labourers", labourer, "resume", body={})

    def set_limit(self, labourer: str, limit: Optional[int]) -> Json:
        """Replaces max_simultaneous_invocations of a labourer; None lifts that again."""
        return self._ask("POST", "labourers", labourer, "limit", body={"limit": limit})

    def status(self) -> Json:
        """What is going on: labourers, and the jobs that are open or were finished last."""
        return self._ask("GET", "status")

    def _ask(self, method: str, *path: str, body: Any = None, **parameters: Any) -> Any:
        target = "/".join([f"{self._url.path}/api/v1", *(quote(step, "") for step in path)])
        query = urlencode({key: value for key, value in parameters.items() if value is not None})
        text = None if body is None else _to_json(body)
        headers = {"Content-Type": "application/json", "User-Agent": "sosw-python"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        try:  # a connection of its own, directly: proxies of the environment are for the world outside
            with contextlib.closing(kind(self._url.netloc, timeout=self.timeout)) as connection:
                connection.request(method, target + ("?" + query if query else ""), text, headers)
                answer = connection.getresponse()
                status, after, said = answer.status, answer.headers.get("Retry-After", ""), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise _Away(f"no answer from {self.url} ({error or type(error).__name__}): is `sosw up` running there? "
                        "SOSW_URL says where") from error
        try:
            value = json.loads(said)
            if status < 300:
                return value
            message, code = value["error"]["message"], value["error"]["code"]
        except (ValueError, KeyError, TypeError):
            message, code = f"{self.url} answers {status} to {method} {target}: is that an engine of sosw?", "unknown"
        if status == 401:
            message += " (SOSW_TOKEN, or the token of Client, must be that of the engine)"
        kind_of_error = _Away if status == 503 else SoswError
        raise kind_of_error(message, status, code, float(after) if after.isdigit() else None)


def _to_json(value: Any) -> str:
    """Strict JSON, in ASCII. Raises TypeError or ValueError for what JSON can't hold."""
    return json.dumps(value, allow_nan=False)


class Context:
    """One call of a handler, its second argument. Has what handlers for AWS Lambda expect of theirs, too."""

    def __init__(self, event: Any, headers: Optional[Mapping[str, str]] = None):
        headers, env = headers or {}, os.environ.get
        fields = event if isinstance(event, dict) else {}
        ours = fields["sosw"] if isinstance(fields.get("sosw"), dict) else {}
        self.task_id: str = str(fields.get("task_id") or "")  #: empty: a call that is no task
        self.labourer_id: str = str(fields.get("labourer_id") or env("AWS_LAMBDA_FUNCTION_NAME", ""))
        self.job_id: str = str(ours.get("job_id") or "")
        self.attempt: int = int(ours.get("attempt") or 1)
        self.stats: Json = collections.defaultdict(int)  #: counters that are kept with the task: context.stats["rows"] += 1
        deadline = headers.get("Lambda-Runtime-Deadline-Ms")
        self.deadline: Optional[float] = int(deadline) / 1000 if deadline else None  #: Unix seconds; None: not known
        self.aws_request_id: str = headers.get("Lambda-Runtime-Aws-Request-Id", "")
        self.invoked_function_arn: str = headers.get("Lambda-Runtime-Invoked-Function-Arn", "")
        for name, default in LAMBDA_CONTEXT.items():
            setattr(self, name, env(f"AWS_LAMBDA_{name.upper()}", default))
        self.client_context: Any = json.loads(headers.get("Lambda-Runtime-Client-Context", "null"))
        self.memory_limit_in_mb, self.identity = env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"), None

    def remaining(self) -> float:
        """Seconds until the worker is ended, as the engine said; infinity where nobody says."""
        return float("inf") if self.deadline is None else max(self.deadline - time.time(), 0.0)

    def get_remaining_time_in_millis(self) -> int:
        """The same as on AWS Lambda; a day where nobody says."""
        return int(min(self.remaining(), 86400.0) * 1000)

    @contextlib.contextmanager
    def timer(self, name: str) -> Iterator[None]:
        """Adds to the stats time_<name>, in seconds, and calls_<name>."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.stats[f"time_{name}"] += time.monotonic() - began
            self.stats[f"calls_{name}"] += 1


class Reply:
    """What becomes of a call: a result, or an error in the words of AWS Lambda; and stats, whose odd values become text.

    A handler may return one, to say all of that by itself.
    """

    def __init__(self, result: Any = None, error: Optional[Json] = None, stats: Optional[Json] = None):
        self.error, self.stats = error, _kept_stats(stats or {})
        try:
            self.body = _to_json(error or result)
        except (TypeError, ValueError, RecursionError) as problem:
            self.error = _error(type(problem).__name__, f"the result can't be JSON: {problem}; return objects, lists, "
                                "texts, finite numbers, True, False or None")
            self.body = _to_json(self.error)

    def reason(self) -> str:
        """The error in one line."""
        error = self.error or {}
        return " ".join(": ".join(filter(None, [error.get("errorType"), error.get("errorMessage")])).split())


def _error(kind: str, message: str, trace: Optional[List[str]] = None) -> Json:
    return {"errorType": kind, "errorMessage": message, "stackTrace": trace or []}


def _kept_stats(stats: Json) -> str:
    """JSON of an object, or empty. Stats must never fail the work."""
    plain = {}
    for key, value in stats.items():
        try:
            plain[str(key)] = json.loads(_to_json(value))
        except (TypeError, ValueError, RecursionError):
            plain[str(key)] = str(value)
    text = _to_json(plain) if plain else ""
    if len(text) <= LARGEST_STATS:
        return text
    print(f"the stats are left out: {len(text)} bytes, at most {LARGEST_STATS} are kept", file=sys.stderr)
    return ""


def _reply_of(function: Handler, event: Any, context: Context) -> Reply:
    """sys.exit() in a handler ends the call, not the process: 0 is good, as the exit code of a program is."""
    try:
        said = function(event, context)
        return said if isinstance(said, Reply) else Reply(said, stats=context.stats)
    except SystemExit as end:
        error = None if end.code in (None, 0) else _error("SystemExit", f"exit code {end.code}")
        return Reply(error=error, stats=context.stats)
    except Exception as problem:
        traceback.print_exc()
        error = _error(type(problem).__name__, str(problem), traceback.format_tb(problem.__traceback__))
        return Reply(error=error, stats=context.stats)


class worker:
    """Makes a worker of a function of an event, or of an event and its Context.

        @sosw.worker
        def measure(event, context):
            context.stats["texts"] += 1
            return {"size": len(event["texts"][0])}

        if __name__ == "__main__":
            measure.run()

    The same file works behind `command:` and `bootstrap:`, and on AWS Lambda with the handler `measure.measure`.
    """

    def __init__(self, function: Handler):
        functools.update_wrapper(self, function)
        self._function = function
        self._takes_context = len(inspect.signature(function).parameters) > 1

    def __call__(self, event: Any, context: Any = None) -> Any:
        """Calls the function. For a context of AWS Lambda its end is reported to sosw_worker_assistant."""
        if context is not None and not isinstance(context, Context):
            own = Context(event, {"Lambda-Runtime-Aws-Request-Id": context.aws_request_id,
                                  "Lambda-Runtime-Invoked-Function-Arn": context.invoked_function_arn})
            own.deadline = time.time() + context.get_remaining_time_in_millis() / 1000
            return _reported(event, _reply_of(self, event, own)) if own.task_id else self(event, own)
        context = context or Context(event)
        return self._function(event, context) if self._takes_context else self._function(event)

    def run(self) -> None:
        """As run(), for this worker."""
        run(self)


def run(handler: Handler) -> None:
    """The main of a worker: calls the handler for each event, as whoever started the program wants it.

    Behind `bootstrap:` over the Lambda Runtime API, event after event. Else for the one event on standard input: the
    result goes where SOSW_RESULT says, without it to standard output. What the handler prints is for the log. An
    exception fails the task, with its name and message for the reason.
    """
    if not isinstance(handler, worker):
        handler = worker(handler)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # lines belong to the task at hand
    if "AWS_LAMBDA_RUNTIME_API" not in os.environ:
        sys.exit(_run_once(handler))
    api = _RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        event, headers = api.next()
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        reply = _reply_of(handler, event, Context(event, headers))
        api.answer(headers["Lambda-Runtime-Aws-Request-Id"], reply)


def _run_once(handler: Handler) -> int:
    """Returns the exit code. What is printed meanwhile, also by programs that the handler starts, is for the log."""
    text = sys.stdin.buffer.read()
    printed = os.dup(1)
    os.dup2(2, 1)
    try:
        event = json.loads(text)
    except ValueError as problem:
        print(f"the event on standard input is not JSON ({problem}); try: echo '{{}}' | python3 {sys.argv[0]}",
              file=sys.stderr)
        return 2
    reply = _reply_of(handler, event, Context(event))
    if reply.stats and "SOSW_STATS" in os.environ:
        with open(os.environ["SOSW_STATS"], "w", encoding="ascii") as file:
            file.write(reply.stats)
    if reply.error:
        print(reply.reason(), file=sys.stderr)
        return 1
    with open(os.environ.get("SOSW_RESULT", printed), "w", encoding="ascii") as file:
        file.write(reply.body + "\n")
    return 0


class _RuntimeApi:
    """The Lambda Runtime API on one connection that stays."""

    def __init__(self, address: str):
        self._connection = http.client.HTTPConnection(address)

    def next(self) -> Tuple[Any, Any]:
        """The next event and its headers, whenever it comes: an idle worker waits for minutes."""
        status, headers, body = self._ask("GET", "next", None, {}, timeout=None)
        if status != 200:
            sys.exit(f"the Runtime API has no event but status {status}: {body.decode(errors='replace')}")
        return json.loads(body), headers

    def answer(self, request_id: str, reply: Reply) -> None:
        headers = {"Content-Type": "application/json"}
        if reply.stats:
            headers["X-Sosw-Stats"] = reply.stats
        if reply.error:
            headers["Lambda-Runtime-Function-Error-Type"] = quote(reply.error["errorType"])
        kind = "error" if reply.error else "response"
        status, _, said = self._ask("POST", f"{request_id}/{kind}", reply.body, headers, ANSWER_TIMEOUT)
        if status >= 400:
            print(f"the answer was not taken: {status} {said.decode(errors='replace')}", file=sys.stderr)

    def _ask(self, method: str, path: str, body: Optional[str], headers: Json, timeout: Optional[float]) -> Any:
        for tries in range(1, TRIES + 1):
            try:
                if self._connection.sock is None:
                    self._connection.connect()
                self._connection.sock.settimeout(timeout)
                self._connection.request(method, RUNTIME_PATH + path, body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (OSError, http.client.HTTPException):
                self._connection.close()
                if tries == TRIES:
                    raise


def _reported(event: Json, reply: Reply) -> Any:
    """Reports the end of a task from AWS Lambda, where nobody looks at the answer. Returns the result.

    A failure is no error of the function then, or Lambda would repeat it by itself. A report that can't be sent is
    logged, and hides nothing.
    """
    report = {"task_id": event["task_id"], "sosw": event.get("sosw"), "stats": json.loads(reply.stats or "{}")}
    if reply.error:
        report.update(action="mark_task_as_failed", reason=reply.reason())
    else:
        report.update(action="mark_task_as_completed", result=json.loads(reply.body))
    try:
        import boto3  # part of Lambda's own runtimes

        name = os.environ.get("SOSW_WORKER_ASSISTANT", "sosw_worker_assistant")
        boto3.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=_to_json(report))
    except Exception as problem:
        print(f"task {event['task_id']}: its end could not be reported: {problem!r}", file=sys.stderr)
    return report.get("result")
