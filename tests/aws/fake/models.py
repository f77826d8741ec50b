"""Reads requests by botocore's models of the services, strictly: what the model does not know is an error."""
import base64
import calendar
import json
import re
import time
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

# Members that services know and Debian's botocore does not yet.
NEWER_MEMBERS = {
    ("dynamodb", operation + "Input", "ReturnValuesOnConditionCheckFailure"): "ReturnValuesOnConditionCheckFailure"
    for operation in ("PutItem", "UpdateItem", "DeleteItem")
}
SERVICES = {"dynamodb": "dynamodb", "lambda": "lambda", "sns": "sns", "monitoring": "cloudwatch", "ssm": "ssm",
            "secretsmanager": "secretsmanager", "events": "events", "sts": "sts", "s3": "s3"}


class BadRequest(Exception):
    def __init__(self, message, code="ValidationException", status=400):
        super().__init__(message)
        self.code = code
        self.status = status


class Service:
    """One service's model. `read` turns a request into (operation name, parameters)."""

    def __init__(self, signing_name):
        name = SERVICES[signing_name]
        raw = Loader().load_service_model(name, "service-2")
        for (service, shape, member), target in NEWER_MEMBERS.items():
            if service == name:
                raw["shapes"][shape]["members"].setdefault(member, {"shape": target})
        self.model = ServiceModel(raw, name)
        self.protocol = self.model.protocol

    def read(self, method, target, headers, body):
        path, _, query = target.partition("?")
        if self.protocol == "json":
            operation, parameters = self.read_json(method, path, headers, body)
        elif self.protocol == "query":
            operation, parameters = self.read_query(method, path, headers, body)
        else:
            operation, parameters = self.read_rest(method, path, query, headers, body)
        shape = operation.input_shape
        if shape is not None:
            report = ParamValidator().validate(parameters, shape)
            if report.has_errors():
                raise BadRequest(report.generate_report())
            check_limits(parameters, shape, operation.name)
        return operation.name, parameters

    def read_json(self, method, path, headers, body):
        metadata = self.model.metadata
        kind = "application/x-amz-json-" + metadata["jsonVersion"]
        if method != "POST" or path != "/" or headers.get("content-type") != kind:
            raise BadRequest(f"it takes POST / with {kind}", "SerializationException")
        prefix, _, name = headers.get("x-amz-target", "").rpartition(".")
        if prefix != metadata["targetPrefix"] or name not in self.model.operation_names:
            raise BadRequest("there is no such target", "UnknownOperationException")
        operation = self.model.operation_model(name)
        return operation, from_json(json.loads(body), operation.input_shape, name)

    def read_query(self, method, path, headers, body):
        if method != "POST" or not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise BadRequest("it takes POST with a form", "MalformedQueryString")
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        name = form.pop("Action", "")
        if form.pop("Version", "") != self.model.api_version or name not in self.model.operation_names:
            raise BadRequest(f"there is no such action of this version: {name}", "InvalidAction")
        operation = self.model.operation_model(name)
        parameters = from_form(form, operation.input_shape, "") or {}
        if form:
            raise BadRequest(f"unknown parameters: {sorted(form)}", "MalformedQueryString")
        return operation, parameters

    def read_rest(self, method, path, query, headers, body):
        found = max(filter(None, (self.match(name, method, path, headers) for name in self.model.operation_names)),
                    key=lambda match: match[2], default=None)
        if not found:
            raise BadRequest(f"nothing is at {method} {path}", "UnknownOperationException", 404)
        operation, parameters, _ = found
        shape = operation.input_shape
        given = dict(parse_qsl(query, keep_blank_values=True))
        for name, member in (shape.members if shape else {}).items():
            place, wire = member.serialization.get("location"), member.serialization.get("name", name)
            if place == "querystring" and wire in given:
                parameters[name] = plain(given.pop(wire), member)
            elif place == "header" and wire.lower() in headers:
                parameters[name] = plain(headers[wire.lower()], member)
        if given:
            raise BadRequest(f"unknown query parameters: {sorted(given)}")
        payload = shape.serialization.get("payload") if shape else None
        if payload:
            parameters[payload] = body
        elif body:
            parameters.update(from_json(json.loads(body), shape, operation.name))
        return operation, parameters

    def match(self, name, method, path, headers):
        """(operation, parameters of the path, how specific) when the operation's URI fits."""
        operation = self.model.operation_model(name)
        uri = operation.http["requestUri"].partition("?")
        if operation.http["method"] != method or uri[2]:
            return None
        members = operation.input_shape.members if operation.input_shape else {}
        needed = [members[key].serialization for key in (operation.input_shape.required_members if members else [])]
        if any(place.get("location") == "header" and place["name"].lower() not in headers for place in needed):
            return None
        pattern = re.sub(r"\\{(\w+)(\\\+)?\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(uri[0].rstrip("/")))
        found = re.fullmatch(pattern + "/?", path)
        if not found:
            return None
        names = {member.serialization.get("name", key): key for key, member in members.items()}
        specific = len(re.sub(r"{.*?}", "", uri[0]))
        return operation, {names[k]: unquote(v) for k, v in found.groupdict().items()}, specific


def plain(text, shape):
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("double", "float"):
        return float(text)
    if shape.type_name == "boolean":
        if text not in ("true", "false"):
            raise BadRequest(f"{text} is no boolean")
        return text == "true"
    if shape.type_name == "blob":
        return base64.b64decode(text, validate=True)
    if shape.type_name == "timestamp":
        return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    return text


def from_json(value, shape, place):
    """JSON to parameters: unknown members and wrong types are errors, blobs become bytes."""
    kind = shape.type_name if shape is not None else "structure"
    if kind == "structure":
        members = shape.members if shape is not None else {}
        if not isinstance(value, dict):
            raise BadRequest(f"{place} is no object", "SerializationException")
        if unknown := set(value) - set(members):
            raise BadRequest(f"{place} has unknown members: {sorted(unknown)}", "SerializationException")
        return {name: from_json(entry, members[name], f"{place}.{name}") for name, entry in value.items()}
    if kind == "list":
        return [from_json(entry, shape.member, f"{place}[]") for entry in value]
    if kind == "map":
        return {name: from_json(entry, shape.value, f"{place}.{name}") for name, entry in value.items()}
    if kind == "blob":
        return base64.b64decode(value, validate=True)
    return value


def from_form(form, shape, prefix):
    """Takes a shape's parameters out of a form; None when there are none."""
    kind = shape.type_name
    name = prefix[:-1]
    if kind == "structure":
        values = {key: from_form(form, member, prefix + member.serialization.get("name", key) + ".")
                  for key, member in shape.members.items()
                  if any(k == prefix + member.serialization.get("name", key) or
                         k.startswith(prefix + member.serialization.get("name", key) + ".") for k in form)}
        return values or None
    if kind == "list":
        wire = "" if shape.serialization.get("flattened") else shape.member.serialization.get("name", "member") + "."
        values = []
        while (value := from_form(form, shape.member, f"{prefix}{wire}{len(values) + 1}.")) is not None:
            values.append(value)
        return values or None
    if kind == "map":
        wire = "" if shape.serialization.get("flattened") else "entry."
        key, value = (part.serialization.get("name", usual) for part, usual in
                      ((shape.key, "key"), (shape.value, "value")))
        values = {}
        while f"{prefix}{wire}{len(values) + 1}.{key}" in form:
            entry = f"{prefix}{wire}{len(values) + 1}."
            values[form.pop(entry + key)] = from_form(form, shape.value, entry + value + ".")
        return values or None
    return plain(form.pop(name), shape) if name in form else None


def check_limits(value, shape, place):
    """What botocore's own validator lets pass: enumerations, upper limits, patterns."""
    kind = shape.type_name
    if kind == "structure":
        for name, entry in value.items():
            check_limits(entry, shape.members[name], f"{place}.{name}")
    elif kind == "list":
        for entry in value:
            check_limits(entry, shape.member, f"{place}[]")
    elif kind == "map":
        for entry in value.values():
            check_limits(entry, shape.value, f"{place}{{}}")
    elif kind == "string":
        if getattr(shape, "enum", None) and value not in shape.enum:
            raise BadRequest(f"{place}: {value} is none of {shape.enum}")
    most = shape.metadata.get("max")
    if most is not None and (len(value) if hasattr(value, "__len__") else value) > most:
        raise BadRequest(f"{place} is above {most}")


def to_xml(value, shape, name):
    """A result by the model of the Query protocol."""
    kind = shape.type_name
    if kind == "structure":
        inner = "".join(to_xml(value[key], member, member.serialization.get("name", key))
                        for key, member in shape.members.items() if key in value)
    elif kind == "list":
        inner = "".join(to_xml(entry, shape.member, "member") for entry in value)
    elif kind == "boolean":
        inner = "true" if value else "false"
    else:
        inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"
