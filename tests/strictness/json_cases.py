# SPDX-License-Identifier: EUPL-1.2
"""Holds the strict JSON layer against JSONTestSuite and against Python's own reader on mutants of its documents.

The rule: what RFC 8259 forbids, and keys that come twice or halves of surrogate pairs, which it leaves open, is refused
with line and column. Everything else is read with the same keys, texts and, digit by digit, numbers, unless a limit holds
that is checked here by itself.
"""

import json
import pathlib
import re
import sys

from judged import Judge, Report
from mutants import Mutants

SEEDS = [
    b"{}", b"[]", b"null", b"true", b"-0", b"-0.0e+00", b'""', b'{"a":[1,{"b":null}],"c":"\\u00e4\\ud83d\\ude00"}',
    b'[1.50,1e5,1E-5,123456789012345678901234567890.10]', '{"ä":"ß 😀\u2028"}'.encode(), b'\xef\xbb\xbf{"a":1}',
    b'{"a":{"a":{"a":[[[[]]]]}}}', b' \t\r\n[ 1 , 2 ]\n', b'["\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000"]', b'[true,false,null,"",0]',
    b'{"":0,"a":1,"A":2}',
]
TOKENS = [token.encode() for token in (
    "{", "}", "[", "]", ",", ":", '"', "'", "\\", "\\u", "\\u0061", "\\ud83d", "\\ude00", "\\ud83d\\ude00", "\\u0000", "\\x", "\\n", "0", "1", "-",
    "+", ".", "e", "E", "e5", "E+", ".5", "01", "1.", "1e999", "NaN", "Infinity", "-Infinity", "true", "false", "null", "nul", '"a"', '"a":1,', '{"a":1,"a":2}',
    "[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]", " ", "\t", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1f", "\x7f", "\u00a0", "\ufeff", "\u2028", "\ufffe", "ä", "😀",
    "//", "/* */", "#", "9" * 60, "0.1234567890123456789",
)] + [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf8\x88\x80\x80\x80"]

# What RFC 8259 leaves to the reader (`i_…` of the suite), decided: digits of any number are kept, so no number overflows;
# half a surrogate pair is no character; a byte order mark is skipped; nesting beyond 64 is refused; UTF-16 is refused.
# `y_object_duplicated_key` is the one that is refused though the suite would have it read.
DECIDED = {
    "y_object_duplicated_key": "refused",
    "i_number": "accepted", "i_object_key_lone": "refused", "i_string_1st": "refused", "i_string_UTF-16": "refused",
    "i_string_incomplete": "refused", "i_string_invalid_lonely": "refused", "i_string_invalid_surrogate": "refused",
    "i_string_inverted": "refused", "i_string_lone_second": "refused", "i_string_utf16": "refused",
    "i_structure_500_nested": "refused", "i_structure_UTF-8_BOM": "accepted",
}


class Twice(Exception):
    """A key comes twice in an object."""


class Digits(str):
    """A number as its digits."""


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise Twice
    return dict(pairs)


def refuse(_):
    raise ValueError


def loads(text):
    return json.loads(text, object_pairs_hook=unique, parse_int=Digits, parse_float=Digits, parse_constant=refuse)


def by_python(document):
    """`(value,)` as Python reads it, or `None` where the document must be refused."""
    try:
        text = document.decode("utf-8")
        if text.startswith("\ufeff"):
            text = text[1:]
        if re.search("^[^\\[{\"0-9tfn \t\r\n-]", text):
            return None
        value = loads(text)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        return (value,)
    except (ValueError, Twice, RecursionError):
        return None


def typed(value):
    """The value so that numbers and texts are not the same."""
    if isinstance(value, Digits):
        return ("number", str(value))
    if isinstance(value, dict):
        return [(key, typed(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return ["list"] + [typed(inner) for inner in value]
    return value


def depth(value):
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


def compare(judge, report, document, expected=None):
    line = judge.says(document)
    verdict = json.loads(line)
    refuses = "code" in verdict
    if refuses and not (verdict["line"] and verdict["column"]):
        report.fault("no place", document, verdict)
    if expected and refuses != (expected == "refused"):
        return report.fault(f"must be {expected}", document, verdict)
    read = by_python(document)
    if read is None:
        report.count("refused")
        return None if refuses else report.fault("refused by Python", document, verdict)
    if refuses:
        if verdict["code"] == "AH-J103" and depth(read[0]) > 64:
            return report.count("refused beyond a limit")
        return report.fault("accepted by Python", document, verdict)
    report.count("accepted")
    ours = loads(line.decode("utf-8"))["ok"]
    if typed(ours) != typed(read[0]):
        return report.fault("another content", document, verdict)
    return None


def suite(folder):
    """The documents of JSONTestSuite with what must become of them. Bytes that are not UTF-8 are U+FFFD in this package;
    those cases stand in `hub/mapping/src/json/corpus.rs`."""
    text = (folder / "data" / "parsing.js").read_text(encoding="utf-8")
    for case in json.loads(text[text.index("["):].rstrip().rstrip(";")):
        name = case["name"]
        decided = next((verdict for start, verdict in DECIDED.items() if name.startswith(start)), None)
        expected = decided or {"y": "accepted", "n": "refused"}.get(name[0])
        yield case["input"].encode("utf-8", "surrogatepass"), expected


def run(judge_program, corpora, mutants, seed):
    """Compares everything; `True` when nothing differs."""
    sys.setrecursionlimit(20_000)
    judge = Judge(judge_program, "json")
    report = Report("JSONTestSuite")
    documents = list(suite(pathlib.Path(corpora) / "json-test-suite"))
    for document, expected in documents:
        compare(judge, report, document, expected)
    good = report.good()
    report = Report(f"mutants (seed {seed})")
    source = Mutants([document for document, _ in documents] + SEEDS * 20, TOKENS, seed)
    for _ in range(mutants):
        compare(judge, report, source.next())
    good &= report.good()
    judge.end()
    return good


if __name__ == "__main__":
    sys.exit(0 if run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])) else 1)
