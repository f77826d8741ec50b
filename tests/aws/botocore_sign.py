"""Signs requests with botocore: a list of requests on standard input, their headers on standard output."""
import datetime
import json
import sys
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class FrozenTime(datetime.datetime):
    instant = None

    @classmethod
    def utcnow(cls):
        return cls.instant


def headers_after_signing(case):
    FrozenTime.instant = datetime.datetime.utcfromtimestamp(case["time"])
    request = AWSRequest(method=case["method"], url=case["url"], data=case["body"].encode())
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    credentials = Credentials(case["key"], case["secret"], case["token"] or None)
    kind = botocore.auth.S3SigV4Auth if case["service"] == "s3" else botocore.auth.SigV4Auth
    signer = kind(credentials, case["service"], case["region"])
    if kind is botocore.auth.S3SigV4Auth:
        signer._should_sha256_sign_payload = lambda request: True
    signer.add_auth(request)
    return {name.lower(): request.headers[name] for name in request.headers}


with mock.patch.object(datetime, "datetime", FrozenTime):
    json.dump([headers_after_signing(case) for case in json.load(sys.stdin)], sys.stdout)
