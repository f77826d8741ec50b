"""DynamoDB's values: what is valid, how large they are, how they compare. A value is its wire form, {"S": "x"}."""
import base64
import re
from decimal import Context, Decimal, Inexact, Rounded

from models import BadRequest

EXACT = Context(prec=38, Emin=-130, Emax=125, traps=[Inexact, Rounded])
TYPES = {"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"}


def kind_of(value):
    return next(iter(value))


def content_of(value):
    return next(iter(value.values()))


def number(text):
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        raise BadRequest("The parameter cannot be converted to a numeric value: " + text)
    try:
        parsed = EXACT.create_decimal(text)
    except (Inexact, Rounded):
        raise BadRequest("Attempting to store more than 38 significant digits in a Number")
    if parsed and not Decimal("1E-130") <= abs(parsed) < Decimal("1E126"):
        raise BadRequest("Number overflow or underflow. Attempting to store a number out of range")
    return parsed


def number_text(decimal):
    """As the service gives it back: no exponent, no zeros that mean nothing."""
    text = format(decimal, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def normal(value, depth=0):
    """The value as it is stored; raises BadRequest for one that can't be."""
    if not isinstance(value, dict) or len(value) != 1 or kind_of(value) not in TYPES:
        raise BadRequest("Supplied AttributeValue must contain exactly one of the supported datatypes")
    if depth > 32:
        raise BadRequest("Nesting Levels have exceeded supported limits")
    kind, content = kind_of(value), content_of(value)
    if kind == "N":
        return {"N": number_text(number(content))}
    if kind == "M":
        return {"M": {name: normal(entry, depth + 1) for name, entry in content.items()}}
    if kind == "L":
        return {"L": [normal(entry, depth + 1) for entry in content]}
    if kind == "NULL" and content is not True:
        raise BadRequest("Null attribute value types must have the value of true")
    if kind in ("SS", "NS", "BS"):
        members = [number_text(number(member)) for member in content] if kind == "NS" else content
        if not members:
            raise BadRequest("An number set  may not be empty" if kind == "NS" else "A set may not be empty")
        if len(set(members)) != len(members):
            raise BadRequest("Input collection contains duplicates.")
        return {kind: sorted(members)}
    return value


def size_of(value):
    kind, content = kind_of(value), content_of(value)
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(base64.b64decode(content))
    if kind == "N":
        return len(re.sub(r"[-.]|^0+|0+$", "", content)) // 2 + 2
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + size_of(entry) for name, entry in content.items())
    if kind == "L":
        return 3 + sum(1 + size_of(entry) for entry in content)
    return sum(size_of({kind[0]: member}) for member in content)


def item_size(item):
    return sum(len(name.encode()) + size_of(value) for name, value in item.items())


def sortable(value):
    """Something that Python orders as DynamoDB orders values of the type."""
    kind, content = kind_of(value), content_of(value)
    if kind == "N":
        return Decimal(content)
    return base64.b64decode(content) if kind == "B" else content.encode()


def compare(operator, left, right):
    """left and right are values or None for a missing attribute."""
    if operator in ("=", "<>"):
        equal = left is not None and right is not None and left == right
        return equal if operator == "=" else not equal
    if left is None or right is None or kind_of(left) != kind_of(right) or kind_of(left) not in ("S", "N", "B"):
        return False
    a, b = sortable(left), sortable(right)
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
