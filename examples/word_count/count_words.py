#!/usr/bin/env python3
"""Counts the words of one text. The event comes on stdin, the result goes to stdout, exit code 0 means done."""

import json
import pathlib
import sys

event = json.load(sys.stdin)
name = event["texts"][0]

if event.get("fails_at_first") and event["sosw"]["attempt"] == 1:
    sys.exit(f"pretending that {name} can't be reached just now")

path = pathlib.Path("/usr/share/common-licenses") / name
if not path.exists():
    sys.exit(f"there is no text {path}")

words = path.read_text(encoding="utf-8", errors="replace").split()
json.dump({"text": name, "day": event["date_list"][0], "words": len(words), "distinct": len(set(words))}, sys.stdout)
