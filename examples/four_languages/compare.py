"""Prints what each labourer made of each text, from `sosw tasks --json` on standard input; fails when they disagree."""

import json
import sys

tasks = sorted(json.load(sys.stdin), key=lambda task: (task["payload"]["texts"], task["labourer_id"]))
answers = {}
print(f"{'text':10}{'labourer':12}{'words':>5}{'vowels':>8}")
for task in tasks:
    result = task["result"] or {}
    answers.setdefault(task["payload"]["texts"][0], []).append(result)
    print(f"{task['payload']['texts'][0]:10}{task['labourer_id']:12}{result.get('words', '-'):>5}{result.get('vowels', '-'):>8}")
different = [text for text, results in answers.items() if any(result != results[0] for result in results)]
sys.exit(f"They disagree on {', '.join(different)}." if different else 0)
