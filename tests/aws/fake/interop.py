"""The tables as a Python installation reads and writes them, with boto3's resource and Decimals. On standard input: a JSON
object with the url and the step to do; prints what the step found. What is wrong ends it with an assertion."""
import json
import sys
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key

asked = json.load(sys.stdin)
resource = boto3.resource("dynamodb", endpoint_url=asked["url"], region_name="eu-west-1", aws_access_key_id="AKIDTEST",
                          aws_secret_access_key="test-secret")
tasks, retry, closed = (resource.Table(name) for name in ("sosw_tasks", "sosw_retry_tasks", "sosw_closed_tasks"))
DELTA = 31557600
NOW = Decimal("1795490346.8965256")


def whole(number):
    assert isinstance(number, Decimal) and number == int(number) and "E" not in str(number), number
    return int(number)


def read_queued():
    found = tasks.query(IndexName="sosw_tasks_greenfield", KeyConditionExpression=Key("labourer_id").eq("worker") &
                        Key("greenfield").lt(int(NOW)))["Items"]
    assert [whole(row["greenfield"]) for row in found] == sorted(whole(row["greenfield"]) for row in found)
    for row in found:
        assert row["created_at"] == NOW and float(row["created_at"]) == 1795490346.8965256, row
        assert whole(row["attempts"]) == 0 and isinstance(json.loads(row["payload"]), dict)
        assert "completed_at" not in row
    return [row["task_id"] for row in found]


def read_invoked():
    found = tasks.query(IndexName="sosw_tasks_greenfield", KeyConditionExpression=Key("labourer_id").eq("worker") &
                        Key("greenfield").gt(int(NOW)))["Items"]
    for row in found:
        assert whole(row["greenfield"]) == int(NOW) + DELTA and whole(row["attempts"]) == 1, row
    return [row["task_id"] for row in found]


def read_other_names():
    found = tasks.query(IndexName="sosw_tasks_greenfield", KeyConditionExpression=Key("function").eq("worker") &
                        Key("position").lt(int(NOW)))["Items"]
    for row in found:
        assert row["created_at"] == NOW and json.loads(row["payload"]) and "greenfield" not in row, row
    return [row["id"] for row in found]


def schedule_with_other_names():
    tasks.put_item(Item={"id": "0123456789ab1def0000000000000001", "function": "worker", "created_at": NOW, "position": 2000,
                         "attempts": 0, "payload": '{"function": "of the payload"}'})


def read_waiting():
    found = retry.query(IndexName="labourer_id_greenfield", KeyConditionExpression=Key("labourer_id").eq("worker"))["Items"]
    return {row["task_id"]: str(row["desired_launch_time"]) for row in found}


def read_closed():
    found = closed.query(IndexName="labourer_task_status_with_time", ScanIndexForward=False,
                         KeyConditionExpression=Key("labourer_id_task_status").eq("worker_1"))["Items"]
    for row in found:  # what the average duration is made of
        assert float(row["completed_at"]) + DELTA - whole(row["greenfield"]) >= 0 and whole(row["attempts"]) == 1
    row = closed.get_item(Key={"task_id": found[0]["task_id"]})["Item"]
    assert row["result_exact"] == 9007199254740993 and row["result_huge"] == Decimal("12345678901234567890")
    assert row["result_ratio"] == Decimal("0.1") and row["result_ok"] is True and row["stat_calls"] == 3
    assert row["result_list"] == [1, Decimal("2.5"), {"deep": None}]
    assert json.loads(row["payload"]) and row["closed_at"] == NOW + 2
    return [row["task_id"] for row in found]


def schedule():
    """Two tasks that are queued, one that waits, one that was closed, and a configuration."""
    for place, greenfield in ((1, 2000), (2, 3000)):
        tasks.put_item(Item={"task_id": f"0123456789ab1def00000000000000{place:02}", "labourer_id": "worker",
                             "created_at": NOW, "greenfield": greenfield, "attempts": 0,
                             "payload": '{"at": 1795490346.8965256, "n": 9007199254740993, "u": "\\u00fc"}'},
                       ConditionExpression=Attr("task_id").not_exists())
    retry.put_item(Item={"task_id": "0123456789ab1def0000000000000003", "labourer_id": "worker", "created_at": NOW,
                         "greenfield": int(NOW) + DELTA - 5000, "attempts": 2, "payload": "{}",
                         "desired_launch_time": int(NOW) - 1})
    closed.put_item(Item={"task_id": "0123456789ab1def0000000000000004", "labourer_id": "worker", "created_at": NOW,
                          "greenfield": int(NOW) + DELTA - 9000, "attempts": 1, "payload": "{'at': 1.5}",
                          "completed_at": NOW - 10, "closed_at": NOW - 5, "labourer_id_task_status": "worker_1"})
    resource.Table("config").put_item(Item={"env": "production", "config_name": "sosw_orchestrator_config",
                                            "config_value": '{"task_config": {"labourers": {}}}'})


def invoke_and_complete():
    """As an orchestrator and an assistant do, each in one conditional update."""
    tasks.update_item(Key={"task_id": "0123456789ab1def0000000000000002"},
                      UpdateExpression="SET greenfield = :g, attempts = :a", ConditionExpression="greenfield < :line",
                      ExpressionAttributeValues={":g": int(NOW) + DELTA, ":a": 1, ":line": int(NOW)})
    tasks.update_item(Key={"task_id": "0123456789ab1def0000000000000002"},
                      UpdateExpression="SET completed_at = :t, stat_time = :s, result_rows = :r",
                      ExpressionAttributeValues={":t": NOW + 5, ":s": Decimal("0.25"), ":r": 9007199254740993})


print(json.dumps(globals()[asked["step"]]()))
