# SPDX-License-Identifier: EUPL-1.2
"""A trade office over the bridge (`amtshub connector exec -- python3 bridge.py`): deliveries, records, answers; Python alone."""
import base64, csv, json, sqlite3, sys, threading, time
from pathlib import Path
SENT = {}
def say(**message):  # one object a line
    sys.stdout.write(json.dumps(message) + "\n"), sys.stdout.flush()
def take(system):  # a record stays in in/ until `confirmed` comes; until then it may be sent again under the same id
    while not time.sleep(0.5):
        for file in sorted((system / "in").glob("[!.]*")):
            id = f"{file.name} {file.stat().st_mtime_ns}"
            if SENT.get(id, 0) < time.time() - 30:
                SENT[id] = time.time()
                say(emit={"id": id, "type": "probe.record.1", "media_type": "text/plain", "name": file.name,
                          **({"path": str(file)} if file.stat().st_size > 256 * 1024 else {"base64": base64.b64encode(file.read_bytes()).decode()})})
def deliver(system, delivery, **given):  # bytes that are no text come as base64, large contents as a file
    native = (open(given["path"], "rb").readline() if "path" in given else
              base64.b64decode(given["base64"]) if "base64" in given else given["text"].encode())
    first = native.split(b"\n")[0].decode(errors="replace")
    if (system / "down").exists():
        return {"outcome": "unavailable"}
    if first.startswith("REFUSED"):
        return {"outcome": "rejected", "class": "business", "code": "E1", "text": "the system refuses"}
    with sqlite3.connect(system / "system.db") as database:
        database.execute("create table if not exists row (delivery text primary key, content text)")
        database.execute("insert or ignore into row values (?, ?)", (delivery, first))
    return {"outcome": "done"}
say(manifest={"name": "bridge-example", "version": "1.0", "protocol": 1, "vendor": "Amtshub", "max_in_flight": 4,
              "target_class": "idempotent", "answers": ["business-by-number"]})
for line in sys.stdin:
    (verb, given), = json.loads(line).items()
    if verb == "configure":
        system = Path(given["settings"].get("system", "."))
        threading.Thread(target=take, args=(system,), daemon=True).start()
    elif verb == "confirmed":
        (system / "in" / given["id"].rsplit(" ", 1)[0]).unlink(missing_ok=True)
    elif verb == "deliver":
        say(result={"delivery": given["delivery"], **deliver(system, **given)})
    elif verb == "ask":
        rows = csv.DictReader(open(system / "register.csv"), delimiter=";")
        found = next((row for row in rows if row["nummer"] == given["question"].get("number")), None)
        say(answer={"number": given["number"], "found": bool(found), "type": "trade.register.1", "text": json.dumps(found)})
