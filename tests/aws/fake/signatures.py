"""Checks AWS Signature Version 4 as a service does: from the bytes that arrived, without any signing library."""
import calendar
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote

TOLERANCE = 300  # seconds


class BadSignature(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def chain(secret, *parts):
    key = ("AWS4" + secret).encode()
    for part in parts:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def canonical_path(raw_path, service):
    if service == "s3":
        return raw_path or "/"
    kept = []
    for segment in raw_path.split("/"):
        if segment == "..":
            kept = kept[:-1]
        elif segment not in ("", "."):
            kept.append(segment)
    path = "/" + "/".join(kept) + ("/" if kept and raw_path.endswith("/") else "")
    return quote(path, safe="/~")


def canonical_query(raw_query):
    pairs = []
    for pair in filter(None, raw_query.split("&")):
        name, _, value = pair.partition("=")
        pairs.append((quote(unquote(name), safe="~"), quote(unquote(value), safe="~")))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


class Verifier:
    """`keys` maps an access key id to {"secret": ..., "token": ... or None, "expired": bool}."""

    def __init__(self, keys, now=time.time):
        self.keys = keys
        self.now = now

    def service_of(self, method, target, headers, body):
        """The service and region that a request is signed for; raises BadSignature."""
        match = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, "
            r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})", headers.get("authorization", ""))
        if not match:
            raise BadSignature("MissingAuthenticationTokenException", "there is no Authorization as it should be")
        key_id, date, region, service, names, signature = match.groups()
        key = self.keys.get(key_id)
        if key is None or (key.get("token") or "") != headers.get("x-amz-security-token", ""):
            raise BadSignature("UnrecognizedClientException", "The security token included in the request is invalid.")
        if key.get("expired"):
            raise BadSignature("ExpiredTokenException", "The security token included in the request is expired")
        self.check_time(headers.get("x-amz-date", ""), date)
        self.check_names(names.split(";"), headers)
        raw_path, _, raw_query = target.partition("?")
        body_hash = sha256(body)
        if service == "s3":
            if headers.get("x-amz-content-sha256") not in (body_hash, "UNSIGNED-PAYLOAD"):
                raise BadSignature("XAmzContentSHA256Mismatch", "the body has another hash")
            body_hash = headers["x-amz-content-sha256"]
        lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in names.split(";"))
        canonical = "\n".join([method, canonical_path(raw_path, service), canonical_query(raw_query), lines, names,
                               body_hash])
        to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], f"{date}/{region}/{service}/aws4_request",
                             sha256(canonical.encode())])
        expected = hmac.new(chain(key["secret"], date, region, service, "aws4_request"), to_sign.encode(),
                            hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signature):
            raise BadSignature("InvalidSignatureException", "The request signature we calculated does not match the "
                               "signature you provided.\n\nThe Canonical String was:\n" + canonical)
        return service, region

    def check_time(self, instant, date):
        if not re.fullmatch(r"\d{8}T\d{6}Z", instant) or not instant.startswith(date):
            raise BadSignature("IncompleteSignatureException", "X-Amz-Date is missing or of another day")
        if abs(calendar.timegm(time.strptime(instant, "%Y%m%dT%H%M%SZ")) - self.now()) > TOLERANCE:
            raise BadSignature("InvalidSignatureException", "Signature expired: the clocks differ")

    @staticmethod
    def check_names(names, headers):
        if names != sorted(names):
            raise BadSignature("IncompleteSignatureException", "SignedHeaders are not sorted")
        needed = {"host"} | {name for name in headers if name.startswith("x-amz-")}
        needed |= {"content-type"} & set(headers)
        missing = needed - set(names)
        unknown = set(names) - set(headers)
        if missing or unknown:
            raise BadSignature("IncompleteSignatureException", f"not signed: {missing}, not there: {unknown}")
