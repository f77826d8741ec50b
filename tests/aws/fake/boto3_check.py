"""Uses the fake as boto3 does, so that the fake is not only right in the eyes of our own clients.

Its address comes as a JSON text on standard input; prints "fine", or fails with an assertion."""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url = json.load(sys.stdin)


def client(service, **config):
    return boto3.client(service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id="AKIDTEST",
                        aws_secret_access_key="test-secret", config=Config(retries={"max_attempts": 0}, **config))


def error_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response
    return None


def check_tables():
    dynamo = client("dynamodb")
    dynamo.create_table(
        TableName="tasks", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "who", "AttributeType": "S"},
                              {"AttributeName": "g", "AttributeType": "N"}],
        GlobalSecondaryIndexes=[{"IndexName": "by_g", "Projection": {"ProjectionType": "ALL"},
                                 "KeySchema": [{"AttributeName": "who", "KeyType": "HASH"},
                                               {"AttributeName": "g", "KeyType": "RANGE"}]}])
    assert dynamo.describe_table(TableName="tasks")["Table"]["TableStatus"] == "ACTIVE"
    item = {"id": {"S": "a"}, "who": {"S": "x"}, "g": {"N": "1.0"}, "b": {"B": b"\0\1"}}
    dynamo.put_item(TableName="tasks", Item=item)
    key = {"id": {"S": "a"}}
    item["g"] = {"N": "1"}
    assert dynamo.get_item(TableName="tasks", Key=key)["Item"] == item
    updated = dynamo.update_item(
        TableName="tasks", Key=key, ReturnValues="ALL_NEW",
        UpdateExpression="SET n = if_not_exists(n, :zero) + :one ADD q :one REMOVE b",
        ConditionExpression="g < :five AND (attribute_not_exists(c) OR NOT who = :x) AND begins_with(who, :x)",
        ExpressionAttributeValues={":zero": {"N": "0"}, ":one": {"N": "1"}, ":five": {"N": "5"}, ":x": {"S": "x"}})
    assert updated["Attributes"] == {"id": {"S": "a"}, "who": {"S": "x"}, "g": {"N": "1"}, "n": {"N": "1"}, "q": {"N": "1"}}
    found = dynamo.query(TableName="tasks", IndexName="by_g", KeyConditionExpression="who = :x and g between :one and :five",
                         ExpressionAttributeValues={":x": {"S": "x"}, ":one": {"N": "1"}, ":five": {"N": "5"}})
    assert found["Items"] == [updated["Attributes"]]
    assert dynamo.scan(TableName="tasks", FilterExpression="contains(who, :x) and size(who) = :one and g in (:one, :x)",
                       ExpressionAttributeValues={":x": {"S": "x"}, ":one": {"N": "1"}})["Count"] == 1
    refused = error_of(dynamo.update_item, TableName="tasks", Key=key, UpdateExpression="SET status = :a",
                       ExpressionAttributeValues={":a": {"N": "0"}})
    assert "reserved keyword" in refused["Error"]["Message"]
    cancelled = error_of(dynamo.transact_write_items, TransactItems=[
        {"Put": {"TableName": "tasks", "Item": {"id": {"S": "b"}}}},
        {"Delete": {"TableName": "tasks", "Key": key, "ConditionExpression": "attribute_not_exists(id)"}}])
    assert [reason["Code"] for reason in cancelled["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    dynamo.batch_write_item(RequestItems={"tasks": [{"PutRequest": {"Item": {"id": {"S": "c"}}}}, {"DeleteRequest": {"Key": key}}]})
    read = dynamo.batch_get_item(RequestItems={"tasks": {"Keys": [{"id": {"S": "c"}}, key, {"id": {"S": "b"}}]}})
    assert read["Responses"] == {"tasks": [{"id": {"S": "c"}}]}


def check_other_services():
    sns = client("sns")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    assert sns.publish(TopicArn=topic, Message="m", Subject="s")["MessageId"]
    batch = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "m"},
                                                                          {"Id": "2", "Message": "refuse this"}])
    assert [entry["Id"] for entry in batch["Failed"]] == ["2"]
    assert error_of(client("lambda").invoke, FunctionName="none")["Error"]["Code"] == "ResourceNotFoundException"
    assert error_of(client("ssm").get_parameter, Name="none")["Error"]["Code"] == "ParameterNotFound"
    assert client("cloudwatch").get_metric_statistics(Namespace="N", MetricName="m", StartTime=1, EndTime=2, Period=60,
                                                      Statistics=["Average"])["Datapoints"] == []
    assert client("sts").get_caller_identity()["Account"] == "111122223333"
    assert error_of(client("s3", s3={"addressing_style": "path"}).get_object, Bucket="b", Key="k")["Error"]["Code"] == "NoSuchBucket"


check_tables()
check_other_services()
print('"fine"')
