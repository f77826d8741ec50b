"""DynamoDB's expressions: conditions, key conditions, projections. Updates are in dynamo_updates.py."""
import re

from dynamo_values import compare, content_of, kind_of, size_of, sortable
from models import BadRequest

TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),.\[\]+-]|[:#][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+)")
# The reserved words that people meet; there are 573.
RESERVED = set("""ACTION ATTRIBUTE COMMENT COUNT COUNTER DATA DATE END GROUP HASH INDEX ITEMS KEY KEYS LEVEL LIMIT LOCK
MODE NAME OWNER PATH PLAN POSITION RANGE REGION RESULT ROLE ROW ROWS RULE SESSION SIZE SOURCE START STATE STATUS STORAGE
SYSTEM TABLE TIME TIMESTAMP TOKEN TOTAL TRIGGER TTL TYPE USER UUID VALUE VALUES VIEW WORK YEAR ZONE""".split())
ORDERED = ("S", "N", "B")
FUNCTIONS = {"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2}


class Placeholders:
    """ExpressionAttributeNames and -Values of one request; each must be used by one of its expressions."""

    def __init__(self, parameters):
        self.names = parameters.get("ExpressionAttributeNames") or {}
        self.values = parameters.get("ExpressionAttributeValues") or {}
        self.used = set()

    def name(self, token):
        if token not in self.names:
            raise BadRequest(f"An expression attribute name used in the document path is not defined; {token}")
        self.used.add(token)
        return self.names[token]

    def value(self, token):
        if token not in self.values:
            raise BadRequest(f"An expression attribute value used in expression is not defined; {token}")
        self.used.add(token)
        return self.values[token]

    def check_all_used(self):
        unused = (set(self.names) | set(self.values)) - self.used
        if unused:
            raise BadRequest(f"Value unused in expressions: keys: {sorted(unused)}")


class Parser:
    def __init__(self, text, placeholders):
        if len(text.encode()) > 4096:
            raise BadRequest("Expression size has exceeded the maximum allowed size")
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise BadRequest(f"Invalid expression: Syntax error; near: {text[at:at + 20]}")
            self.tokens.append(match[1])
            at = match.end()
        self.at = 0
        self.placeholders = placeholders

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        if not token or (expected and token.upper() != expected):
            raise BadRequest(f"Invalid expression: Syntax error; token: {token or '<EOF>'}, expected {expected}")
        self.at += 1
        return token

    def takes(self, word):
        if self.peek().upper() == word:
            self.at += 1
            return True
        return False

    def end(self):
        if self.peek():
            raise BadRequest(f"Invalid expression: Syntax error; token: {self.peek()}")

    def attribute(self):
        token = self.take()
        if token[0] == "#":
            return self.placeholders.name(token)
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise BadRequest(f"Invalid expression: Syntax error; token: {token}")
        if token.upper() in RESERVED:
            raise BadRequest(f"Invalid expression: Attribute name is a reserved keyword; reserved keyword: {token}")
        return token

    def path(self):
        path = [self.attribute()]
        while self.peek() in (".", "["):
            if self.take() == ".":
                path.append(self.attribute())
            else:
                path.append(int(self.take()))
                self.take("]")
        return tuple(path)

    # Conditions become functions of an item.

    def condition(self):
        left = self.conjunction()
        while self.takes("OR"):
            left = (lambda a, b: lambda item: a(item) or b(item))(left, self.conjunction())
        return left

    def conjunction(self):
        left = self.negation()
        while self.takes("AND"):
            left = (lambda a, b: lambda item: a(item) and b(item))(left, self.negation())
        return left

    def negation(self):
        if self.takes("NOT"):
            inner = self.negation()
            return lambda item: not inner(item)
        if self.peek() == "(":
            self.take()
            inner = self.condition()
            self.take(")")
            return inner
        if self.peek() in FUNCTIONS and self.peek(1) == "(":
            return self.function()
        return self.comparison()

    def function(self):
        name = self.take()
        self.take("(")
        path = self.path()
        argument = None
        if FUNCTIONS[name] == 2:
            self.take(",")
            argument = self.operand()
        self.take(")")
        if name == "attribute_exists":
            return lambda item: lookup(item, path) is not None
        if name == "attribute_not_exists":
            return lambda item: lookup(item, path) is None
        check_literal(argument, {"begins_with": ("S", "B"), "attribute_type": ("S",)}.get(name), name)
        test = {"attribute_type": lambda value, other: kind_of(value) == other.get("S"),
                "begins_with": begins_with, "contains": contains}[name]

        def evaluate(item):
            value, other = lookup(item, path), argument(item)
            return value is not None and other is not None and test(value, other)
        return evaluate

    def operand(self):
        if self.peek().startswith(":"):
            value = self.placeholders.value(self.take())
            literal = lambda item: value
            literal.value = value
            return literal
        if self.peek() == "size" and self.peek(1) == "(":
            self.take(), self.take()
            path = self.path()
            self.take(")")
            return lambda item: size_operand(lookup(item, path))
        path = self.path()
        return lambda item: lookup(item, path)

    def comparison(self):
        left = self.operand()
        token = self.take().upper()
        if token in ("=", "<>", "<", "<=", ">", ">="):
            right = self.operand()
            if token not in ("=", "<>"):
                check_literal(left, ORDERED, token), check_literal(right, ORDERED, token)
            return lambda item: compare(token, left(item), right(item))
        if token == "BETWEEN":
            low = self.operand()
            self.take("AND")
            high = self.operand()
            for bound in (left, low, high):
                check_literal(bound, ORDERED, token)
            if hasattr(low, "value") and hasattr(high, "value") and (
                    kind_of(low.value) != kind_of(high.value) or compare(">", low.value, high.value)):
                raise BadRequest("The BETWEEN operator requires same data type for lower and upper bounds, and an upper "
                                 "bound that is not below the lower")
            return lambda item: compare(">=", left(item), low(item)) and compare("<=", left(item), high(item))
        if token == "IN":
            self.take("(")
            choices = [self.operand()]
            while self.takes(","):
                choices.append(self.operand())
            self.take(")")
            if len(choices) > 100:
                raise BadRequest("Invalid expression: The IN operator takes at most 100 operands")
            return lambda item: any(compare("=", left(item), choice(item)) for choice in choices)
        raise BadRequest(f"Invalid expression: Syntax error; token: {token}")


def condition(text, placeholders):
    """A function that says whether an item ({} for a missing one) satisfies the condition."""
    if not text:
        return lambda item: True
    parser = Parser(text, placeholders)
    result = parser.condition()
    parser.end()
    return result


def projection(text, placeholders):
    """A function from an item to its projected part."""
    if not text:
        return lambda item: item
    parser = Parser(text, placeholders)
    paths = [parser.path()]
    while parser.takes(","):
        paths.append(parser.path())
    parser.end()
    if any(len(path) > 1 for path in paths):
        raise BadRequest("this service projects top-level attributes only")
    return lambda item: {path[0]: item[path[0]] for path in paths if path[0] in item}


def unwrapped(text):
    """Without parentheses around the whole."""
    depth = 0
    for end, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            break
    return text[1:-1] if text.startswith("(") and end == len(text) - 1 else text


def key_condition(text, placeholders, hash_name, range_name):
    """(value of the hash key, function of an item for the range key)."""
    parser = Parser(unwrapped(text), placeholders)
    hash_value, range_test = None, lambda item: True
    while True:
        grouped = parser.takes("(")
        start = parser.at
        begins = parser.peek() == "begins_with"
        if begins:
            parser.at += 2
        name = parser.attribute()
        operator = parser.peek()
        parser.at = start
        if name == hash_name and operator == "=" and hash_value is None and not begins:
            parser.at += 2
            hash_value = parser.placeholders.value(parser.take())
        elif name == range_name and operator != "<>" and parser.peek(1).upper() != "IN":
            range_test = parser.function() if begins else parser.comparison()
        else:
            raise BadRequest(f"Query key condition not supported: {text}")
        if grouped:
            parser.take(")")
        if not parser.takes("AND"):
            break
    parser.end()
    if hash_value is None:
        raise BadRequest(f"Query condition missed key schema element: {hash_name}")
    return hash_value, range_test


def lookup(item, path):
    value = {"M": item}
    for step in path:
        kind, content = kind_of(value), content_of(value)
        if isinstance(step, int):
            value = content[step] if kind == "L" and step < len(content) else None
        else:
            value = content.get(step) if kind == "M" else None
        if value is None:
            return None
    return value


def check_literal(operand, kinds, name):
    """A placeholder's type is checked even where its value is never looked at."""
    if kinds and hasattr(operand, "value") and kind_of(operand.value) not in kinds:
        raise BadRequest("Incorrect operand type for operator or function; operator or function: "
                         f"{name}, operand type: {kind_of(operand.value)}")


def begins_with(value, prefix):
    return kind_of(value) == kind_of(prefix) and kind_of(value) in ("S", "B") and \
        sortable(value).startswith(sortable(prefix))


def contains(value, member):
    kind, content = kind_of(value), content_of(value)
    if kind == "L":
        return member in content
    if kind in ("SS", "NS", "BS"):
        return kind_of(member) == kind[0] and content_of(member) in content
    return kind in ("S", "B") and kind_of(member) == kind and sortable(member) in sortable(value)


def size_operand(value):
    if value is None or kind_of(value) in ("N", "BOOL", "NULL"):
        return None
    return {"N": str(size_of(value) if kind_of(value) in ("S", "B") else len(content_of(value)))}
