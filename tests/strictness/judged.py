# SPDX-License-Identifier: EUPL-1.2
"""Asks the strict layers, through the program `judge`, what they say about documents."""

import json
import struct
import subprocess


class Judge:
    """One running `judge`, asked as often as there are documents."""

    def __init__(self, program, kind):
        self.kind = kind
        self.process = subprocess.Popen([program, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def says(self, document, names=()):
        """The verdict: a dict with `ok`, or with `code`, `line` and `column`."""
        if self.kind == "xml":
            self._send(json.dumps(names).encode())
        self._send(document)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"judge ended at: {document!r}")
        return line

    def _send(self, data):
        self.process.stdin.write(struct.pack(">I", len(data)) + data)

    def end(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise SystemExit("judge failed")


class Report:
    """Counts what was compared and prints what differs."""

    SHOWN = 25

    def __init__(self, subject):
        self.subject = subject
        self.counts = {}
        self.faults = 0

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def fault(self, what, document, verdict):
        self.faults += 1
        if self.faults <= self.SHOWN:
            print(f"  DIFFERS ({what}): {document[:400]!r}\n    {str(verdict)[:300]}")

    def good(self):
        counts = ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items()))
        print(f"{self.subject}: {counts}; {self.faults} differ")
        return self.faults == 0
