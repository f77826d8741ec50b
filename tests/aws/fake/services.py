"""The other services: small answers from what a test put there. Each operation takes parameters and the world."""
import base64
import hashlib
import json
import re

from models import BadRequest

ACCOUNT = "111122223333"
REGION = "eu-west-1"


class World:
    """What the services know; a test sets parts of it through the control endpoint."""

    def __init__(self):
        self.functions = {}   # name: {"timeout": s, "result": json, "error": text, "state": "Active"}
        self.topics = {}      # arn: [messages]
        self.metrics = []     # {"namespace", "name", "dimensions": {}, "points": [[time, value]]}
        self.refused_metrics = []  # names
        self.parameters = {}  # name: value
        self.parameter_tags = {}  # name: {tag: value}
        self.secrets = {}     # name: {"text" or "binary": ..., "tags": {}}
        self.rules = {}       # name: {"state", "schedule", "targets": []}
        self.buckets = {}     # name: {key: bytes}
        self.looks_until_active = 0  # at a new table
        self.page = 1000      # entries of a list in one answer


def no(code, message, status=400):
    raise BadRequest(message, code, status)


def paged(entries, token, size):
    start = int(token or 0)
    more = {"NextToken": str(start + size)} if start + size < len(entries) else {}
    return entries[start:start + size], more


# Lambda

def function_of(world, name):
    match = re.fullmatch(r"(?:arn:[a-z-]+:lambda:[a-z0-9-]+:)?(?:\d{12}:)?(?:function:)?([\w-]+)(?::([\w$-]+))?", name)
    if not match or match[1] not in world.functions:
        no("ResourceNotFoundException", f"Function not found: {name}", 404)
    return match[1], world.functions[match[1]]


def Invoke(world, parameters):
    name, function = function_of(world, parameters["FunctionName"])
    event = json.loads(parameters.get("Payload") or b"{}")
    kind = parameters.get("InvocationType", "RequestResponse")
    if kind == "DryRun":
        return 204, {}, b""
    function.setdefault("events", []).append(event)
    if kind == "Event":
        return 202, {}, b""
    headers = {"X-Amz-Executed-Version": parameters.get("Qualifier", "$LATEST")}
    if parameters.get("LogType") == "Tail":
        headers["X-Amz-Log-Result"] = base64.b64encode(b"START\nEND\n").decode()
    if "error" in function:
        headers["X-Amz-Function-Error"] = "Unhandled"
        return 200, headers, json.dumps({"errorMessage": function["error"], "errorType": "Error"}).encode()
    return 200, headers, json.dumps(function.get("result")).encode()


def configuration(name, function):
    return {"FunctionName": name, "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
            "Runtime": "provided.al2023", "Timeout": function.get("timeout", 3), "MemorySize": 128,
            "Version": "$LATEST", "State": function.get("state", "Active")}


def GetFunctionConfiguration(world, parameters):
    return 200, {}, json.dumps(configuration(*function_of(world, parameters["FunctionName"]))).encode()


def ListFunctions(world, parameters):
    entries, more = paged(sorted(world.functions.items()), parameters.get("Marker"), world.page)
    body = {"Functions": [configuration(*entry) for entry in entries]}
    if more:
        body["NextMarker"] = more["NextToken"]
    return 200, {}, json.dumps(body).encode()


# SNS

def topic_of(world, parameters):
    if parameters["TopicArn"] not in world.topics:
        no("NotFound", "Topic does not exist", 404)
    return world.topics[parameters["TopicArn"]]


def accept_message(topic, entry):
    if len(entry.get("Subject", "")) > 100 or len(entry["Message"].encode()) > 256 * 1024:
        no("InvalidParameter", "Invalid parameter: Subject or Message too long")
    topic.append({"message": entry["Message"], "subject": entry.get("Subject"),
                  "attributes": {name: value["StringValue"] for name, value in
                                 entry.get("MessageAttributes", {}).items()}})
    return hashlib.md5(str(len(topic)).encode()).hexdigest()


def Publish(world, parameters):
    return {"MessageId": accept_message(topic_of(world, parameters), parameters)}


def PublishBatch(world, parameters):
    entries = parameters["PublishBatchRequestEntries"]
    if len(entries) > 10 or len({entry["Id"] for entry in entries}) < len(entries):
        no("TooManyEntriesInBatchRequest", "at most ten, each with its own Id")
    topic, good, bad = topic_of(world, parameters), [], []
    for entry in entries:
        if entry["Message"] == "refuse this":
            bad.append({"Id": entry["Id"], "Code": "InternalError", "Message": "try later", "SenderFault": False})
        else:
            good.append({"Id": entry["Id"], "MessageId": accept_message(topic, entry)})
    return {"Successful": good, "Failed": bad}


def CreateTopic(world, parameters):
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:{parameters['Name']}"
    world.topics.setdefault(arn, [])
    return {"TopicArn": arn}


def Subscribe(world, parameters):
    topic_of(world, parameters)
    if parameters["Protocol"] == "email":
        return {"SubscriptionArn": "pending confirmation"}
    return {"SubscriptionArn": parameters["TopicArn"] + ":6f0e3c1a"}


# CloudWatch

def points_of(world, metric, start, end):
    if metric["MetricName"] in world.refused_metrics:
        no("InvalidParameterValue", f"The parameter MetricName {metric['MetricName']} is odd.")
    wanted = {d["Name"]: d["Value"] for d in metric.get("Dimensions", [])}
    for entry in world.metrics:
        if (entry["namespace"], entry["name"], entry["dimensions"]) == (metric["Namespace"], metric["MetricName"], wanted):
            return [(time, value) for time, value in entry["points"] if start <= time < end]
    return []


def GetMetricStatistics(world, parameters):
    if parameters["Period"] % 60:
        no("InvalidParameterValue", "The parameter Period must be a multiple of 60.")
    points = points_of(world, parameters, parameters["StartTime"], parameters["EndTime"])
    return {"Label": parameters["MetricName"],
            "Datapoints": [{"Timestamp": time, parameters["Statistics"][0]: value} for time, value in points]}


def GetMetricData(world, parameters):
    queries, more = paged(parameters["MetricDataQueries"], parameters.get("NextToken"), world.page)
    results = []
    for query in queries:
        points = points_of(world, query["MetricStat"]["Metric"], parameters["StartTime"], parameters["EndTime"])
        results.append({"Id": query["Id"], "Timestamps": [time for time, _ in points],
                        "Values": [value for _, value in points], "StatusCode": "Complete"})
    return {"MetricDataResults": results, **more}


# SSM, Secrets Manager

def parameter(name, value):
    return {"Name": name, "Type": "SecureString", "Value": value, "Version": 1}


def GetParameter(world, parameters):
    name = parameters["Name"]
    if name not in world.parameters:
        no("ParameterNotFound", "")
    return {"Parameter": parameter(name, world.parameters[name])}


def GetParameters(world, parameters):
    names = parameters["Names"]
    return {"Parameters": [parameter(n, world.parameters[n]) for n in names if n in world.parameters],
            "InvalidParameters": [n for n in names if n not in world.parameters]}


def GetParametersByPath(world, parameters):
    names = sorted(n for n in world.parameters if n.startswith(parameters["Path"].rstrip("/") + "/"))
    names, more = paged(names, parameters.get("NextToken"), world.page)
    return {"Parameters": [parameter(n, world.parameters[n]) for n in names], **more}


def DescribeParameters(world, parameters):
    names = sorted(world.parameters)
    for condition in parameters.get("ParameterFilters", []):
        values = condition["Values"]
        if condition["Key"] == "Name" and condition.get("Option") == "BeginsWith":
            names = [n for n in names if any(n.startswith(value) for value in values)]
        elif condition["Key"].startswith("tag:"):
            tag = condition["Key"][4:]
            names = [n for n in names if world.parameter_tags.get(n, {}).get(tag) in values]
        else:
            no("InvalidFilterKey", condition["Key"])
    names, more = paged(names, parameters.get("NextToken"), world.page)
    return {"Parameters": [{"Name": n, "Type": "SecureString", "Version": 1} for n in names], **more}


def GetSecretValue(world, parameters):
    secret = world.secrets.get(parameters["SecretId"].rpartition(":")[2])
    if secret is None:
        no("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    value = {"SecretBinary": secret["binary"]} if "binary" in secret else {"SecretString": secret["text"]}
    return {"Name": parameters["SecretId"], **value}


def ListSecrets(world, parameters):
    names = sorted(world.secrets)
    for condition in parameters.get("Filters", []):
        of = {"name": lambda n: [n], "tag-key": lambda n: list(world.secrets[n].get("tags", {})),
              "tag-value": lambda n: list(world.secrets[n].get("tags", {}).values())}[condition["Key"]]
        names = [n for n in names if any(text.startswith(v) for text in of(n) for v in condition["Values"])]
    names, more = paged(names, parameters.get("NextToken"), world.page)
    return {"SecretList": [{"Name": n, "ARN": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{n}",
                            "Tags": [{"Key": k, "Value": v} for k, v in world.secrets[n].get("tags", {}).items()]}
                           for n in names], **more}


# EventBridge, STS

def ListRuleNamesByTarget(world, parameters):
    names = sorted(n for n, rule in world.rules.items() if parameters["TargetArn"] in rule["targets"])
    names, more = paged(names, parameters.get("NextToken"), world.page)
    return {"RuleNames": names, **more}


def DescribeRule(world, parameters):
    rule = world.rules.get(parameters["Name"])
    if rule is None:
        no("ResourceNotFoundException", f"Rule {parameters['Name']} does not exist.")
    return {"Name": parameters["Name"], "Arn": "arn:aws:events:x", "State": rule["state"],
            "ScheduleExpression": rule["schedule"]}


def GetCallerIdentity(world, parameters):
    return {"UserId": "AIDA", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/tester"}


def role_credentials(world, parameters):
    return {"Credentials": {"AccessKeyId": "AKIDROLE", "SecretAccessKey": "role-secret", "SessionToken": "role-token",
                            "Expiration": "2099-01-01T00:00:00Z"}}


AssumeRole = AssumeRoleWithWebIdentity = role_credentials


# S3, which has no model's answers but headers and bytes

def bucket_of(world, parameters):
    if parameters["Bucket"] not in world.buckets:
        no("NoSuchBucket", "The specified bucket does not exist", 404)
    return world.buckets[parameters["Bucket"]]


def PutObject(world, parameters):
    bucket_of(world, parameters)[parameters["Key"]] = parameters["Body"]
    return 200, {"ETag": '"' + hashlib.md5(parameters["Body"]).hexdigest() + '"'}, b""


def GetObject(world, parameters):
    bucket = bucket_of(world, parameters)
    if parameters["Key"] not in bucket:
        no("NoSuchKey", "The specified key does not exist.", 404)
    content = bucket[parameters["Key"]]
    return 200, {"ETag": '"' + hashlib.md5(content).hexdigest() + '"'}, content


def HeadObject(world, parameters):
    return GetObject(world, parameters)
