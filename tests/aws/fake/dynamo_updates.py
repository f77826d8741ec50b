"""DynamoDB's update expressions."""
import copy
from decimal import Decimal

from dynamo_expressions import Parser, check_literal, lookup
from dynamo_values import content_of, kind_of, number_text
from models import BadRequest


def update(text, placeholders, key_names, check_key_value=lambda name, value: None):
    """A function from an item to (item after the update, paths that it touched)."""
    parser = Parser(text, placeholders)
    steps, seen = [], set()
    while parser.peek():
        word = parser.take().upper()
        if word in seen or word not in ("SET", "REMOVE", "ADD", "DELETE"):
            raise BadRequest(f"Invalid UpdateExpression: Syntax error; token: {word}")
        seen.add(word)
        while True:
            steps.append(update_step(parser, word))
            if not parser.takes(","):
                break
    paths = [path for path, _ in steps]
    for i, path in enumerate(paths):
        if path[0] in key_names:
            raise BadRequest(f"Cannot update attribute {path[0]}. This attribute is part of the key")
        if len(path) == 1 and hasattr(steps[i][1], "value"):
            check_key_value(path[0], steps[i][1].value)
        if any(path[:len(other)] == other or other[:len(path)] == path for other in paths[i + 1:]):
            raise BadRequest("Invalid UpdateExpression: Two document paths overlap with each other")

    def apply(before):
        after = copy.deepcopy(before)
        for path, value_of in steps:
            store(after, path, value_of(before))
        return after, paths
    return apply


def update_step(parser, word):
    """(path, function from the item before to the new value; None removes)."""
    path = parser.path()
    if word == "REMOVE":
        return path, lambda item: None
    if word == "SET":
        parser.take("=")
        return path, set_value(parser)
    if not parser.peek().startswith(":"):
        raise BadRequest("Invalid UpdateExpression: ADD and DELETE take a value")
    operand = parser.operand()
    check_literal(operand, ("SS", "NS", "BS") + (("N",) if word == "ADD" else ()), word)
    value = operand.value
    return path, lambda item: (add if word == "ADD" else take_out)(lookup(item, path), value)


def set_value(parser):
    left = set_operand(parser)
    if parser.peek() not in ("+", "-"):
        result = lambda item: required(left(item))
        if hasattr(left, "value"):
            result.value = left.value
        return result
    sign = 1 if parser.take() == "+" else -1
    right = set_operand(parser)
    check_literal(left, ("N",), "+"), check_literal(right, ("N",), "+")

    def evaluate(item):
        a, b = required(left(item)), required(right(item))
        if kind_of(a) != "N" or kind_of(b) != "N":
            raise BadRequest("An operand in the update expression has an incorrect data type")
        return {"N": number_text(Decimal(a["N"]) + sign * Decimal(b["N"]))}
    return evaluate


def set_operand(parser):
    name = parser.peek()
    if name not in ("if_not_exists", "list_append") or parser.peek(1) != "(":
        return parser.operand()
    parser.take(), parser.take()
    first = parser.path() if name == "if_not_exists" else set_operand(parser)
    parser.take(",")
    second = set_operand(parser)
    parser.take(")")
    if name == "if_not_exists":
        return lambda item: lookup(item, first) or second(item)
    check_literal(first, ("L",), name), check_literal(second, ("L",), name)
    return lambda item: {"L": elements(first(item)) + elements(second(item))}


def elements(value):
    if kind_of(required(value)) != "L":
        raise BadRequest("An operand in the update expression has an incorrect data type")
    return value["L"]


def required(value):
    if value is None:
        raise BadRequest("The provided expression refers to an attribute that does not exist in the item")
    return value


def add(old, value):
    kind = kind_of(value)
    if kind == "N" and (old is None or kind_of(old) == "N"):
        return {"N": number_text(Decimal(old["N"] if old else 0) + Decimal(value["N"]))}
    if kind in ("SS", "NS", "BS") and (old is None or kind_of(old) == kind):
        return {kind: sorted(set(old[kind] if old else []) | set(value[kind]))}
    raise BadRequest("An operand in the update expression has an incorrect data type")


def take_out(old, value):
    kind = kind_of(value)
    if kind not in ("SS", "NS", "BS") or (old is not None and kind_of(old) != kind):
        raise BadRequest("An operand in the update expression has an incorrect data type")
    left = sorted(set(old[kind] if old else []) - set(value[kind]))
    return {kind: left} if left else None


def store(item, path, value):
    holder = item
    for step in path[:-1]:
        inner = holder[step] if isinstance(step, int) else holder.get(step)
        if inner is None or kind_of(inner) not in ("M", "L"):
            raise BadRequest("The document path provided in the update expression is invalid for update")
        holder = content_of(inner)
    last = path[-1]
    if value is None:
        if isinstance(last, int):
            del holder[last:last + 1]
        else:
            holder.pop(last, None)
    elif isinstance(last, int) and last >= len(holder):
        holder.append(value)
    else:
        holder[last] = value
