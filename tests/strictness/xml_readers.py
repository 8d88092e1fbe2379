# SPDX-License-Identifier: EUPL-1.2
"""What other XML readers say: expat, which comes with Python, and libxml2 where lxml is installed."""

import re
from xml.parsers import expat

try:
    from lxml import etree
except ImportError:
    etree = None

XML = "http://www.w3.org/XML/1998/namespace"
SEPARATOR = "\x1f"
SPACE = " \t\r\n"
NO_URI, RELATIVE_URI = 99, 100

# Letters and further characters of names beyond ASCII (XML 1.0, fifth edition, section 2.3).
START = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
FURTHER = "\u00b7\u0300-\u036f\u203f-\u2040"
NAME_START, NAME = re.compile(f"[{START}]"), re.compile(f"[{START}{FURTHER}]")
PLAIN_NAME = re.compile(f"[A-Z_a-z{START}][A-Z_a-z{START}\\-.0-9{FURTHER}]*")


class Read:
    """What a reader found: the root element as `(name, attributes, text, children)` and facts about the document."""

    def __init__(self):
        self.root = None
        self.doctype = False
        self.depth = 0
        self.names = []
        self.known = {}
        self.instructions = []

    def number(self, name):
        """The number of an expanded name, from 1."""
        if name not in self.known:
            self.names.append(name)
            self.known[name] = len(self.names)
        return self.known[name]


def by_expat(document):
    """What expat reads, or `None` where it refuses."""
    read = Read()
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.namespace_prefixes = True
    parser.ordered_attributes = True
    parser.buffer_text = True
    open_elements = []

    def expanded(name):
        parts = name.split(SEPARATOR)
        if len(parts) == 1:
            return ("", parts[0]), parts[0]
        return (parts[0], parts[1]), ":".join(parts[2:] + [parts[1]])

    def start(name, attributes):
        (space, local), spelled = expanded(name)
        found = []
        for key, value in zip(attributes[::2], attributes[1::2]):
            (key_space, key_local), key_spelled = expanded(key)
            if key_space != XML:
                found.append([read.number((key_space, key_local)), key_spelled, value])
        open_elements.append([read.number((space, local)), spelled, found, [], []])
        read.depth = max(read.depth, len(open_elements))

    def end(_):
        number, spelled, attributes, text, children = open_elements.pop()
        element = [number, spelled, attributes, "".join(text), children]
        if open_elements:
            open_elements[-1][4].append(element)
        else:
            read.root = element

    def doctype(*_):
        read.doctype = True

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: open_elements[-1][3].append(text)
    parser.StartDoctypeDeclHandler = doctype
    parser.ProcessingInstructionHandler = lambda target, _: read.instructions.append(target)
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError, UnicodeError):
        return None
    return read


def libxml2_refuses(document):
    """Whether libxml2 refuses the document; `False` too where it is not installed. That a namespace is no URI is its
    own opinion: Namespaces in XML 1.0 leave that unchecked."""
    if etree is None:
        return False
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        etree.fromstring(document, parser)
    except etree.XMLSyntaxError as fault:
        return fault.code not in (NO_URI, RELATIVE_URI)
    return False


def is_of_fifth_edition(document):
    """Whether expat refuses the document for its names alone. It knows those of the fourth edition only; with letters in
    their stead that both editions have, it accepts it."""
    is_wide = document[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = document.decode("utf-16" if is_wide else "utf-8", "replace").replace("UTF-16", "UTF-8")
    both = "".join("\u00e9" if NAME_START.match(c) else "\u00b7" if NAME.match(c) else c for c in text)
    return both != text and by_expat(both.encode()) is not None


def comparable(element, is_root=True):
    """The element in the form in which two readers are compared. White space that stands behind a child element before
    any other text is layout and not told; the root's name is not told either."""
    number, spelled, attributes, text, children = element
    if children:
        text = text.lstrip(SPACE)
    if is_root:
        number, spelled = 0, ""
    return [number, spelled, sorted(attributes), text, [comparable(child, False) for child in children]]
