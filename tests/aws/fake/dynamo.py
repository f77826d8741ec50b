"""Tables that behave as DynamoDB's, as far as the clients under test go."""
import copy
import hashlib
import json
import random

import dynamo_expressions as expressions
import dynamo_updates as updates
from dynamo_values import compare, item_size, kind_of, normal, size_of, sortable
from models import BadRequest

PAGE = 1024 * 1024
LARGEST_ITEM = 400 * 1024
LARGEST_TRANSACTION = 4 * 1024 * 1024
LARGEST_BATCH = 16 * 1024 * 1024


class Refused(Exception):
    """An error with members beside its message."""

    def __init__(self, code, message, **members):
        super().__init__(message)
        self.code, self.status, self.members = code, 400, members


def condition_failed(item, parameters):
    tell = parameters.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and item
    return Refused("ConditionalCheckFailedException", "The conditional request failed",
                   **({"Item": item} if tell else {}))


class Index:
    def __init__(self, name, schema, projection, is_global):
        self.name, self.is_global = name, is_global
        self.hash, self.range = key_names(schema)
        self.projection = projection
        self.snapshot = None  # what a frozen index still shows; None: it is not frozen
        self.shown = None     # what a late index shows, by place; None: it is not late
        self.to_come = []     # [call from when on, place, item] that it will show, in the order of the writes

    def entry(self, item, table_keys):
        if self.hash not in item or (self.range and self.range not in item):
            return None
        if self.projection["ProjectionType"] == "ALL":
            return item
        kept = {*table_keys, self.hash, self.range, *self.projection.get("NonKeyAttributes", [])}
        return {name: value for name, value in item.items() if name in kept}


def key_names(schema):
    names = {part["KeyType"]: part["AttributeName"] for part in schema}
    return names["HASH"], names.get("RANGE")


class Table:
    def __init__(self, parameters):
        self.parameters = parameters
        self.name = parameters["TableName"]
        self.hash, self.range = key_names(parameters["KeySchema"])
        self.keys = [name for name in (self.hash, self.range) if name]
        self.types = {a["AttributeName"]: a["AttributeType"] for a in parameters["AttributeDefinitions"]}
        self.items = {}
        self.indexes = {}
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for index in parameters.get(kind, []):
                self.indexes[index["IndexName"]] = Index(index["IndexName"], index["KeySchema"], index["Projection"],
                                                         kind.startswith("Global"))
        needed = set(self.keys) | {n for i in self.indexes.values() for n in (i.hash, i.range) if n}
        if needed != set(self.types):
            raise BadRequest("Number of attributes in KeySchema does not exactly match number of attributes defined in "
                             "AttributeDefinitions")

    def key_of(self, key):
        """The place of an item; raises BadRequest for a key that is none of this table."""
        if set(key) != set(self.keys):
            raise BadRequest("The provided key element does not match the schema")
        for name in self.keys:
            self.check_key_value(name, key[name])
        return tuple(json.dumps(normal(key[name])) for name in self.keys)

    def check_key_value(self, name, value):
        if kind_of(value) != self.types[name]:
            raise BadRequest(f"One or more parameter values were invalid: Type mismatch for key {name} expected: "
                             f"{self.types[name]} actual: {kind_of(value)}")
        if value in ({"S": ""}, {"B": ""}):
            raise BadRequest(f"One or more parameter values are not valid. The AttributeValue for a key attribute "
                             f"cannot contain an empty string value. Key: {name}")
        if size_of(value) > (1024 if name == self.range else 2048):
            raise BadRequest("One or more parameter values were invalid: Size of a key has exceeded its limit")

    def check_index_value(self, name, value):
        if name in self.types:
            self.check_key_value(name, value)

    def prepared(self, item):
        """(place, item as it is stored)."""
        item = {name: normal(value) for name, value in item.items()}
        for name in self.keys:
            if name not in item:
                raise BadRequest(f"One or more parameter values were invalid: Missing the key {name} in the item")
        for name, value in item.items():
            self.check_index_value(name, value)
        if item_size(item) > LARGEST_ITEM:
            raise BadRequest("Item size has exceeded the maximum allowed size")
        return self.key_of({name: item[name] for name in self.keys}), item

    def freeze_indexes(self, frozen):
        for index in self.indexes.values():
            index.snapshot = copy.deepcopy(list(self.items.values())) if frozen and index.is_global else None

    def be_late(self, late):
        for index in self.indexes.values():
            index.shown = dict(self.items) if late and index.is_global else None
            index.to_come = []

    def describe(self):
        throughput = self.parameters.get("ProvisionedThroughput", {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0})
        table = {k: v for k, v in self.parameters.items() if k not in ("BillingMode", "ProvisionedThroughput")}
        table = {**copy.deepcopy(table), "TableStatus": "ACTIVE", "ItemCount": len(self.items), "TableSizeBytes": 0,
                 "CreationDateTime": 1764000000.123, "ProvisionedThroughput": throughput,
                 "TableArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/" + self.name}
        for index in table.get("GlobalSecondaryIndexes", []):
            index["IndexStatus"] = "ACTIVE"
        return table


class Dynamo:
    """The operations. Each takes parameters as the model reads them, and returns the result."""

    def __init__(self):
        self.tables = {}
        self.tokens = {}
        self.calls = 0
        self.late = 0
        self.random = random.Random(0)

    def be_late(self, calls, seed):
        """From now on indexes show each write after up to so many calls; 0: at once."""
        self.late, self.random = calls, random.Random(seed)
        for table in self.tables.values():
            table.be_late(calls)

    def table(self, parameters):
        if parameters["TableName"] not in self.tables:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        return self.tables[parameters["TableName"]]

    def CreateTable(self, parameters):
        if parameters["TableName"] in self.tables:
            raise Refused("ResourceInUseException", f"Table already exists: {parameters['TableName']}")
        if (parameters.get("BillingMode") == "PAY_PER_REQUEST") == ("ProvisionedThroughput" in parameters):
            raise BadRequest("One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
                             "be specified if, and only if, BillingMode is PROVISIONED")
        table = self.tables[parameters["TableName"]] = Table(parameters)
        return {"TableDescription": {**table.describe(), "TableStatus": "CREATING"}}

    def DescribeTable(self, parameters):
        return {"Table": self.table(parameters).describe()}

    def DeleteTable(self, parameters):
        table = self.table(parameters)
        del self.tables[table.name]
        return {"TableDescription": {**table.describe(), "TableStatus": "DELETING"}}

    def GetItem(self, parameters):
        table = self.table(parameters)
        placeholders = expressions.Placeholders(parameters)
        project = expressions.projection(parameters.get("ProjectionExpression"), placeholders)
        placeholders.check_all_used()
        item = table.items.get(table.key_of(parameters["Key"]))
        return {} if item is None else {"Item": project(item)}

    def PutItem(self, parameters):
        return self.apply(self.plan("Put", parameters), parameters)

    def UpdateItem(self, parameters):
        return self.apply(self.plan("Update", parameters), parameters)

    def DeleteItem(self, parameters):
        return self.apply(self.plan("Delete", parameters), parameters)

    def plan(self, kind, parameters):
        """What a write will do: (table, place, item before or None, condition holds, function to the item after)."""
        table = self.table(parameters)
        placeholders = expressions.Placeholders(parameters)
        holds = expressions.condition(parameters.get("ConditionExpression"), placeholders)
        if kind == "Put":
            place, item = table.prepared(parameters["Item"])
            after = lambda before: (item, [])
        else:
            place = table.key_of(parameters["Key"])
            after = lambda before: (None, [])
        if kind == "Update":
            change = updates.update(parameters.get("UpdateExpression", ""), placeholders, table.keys,
                                    table.check_index_value)
            after = lambda before: self.changed(table, parameters["Key"], before, change)
        if kind == "ConditionCheck":
            after = lambda before: (before, [])
        placeholders.check_all_used()
        before = table.items.get(place)
        return table, place, before, holds(before or {}), after

    @staticmethod
    def changed(table, key, before, change):
        item, paths = change(before if before is not None else key)
        return table.prepared(item)[1], paths

    def apply(self, plan, parameters):
        table, place, before, holds, after = plan
        if not holds:
            raise condition_failed(before, parameters)
        item, paths = after(before)
        self.store(table, place, item)
        wanted = parameters.get("ReturnValues", "NONE")
        source = {"ALL_OLD": before, "UPDATED_OLD": before, "ALL_NEW": item, "UPDATED_NEW": item}.get(wanted)
        if not source:
            return {}
        names = {path[0] for path in paths}
        return {"Attributes": {k: v for k, v in source.items() if wanted.startswith("ALL") or k in names}}

    def store(self, table, place, item):
        for index in table.indexes.values():
            if index.shown is not None:
                index.to_come.append([self.calls + self.random.randint(0, self.late), place, item])
        if item is None:
            table.items.pop(place, None)
        else:
            table.items[place] = item

    def TransactWriteItems(self, parameters):
        token = parameters.get("ClientRequestToken")
        digest = hashlib.sha256(json.dumps(parameters, sort_keys=True, default=repr).encode()).hexdigest()
        if token in self.tokens:
            if self.tokens[token] != digest:
                raise Refused("IdempotentParameterMismatchException", "the token was used for another request")
            return {}
        writes = []
        for entry in parameters["TransactItems"]:
            if len(entry) != 1:
                raise BadRequest("TransactItems can only contain one of Check, Put, Update or Delete")
            writes.append(next(iter(entry.items())))
        plans = [self.plan(kind, write) for kind, write in writes]
        if len({(plan[0].name, plan[1]) for plan in plans}) < len(plans):
            raise BadRequest("Transaction request cannot include multiple operations on one item")
        results = [after(before)[0] if holds else None for _, _, before, holds, after in plans]
        if sum(item_size(item) for item in results if item) > LARGEST_TRANSACTION:
            raise BadRequest("Collection size of items in transaction exceeded the maximum")
        if not all(plan[3] for plan in plans):
            reasons = [self.reason(plan, write) for plan, (_, write) in zip(plans, writes)]
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise Refused("TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for "
                          f"specific reasons [{codes}]", CancellationReasons=reasons)
        for (table, place, *_), item in zip(plans, results):
            self.store(table, place, item)
        if token:
            self.tokens[token] = digest
        return {}

    @staticmethod
    def reason(plan, write):
        if plan[3]:
            return {"Code": "None"}
        refused = condition_failed(plan[2], write)
        return {"Code": "ConditionalCheckFailed", "Message": str(refused), **refused.members}

    def BatchGetItem(self, parameters, leave=0):
        wanted = [(name, key) for name, request in parameters["RequestItems"].items() for key in request["Keys"]]
        if len(wanted) > 100:
            raise BadRequest("Too many items requested for the BatchGetItem call")
        places = [(name, self.table({"TableName": name}).key_of(key)) for name, key in wanted]
        if len(set(places)) < len(places):
            raise BadRequest("Provided list of item keys contains duplicates")
        responses, unprocessed = {}, {}
        for i, ((name, key), (_, place)) in enumerate(zip(wanted, places)):
            request = parameters["RequestItems"][name]
            if i >= len(wanted) - leave:
                unprocessed.setdefault(name, {**request, "Keys": []})["Keys"].append(key)
                continue
            project = expressions.projection(request.get("ProjectionExpression"), expressions.Placeholders(request))
            items = responses.setdefault(name, [])
            if (item := self.tables[name].items.get(place)) is not None:
                items.append(project(item))
        return {"Responses": responses, "UnprocessedKeys": unprocessed}

    def BatchWriteItem(self, parameters, leave=0):
        writes = [(name, write) for name, list_ in parameters["RequestItems"].items() for write in list_]
        if not 0 < len(writes) <= 25:
            raise BadRequest("Too many items requested for the BatchWriteItem call")
        plans = []
        for name, write in writes:
            table = self.table({"TableName": name})
            if len(write) != 1:
                raise BadRequest("Supplied AttributeValue has more than one datatypes set")
            if "PutRequest" in write:
                place, item = table.prepared(write["PutRequest"]["Item"])
            else:
                place, item = table.key_of(write["DeleteRequest"]["Key"]), None
            plans.append((table, place, item))
        if len({(table.name, place) for table, place, _ in plans}) < len(plans):
            raise BadRequest("Provided list of item keys contains duplicates")
        if sum(item_size(item) for _, _, item in plans if item) > LARGEST_BATCH:
            raise BadRequest("the request is too large")
        unprocessed = {}
        for i, ((name, write), plan) in enumerate(zip(writes, plans)):
            if i < leave:
                unprocessed.setdefault(name, []).append(write)
            else:
                self.store(*plan)
        if parameters.get("ReturnConsumedCapacity", "NONE") == "NONE":
            return {"UnprocessedItems": unprocessed}
        units = sum(-(-item_size(item) // 1024) if item else 1 for _, _, item in plans)
        return {"UnprocessedItems": unprocessed, "ConsumedCapacity": [{"TableName": plans[0][0].name, "CapacityUnits": units}]}

    def Query(self, parameters):
        table, index = self.source(parameters)
        placeholders = expressions.Placeholders(parameters)
        hash_name, range_name = (index.hash, index.range) if index else (table.hash, table.range)
        hash_value, test = expressions.key_condition(parameters["KeyConditionExpression"], placeholders, hash_name,
                                                     range_name)
        found = [item for item in self.entries(table, index)
                 if compare("=", item[hash_name], normal(hash_value)) and test(item)]
        return self.page(table, index, found, parameters, placeholders, parameters.get("ScanIndexForward", True))

    def Scan(self, parameters):
        table, index = self.source(parameters)
        return self.page(table, index, self.entries(table, index), parameters, expressions.Placeholders(parameters), True)

    def source(self, parameters):
        table = self.table(parameters)
        name = parameters.get("IndexName")
        if name is not None and name not in table.indexes:
            raise BadRequest(f"The table does not have the specified index: {name}")
        index = table.indexes.get(name)
        if index and index.is_global and parameters.get("ConsistentRead"):
            raise BadRequest("Consistent reads are not supported on global secondary indexes")
        return table, index

    def entries(self, table, index):
        if index is None:
            return list(table.items.values())
        items = table.items.values() if index.snapshot is None else index.snapshot
        if index.shown is not None:
            self.catch_up(index)
            items = index.shown.values()
        return [entry for entry in (index.entry(item, table.keys) for item in items) if entry is not None]

    def catch_up(self, index):
        still_to_come, waiting = [], set()
        for change in index.to_come:
            ready, place, item = change
            if ready > self.calls or place in waiting:  # changes of one item keep their order
                still_to_come.append(change)
                waiting.add(place)
            elif item is None:
                index.shown.pop(place, None)
            else:
                index.shown[place] = item
        index.to_come = still_to_come

    @staticmethod
    def page(table, index, found, parameters, placeholders, forward):
        keeps = expressions.condition(parameters.get("FilterExpression"), placeholders)
        project = expressions.projection(parameters.get("ProjectionExpression"), placeholders)
        placeholders.check_all_used()
        order_names = [n for n in ((index.hash, index.range) if index else ()) if n] + table.keys
        order = lambda item: tuple(sortable(item[name]) for name in order_names)
        found = sorted(found, key=order, reverse=not forward)
        if start := parameters.get("ExclusiveStartKey"):
            if set(start) != set(order_names):
                raise BadRequest("The provided starting key is invalid")
            after = order({name: normal(value) for name, value in start.items()})
            found = [item for item in found if (order(item) > after if forward else order(item) < after)]
        looked_at, size = [], 0
        for item in found:
            if len(looked_at) == parameters.get("Limit") or size > PAGE:
                break
            looked_at.append(item)
            size += item_size(item)
        kept = [item for item in looked_at if keeps(item)]
        result = {"Count": len(kept), "ScannedCount": len(looked_at)}
        if parameters.get("Select") != "COUNT":
            result["Items"] = [project(item) for item in kept]
        if looked_at and (len(looked_at) < len(found) or len(looked_at) == parameters.get("Limit")):
            result["LastEvaluatedKey"] = {name: looked_at[-1][name] for name in order_names}
        return result
