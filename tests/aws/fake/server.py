"""A strict stand-in for the AWS services that sosw uses. Prints its port, and ends when its standard input does.

Each request must be signed (signatures.py) and fit botocore's model of its service (models.py). Tests steer it by POSTs
to /_control/NAME with a JSON body:
  set      {"functions": {...}, "metrics": [...], ...}: parts of the world (services.py)
  keys     {"AKID": {"secret": "...", "token": null, "expired": false}}: credentials that it knows
  inject   {"operation": "UpdateItem" or "*", "what": ..., "times": 1, "skip": 0}: trouble for calls to come. `what` is
           throttle, forbidden, error_before, error_after (HTTP 500 without or with the effect), cut_before, cut_after (the
           connection), unprocessed (with "items": n), bad_checksum, or expired
  weather  {"chance": 0.1, "kinds": [what, ...], "seed": 1, "late": 20}: trouble of these kinds by chance, for each call to
           DynamoDB; and global indexes show each write only after up to that many later calls
  freeze   {"table": name, "frozen": true}: global indexes go on showing the present, until unfrozen
  get      {"part": name}: answers that part of the world
  calm     {}: no more trouble, and no weather
  rows     {"table": name}: answers its rows
  reset    {}: no tables, an empty world
  anew     {}: all is as when the server started
  log      {}: answers the calls since the last time as [{"service", "operation", "parameters", "attempt"}, ...]
"""
import collections
import datetime
import json
import random
import sys
import threading
import traceback
import uuid
import zlib
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

import dynamo
import models
import services
from signatures import BadSignature, Verifier

UNSIGNED = "AssumeRoleWithWebIdentity"


class Cut(Exception):
    pass


def readable(parameters):
    """What the log tells of them: a body is read only when somebody asks."""
    if isinstance(parameters, bytes):
        return json.loads(parameters)
    return json.loads(json.dumps(parameters, default=lambda value: value.decode(errors="replace")))


class Weather:
    def __init__(self, body):
        self.random, self.chance, self.kinds = random.Random(body["seed"]), body["chance"], body["kinds"]

    def of(self, operation):
        what = self.random.choice(self.kinds) if self.random.random() < self.chance else "none"
        if what == "unprocessed" and operation not in ("BatchWriteItem", "BatchGetItem"):
            what = "throttle"
        return {"what": what, "items": 1}


class Fake:
    def __init__(self):
        self.lock = threading.RLock()
        self.models = {}
        self.begin_anew()

    def begin_anew(self):
        self.verifier = Verifier({"AKIDTEST": {"secret": "test-secret", "token": None}})
        self.dynamo = dynamo.Dynamo()
        self.world = services.World()
        self.injected = []
        self.weather = None
        self.looks = collections.Counter()  # at tables that are not ready yet, by name
        self.log = []

    def model(self, service):
        if service not in self.models:
            if service not in models.SERVICES:
                raise BadSignature("SignatureDoesNotMatch", f"signed for an unknown service {service}")
            self.models[service] = models.Service(service)
        return self.models[service]

    def control(self, name, body):
        with self.lock:
            if name == "set":
                for part, value in body.items():
                    assert hasattr(self.world, part), part
                    setattr(self.world, part, value)
            elif name == "keys":
                self.verifier.keys = body
            elif name == "inject":
                self.injected.append({"times": 1, "skip": 0, **body})
            elif name == "weather":
                self.weather = Weather(body)
                self.dynamo.be_late(body.get("late", 0), body["seed"])
            elif name == "freeze":
                self.dynamo.tables[body["table"]].freeze_indexes(body["frozen"])
            elif name == "get":
                return getattr(self.world, body["part"])
            elif name == "calm":
                self.injected, self.weather = [], None
                self.dynamo.be_late(0, 0)
            elif name == "rows":
                return list(self.dynamo.tables[body["table"]].items.values())
            elif name == "reset":
                self.dynamo, self.world = dynamo.Dynamo(), services.World()
            elif name == "anew":
                self.begin_anew()
            elif name == "log":
                calls, self.log = self.log, []
                return [{**call, "parameters": readable(call["parameters"])} for call in calls]
            else:
                raise KeyError(name)
            return {}

    def trouble_for(self, operation):
        for entry in self.injected:
            if entry["operation"] in (operation, "*") and entry["times"] > 0:
                if entry["skip"] > 0:
                    entry["skip"] -= 1
                    continue
                entry["times"] -= 1
                return entry
        return self.weather.of(operation) if self.weather else {"what": "none"}

    def answer(self, method, target, headers, body):
        """(status, headers, body) of a service's answer."""
        service = "dynamodb"
        try:
            with self.lock:
                if "authorization" not in headers and body.startswith(b"Action=" + UNSIGNED.encode()):
                    service = "sts"
                else:
                    service, _ = self.verifier.service_of(method, target, headers, body)
                model = self.model(service)
                operation, parameters = model.read(method, target, headers, body)
                if service == "dynamodb":
                    parameters = json.loads(body)
                self.log.append({"service": service, "operation": operation,
                                 "parameters": body if service == "dynamodb" else parameters,
                                 "attempt": headers.get("amz-sdk-request", "")})
                return self.perform(service, model, operation, parameters)
        except (BadSignature, models.BadRequest, dynamo.Refused) as error:
            return self.failure(service, error.code, str(error), getattr(error, "status", 400),
                                getattr(error, "members", {}))
        except Cut:
            raise
        except Exception:  # a fault of this program: tests must see it
            traceback.print_exc()
            return self.failure(service, "FakeIsBroken", traceback.format_exc(limit=-1), 400, {})

    def perform(self, service, model, operation, parameters):
        trouble = self.trouble_for(operation)
        what = trouble["what"]
        if what == "throttle":
            code = {"dynamodb": "ProvisionedThroughputExceededException", "lambda": "TooManyRequestsException"}
            raise models.BadRequest("slow down", code.get(service, "Throttling"), 429 if service == "lambda" else 400)
        if what == "forbidden":
            raise models.BadRequest(f"User: arn:aws:iam::111122223333:user/tester is not authorized to perform: {operation}",
                                    "AccessDenied" if model.protocol == "query" else "AccessDeniedException", 403)
        if what == "expired":
            raise models.BadRequest("The security token included in the request is expired", "ExpiredTokenException")
        if what == "cut_before":
            raise Cut()
        if what == "error_before":
            raise models.BadRequest("try again", "InternalServerError", 500)
        if service == "dynamodb":
            self.dynamo.calls += 1
            more = {"leave": trouble["items"]} if what == "unprocessed" else {}
            result = getattr(self.dynamo, operation)(parameters, **more)
            if operation == "DescribeTable" and self.looks[parameters["TableName"]] < self.world.looks_until_active:
                self.looks[parameters["TableName"]] += 1
                result["Table"]["TableStatus"] = "CREATING"
        else:
            result = getattr(services, operation)(self.world, parameters)
        if what == "cut_after":
            raise Cut()
        if what == "error_after":
            raise models.BadRequest("try again", "InternalServerError", 500)
        status, headers, body = self.success(service, model, operation, result)
        if what == "bad_checksum":
            headers["x-amz-crc32"] = "1"
        return status, headers, body

    @staticmethod
    def success(service, model, operation, result):
        if isinstance(result, tuple):
            return result
        if model.protocol == "json":
            body = json.dumps(result).encode()
            headers = {"Content-Type": "application/x-amz-json-" + model.model.metadata["jsonVersion"]}
            if service == "dynamodb":
                headers["x-amz-crc32"] = str(zlib.crc32(body))
            return 200, headers, body
        shape = model.model.operation_model(operation).output_shape
        inner = models.to_xml(in_instants(result), shape, operation + "Result") if shape else ""
        body = (f'<{operation}Response xmlns="http://aws/"><!-- a comment -->\n  {inner}\n  <ResponseMetadata><RequestId>'
                f"{uuid.uuid4()}</RequestId></ResponseMetadata></{operation}Response>")
        return 200, {"Content-Type": "text/xml"}, body.encode()

    def failure(self, service, code, message, status, members):
        protocol = self.models[service].protocol if service in self.models else "json"
        if protocol == "json":
            body = {"__type": "com.amazonaws.fake#" + code, "message": message, **members}
            return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(body).encode()
        if protocol == "rest-json":
            return status, {"x-amzn-ErrorType": code}, json.dumps({"Message": message, "Type": "User"}).encode()
        error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        if protocol == "query":
            error = f"<ErrorResponse>{error}<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        return status, {"Content-Type": "text/xml"}, error.encode()


def in_instants(value):
    """Numbers that are times become instants, where a result says Timestamp."""
    instant = lambda time: datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        return {k: instant(v) if k == "Timestamp" else [instant(t) for t in v] if k == "Timestamps" else in_instants(v)
                for k, v in value.items()}
    return [in_instants(entry) for entry in value] if isinstance(value, list) else value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake = None

    def handle_one_call(self):
        headers = {}
        for name, value in self.headers.items():
            name = name.lower()
            headers[name] = headers[name] + "," + value if name in headers else value
        body = self.rfile.read(int(headers.get("content-length", 0)))
        try:
            if self.path.startswith("/_control/"):
                answer = self.fake.control(self.path.rpartition("/")[2], json.loads(body))
                status, more, content = 200, {}, json.dumps(answer, default=repr).encode()
            else:
                status, more, content = self.fake.answer(self.command, self.path, headers, body)
        except Cut:
            self.close_connection = True
            return
        head = {"x-amzn-RequestId": str(uuid.uuid4()), "Date": formatdate(usegmt=True), **more}
        if status != 204:
            head["Content-Length"] = str(len(content))
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        payload = b"" if self.command == "HEAD" else content
        self.wfile.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + payload)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_one_call

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


if __name__ == "__main__":
    Handler.fake = Fake()
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
