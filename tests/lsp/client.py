# SPDX-License-Identifier: EUPL-1.2
"""An editor that is not ours: pygls speaks with `amtshub lsp` about a mapping of this checkout.

Positions are counted here by what the protocol says (UTF-16), from Python's own encoder.
"""

import asyncio
import pathlib
import sys

from lsprotocol import types as lsp
from pygls.lsp.client import BaseLanguageClient

PATH = pathlib.Path("mappings/ubl-invoice/ubl-invoice.map.toml").resolve()
URI = PATH.as_uri()
DOCUMENT = lsp.TextDocumentIdentifier(uri=URI)


def position(text, needle, behind=0):
    """Where `needle` begins, `behind` characters later."""
    offset = text.index(needle) + behind
    line = text.count("\n", 0, offset)
    begin = text.rfind("\n", 0, offset) + 1
    return lsp.Position(line=line, character=len(text[begin:offset].encode("utf-16-le")) // 2)


class Editor:
    def __init__(self):
        self.client = BaseLanguageClient("amtshub-test", "1")
        self.shown = asyncio.Queue()
        self.version = 0

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params):
            self.shown.put_nowait(params)

    async def start(self, program):
        await self.client.start_io(program, "lsp")
        answer = await self.client.initialize_async(
            lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), process_id=None, root_uri=None)
        )
        assert answer.capabilities.position_encoding == "utf-16", answer
        assert answer.server_info.name == "amtshub", answer
        self.client.initialized(lsp.InitializedParams())

    async def diagnostics(self):
        """What is shown about the newest version."""
        while True:
            params = await self.shown.get()
            if params.uri == URI and params.version == self.version:
                return params.diagnostics

    def open(self, text):
        self.version = 1
        item = lsp.TextDocumentItem(uri=URI, language_id="toml", version=1, text=text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))

    def change(self, text):
        self.version += 1
        document = lsp.VersionedTextDocumentIdentifier(uri=URI, version=self.version)
        whole = lsp.TextDocumentContentChangeWholeDocument(text=text)
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(text_document=document, content_changes=[whole])
        )


async def talk(program):
    right = PATH.read_text(encoding="utf-8")
    row = 'number                   = "cbc:ID"'
    assert row in right
    editor = Editor()
    await editor.start(program)
    client = editor.client
    editor.open(right)
    errors = [d for d in await editor.diagnostics() if d.severity == lsp.DiagnosticSeverity.Error]
    assert errors == [], errors

    wrong = right.replace(row, 'number = { default = "Größe 𝄞 ÄÖÜ", path = "cbc:ID | triim" }')
    editor.change(wrong)
    found = [d for d in await editor.diagnostics() if d.code == "AH-M111"]
    assert len(found) == 1, found
    start = position(wrong, "triim")
    assert found[0].range == lsp.Range(start=start, end=position(wrong, "triim", 5)), found
    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(
            text_document=DOCUMENT, range=found[0].range, context=lsp.CodeActionContext(diagnostics=found)
        )
    )
    (edit,) = actions[0].edit.changes[URI]
    assert edit.new_text == "trim" and edit.range == found[0].range, edit

    typing = right.replace(row, 'buy')
    editor.change(typing)
    at = position(typing, "\nbuy ", 4)
    items = await client.text_document_completion_async(lsp.CompletionParams(text_document=DOCUMENT, position=at))
    labels = [item.label for item in items]
    assert "buyer.name" in labels and "lines.net" not in labels, labels

    editor.change(right)
    assert [d for d in await editor.diagnostics() if d.severity == lsp.DiagnosticSeverity.Error] == []
    at = position(right, row, 2)
    hover = await client.text_document_hover_async(lsp.HoverParams(text_document=DOCUMENT, position=at))
    assert "`number`" in hover.contents.value, hover
    at = position(right, "table(invoice-type)", 8)
    target = await client.text_document_definition_async(lsp.DefinitionParams(text_document=DOCUMENT, position=at))
    assert target.uri == URI and target.range.start == position(right, "[tables.invoice-type]"), target
    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(text_document=DOCUMENT))
    assert "lists.lines" in [symbol.name for symbol in symbols], symbols
    options = lsp.FormattingOptions(tab_size=2, insert_spaces=True)
    ugly = right.replace(row, "number='cbc:ID'")
    editor.change(ugly)
    (edit,) = await client.text_document_formatting_async(
        lsp.DocumentFormattingParams(text_document=DOCUMENT, options=options)
    )
    assert 'number                   = "cbc:ID"' in edit.new_text, edit.new_text[:2000]

    await client.shutdown_async(None)
    client.exit(None)
    process = client._server
    assert await process.wait() == 0, process.returncode
    await client.stop()


asyncio.run(asyncio.wait_for(talk(sys.argv[1]), 50))
print("pygls: diagnostics, code action, completion, hover, definition, symbols, formatting and the end are as they should be")
