"""Matches Sigma rules as Zircolite does: pySigma turns each into SQL, which SQLite runs over a table of events.

stdin: {"rules": [paths], "events": path of JSON lines, as `rulewright events` writes them}
stdout: {"convert", "load", "match": seconds of processor time, "refused": [paths],
         "hits": {path: [[file, record], ...]}}
Process creation, registry and the like are asked of Sysmon's and of the Security log's events.
"""

import json
import re
import sqlite3
import sys
import time

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.pipelines.sysmon import sysmon_pipeline
from sigma.pipelines.windows import windows_audit_pipeline, windows_logsource_pipeline


def convert(paths):
    """SQL conditions by rule; and the rules that have none."""
    sysmon = sqliteBackend(sysmon_pipeline() + windows_logsource_pipeline())
    audit = sqliteBackend(windows_audit_pipeline() + windows_logsource_pipeline())
    queries, refused = {}, []
    for path in paths:
        try:
            found = sysmon.convert(SigmaCollection.load_ruleset([path]))
            # Without a channel in it the pipeline did not know the rule's category.
            found += [q for q in audit.convert(SigmaCollection.load_ruleset([path])) if "Channel=" in q]
            queries[path] = [q.split(" WHERE ", 1)[1] for q in dict.fromkeys(found)]
        except Exception:
            refused.append(path)
    return queries, refused


def columns_of(queries):
    """Every column that a query asks for, found by asking SQLite what is missing."""
    db = connect()
    db.execute("CREATE TABLE logs (number INTEGER PRIMARY KEY)")
    columns = {}
    for conditions in queries.values():
        for condition in conditions:
            while True:
                try:
                    db.execute("EXPLAIN SELECT number FROM logs WHERE " + condition)
                    break
                except sqlite3.OperationalError as error:
                    missing = re.match(r'no such column: "?(.*?)"?(?: - should.*)?$', str(error))
                    if not missing or missing.group(1).lower() in columns:
                        raise
                    name = missing.group(1)
                    columns[name.lower()] = name
                    db.execute(f'ALTER TABLE logs ADD COLUMN "{name}"')
    return columns


def connect():
    compiled = {}

    def regexp(pattern, value):
        if value is None:
            return None
        expression = compiled.get(pattern) or compiled.setdefault(pattern, re.compile(pattern))
        return expression.search(value) is not None

    db = sqlite3.connect(":memory:")
    db.create_function("REGEXP", 2, regexp, deterministic=True)
    return db


def load(path, columns):
    """The events as one table, and where each comes from."""
    db = connect()
    fields = ",".join(f'"{name}" TEXT COLLATE NOCASE' for name in columns.values())
    db.execute(f"CREATE TABLE logs (number INTEGER PRIMARY KEY, {fields})")
    insert = f"INSERT INTO logs VALUES ({','.join('?' * (len(columns) + 1))})"
    places = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            values = {name.lower(): value for name, value in event["data"].items()}
            values["channel"], values["eventid"] = event["channel"], event["eventId"]
            values["provider_name"], values["computer"] = event["provider"], event["computer"]
            row = [text(values.get(name)) for name in columns]
            db.execute(insert, [len(places), *row])
            places.append([event["file"], event["recordId"]])
    return db, places


def text(value):
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return None if value is None else str(value)


def main():
    asked = json.load(sys.stdin)
    times = [time.process_time()]
    queries, refused = convert(asked["rules"])
    columns = columns_of(queries)
    times.append(time.process_time())
    db, places = load(asked["events"], columns)
    times.append(time.process_time())
    hits = {}
    for path, conditions in queries.items():
        numbers = {n for one in conditions for (n,) in db.execute("SELECT number FROM logs WHERE " + one)}
        if numbers:
            hits[path] = [places[number] for number in sorted(numbers)]
    times.append(time.process_time())
    seconds = [after - before for before, after in zip(times, times[1:])]
    answer = dict(zip(("convert", "load", "match"), seconds)) | {"refused": refused, "hits": hits}
    json.dump(answer, sys.stdout)


main()
