#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Runs libxslt (lxml) and Saxon-HE (saxonche) beside the engine on the same invoices:
compare.py AMTSHUB RATIOS INVOICE.xml…

First the outputs must be equal as JSON, numbers by value: that of invoice.xsl, of invoice3.xsl, and of `amtshub map` with
invoice.map.toml. Then each is timed turn by turn, and the least processor time of a document counts: parsing,
transforming and serialising, with stylesheets and mapping loaded once. The engine's time is taken from the program
`ratios`, which reads with the same mapping."""

import json
import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import saxonche
from lxml import etree

HERE = Path(__file__).resolve().parent
ROUNDS = 12


def as_json(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def least(work, runs):
    """Milliseconds of the thread for one run, at the best of `runs`."""
    best = None
    for _ in range(runs):
        before = time.thread_time()
        work()
        took = (time.thread_time() - before) * 1000
        best = took if best is None else min(best, took)
    return best


def engine(ratios, invoice):
    command = [ratios, "--rounds", "300", "--mapping", HERE / "invoice.map.toml", invoice]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"read to canonical JSON\s+([0-9.]+) µs", out)[1]) / 1000


def main():
    amtshub, ratios, *invoices = sys.argv[1:]
    libxslt = etree.XSLT(etree.parse(HERE / "invoice.xsl"))
    with saxonche.PySaxonProcessor(license=False) as saxon:
        stylesheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(HERE / "invoice3.xsl"))
        for invoice in invoices:
            data = Path(invoice).read_bytes()
            text = data.decode()

            def by_libxslt():
                return bytes(libxslt(etree.fromstring(data)))

            def by_saxon():
                return stylesheet.transform_to_string(xdm_node=saxon.parse_xml(xml_text=text))

            command = [amtshub, "map", "--mapping", HERE / "invoice.map.toml", invoice]
            ours = as_json(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            if not ours == as_json(by_libxslt()) == as_json(by_saxon()):
                sys.exit(f"{invoice}: the outputs differ")
            times = {"engine": [], "libxslt": [], "Saxon-HE": []}
            for _ in range(ROUNDS):
                times["engine"].append(engine(ratios, invoice))
                times["libxslt"].append(least(by_libxslt, 100))
                times["Saxon-HE"].append(least(by_saxon, 100))
            floor = min(times["engine"])
            print(f"{Path(invoice).name}: {len(data)} bytes, equal output")
            for name, found in times.items():
                print(f"  {name:<10}{min(found):9.4f} ms   × {min(found) / floor:.1f}")


main()
