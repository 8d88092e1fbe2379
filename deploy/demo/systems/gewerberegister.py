# SPDX-License-Identifier: EUPL-1.2
"""The register of the demonstration's trade office: answers for a business by its number, out of gewerberegister.csv.

It stands for a specialist system whose vendor has written a few lines for `amtshub connector exec`.
"""
import csv, json, pathlib, sys

REGISTER = pathlib.Path(__file__).with_name("gewerberegister.csv")


def say(**message):
    print(json.dumps(message, ensure_ascii=False), flush=True)


say(manifest={"name": "gewerberegister", "version": "1.0", "protocol": 1, "vendor": "Musterstadt", "max_in_flight": 4,
              "answers": ["gewerbe-nach-nummer"], "config_schema": {"type": "object", "additionalProperties": False, "properties": {}}})
for line in sys.stdin:
    (verb, given), = json.loads(line).items()
    if verb == "ask":
        with open(REGISTER, encoding="utf-8", newline="") as register:
            rows = csv.DictReader(register, delimiter=";")
            found = next((row for row in rows if row["nummer"] == given["question"].get("nummer")), None)
        say(answer={"number": given["number"], "found": found is not None, "type": "trade.register.1",
                    "media_type": "application/json", "text": json.dumps(found, ensure_ascii=False)})
