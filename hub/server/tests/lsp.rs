// SPDX-License-Identifier: EUPL-1.2
//! A client that speaks the Language Server Protocol over standard input and output with the real `amtshub lsp`.

#![allow(
    clippy::indexing_slicing,
    reason = "what a test asks for and does not get is its failure"
)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "lsp/editor.rs"]
mod editor;

use editor::{Editor, MAPPING, address, marked};
use serde_json::{Value, json};

#[test]
fn what_is_wrong_is_shown_at_the_characters_while_typing_and_can_be_put_right() {
    let mut editor = Editor::open(MAPPING);
    assert_eq!(editor.diagnostics(), Vec::<Value>::new());
    // Two code units for the clef, one for each umlaut.
    let (text, position) = marked(NUMBER, "number = { default = \"Größe 𝄞\", path = \"Nr | ¦triim\" }");
    editor.change(&text);
    let shown = editor.diagnostics();
    let wrong = shown
        .iter()
        .find(|d| d["code"] == "AH-M111")
        .unwrap_or_else(|| panic!("{shown:?}"));
    assert_eq!(wrong["severity"], 1);
    assert_eq!(wrong["source"], "amtshub");
    assert!(
        wrong["message"].as_str().unwrap().contains("did you mean `trim`?"),
        "{wrong}"
    );
    assert!(wrong["data"]["meaning"].is_string());
    let range = &wrong["range"];
    assert_eq!(range["start"]["line"], position["line"], "{wrong}");
    let file = json!({ "uri": editor.file });
    let context = json!({ "diagnostics": [wrong] });
    let actions = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": file, "range": { "start": position, "end": position }, "context": context }),
    );
    let edit = &actions[0]["edit"]["changes"][editor.file.as_str()][0];
    assert_eq!(edit["newText"], "trim", "{actions}");
    assert_eq!(edit["range"]["start"], position);
    let end = position["character"].as_u64().unwrap() + 5;
    assert_eq!(edit["range"]["end"]["character"], end);
    assert_eq!(actions[0]["diagnostics"][0], *wrong);
    editor.change(MAPPING);
    assert_eq!(editor.diagnostics(), Vec::<Value>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn the_newest_of_many_changes_counts() {
    let mut editor = Editor::open(MAPPING);
    for _ in 0..50 {
        editor.change("mapping = ");
    }
    editor.change(MAPPING);
    assert_eq!(editor.diagnostics(), Vec::<Value>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_file_that_is_named_is_taken_as_the_editor_has_it() {
    let mut editor = Editor::open(MAPPING);
    assert_eq!(editor.diagnostics(), Vec::<Value>::new());
    let table = editor.file.replace("gr%C3%B6%C3%9Fe.map.toml", "tables/arten.csv");
    let document = json!({ "uri": table, "languageId": "csv", "version": 1, "text": "kode\n380\n" });
    editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let shown = editor.diagnostics();
    assert!(!shown.is_empty(), "the open table has no column `code`");
}

#[test]
fn the_sections_and_the_canonical_spelling_are_given() {
    let mut editor = Editor::open(&MAPPING.replace("number = ", "number='x'\n#ä\ntitle   = "));
    let file = json!({ "uri": editor.file });
    let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": file }));
    let names: Vec<&str> = symbols
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|s| s["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "format",
            "at",
            "fields",
            "lists.indexFields",
            "lists.indexFields.fields",
            "fragments.partei",
            "tables.arten"
        ]
    );
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = editor.ask(
        "textDocument/formatting",
        json!({ "textDocument": file, "options": options }),
    );
    let formatted = edits[0]["newText"].as_str().unwrap().to_owned();
    assert!(formatted.contains("\nnumber     = \"x\"\n"), "{formatted}");
    editor.change(&formatted);
    let edits = editor.ask(
        "textDocument/formatting",
        json!({ "textDocument": file, "options": options }),
    );
    assert_eq!(edits, json!([]));
    assert_eq!(editor.leave(), 0);
}

#[test]
fn the_server_ends_with_its_editor_and_says_whether_that_was_orderly() {
    let mut editor = Editor::open(MAPPING);
    assert_eq!(
        editor.answer("textDocument/nothing", json!({}))["error"]["code"],
        -32601
    );
    assert_eq!(
        editor.answer("textDocument/formatting", json!({}))["error"]["code"],
        -32602
    );
    drop(editor.input.take());
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
    let mut editor = Editor::open(MAPPING);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}

/// What is offered at `¦`, by label.
fn offered(old: &str, new: &str) -> (Editor, Vec<Value>) {
    let (text, position) = marked(old, new);
    let mut editor = Editor::open(&text);
    let items = editor.at("textDocument/completion", &position);
    (editor, items.as_array().unwrap().clone())
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["label"].as_str()).collect()
}

#[track_caller]
fn completes(old: &str, new: &str, expected: &[&str], unexpected: &[&str]) -> Vec<Value> {
    let (editor, items) = offered(old, new);
    let found = labels(&items);
    for label in expected {
        assert!(found.contains(label), "{new}: {label} is not in {found:?}");
    }
    for label in unexpected {
        assert!(!found.contains(label), "{new}: {label} is in {found:?}");
    }
    assert_eq!(editor.leave(), 0);
    items
}

const NUMBER: &str = "number = \"{kopf}/Nr\"";

#[test]
fn canonical_fields_are_offered_where_they_are_meant() {
    let items = completes(
        NUMBER,
        "¦",
        &["number", "issuer.name", "amount.value"],
        &["indexFields.name"],
    );
    let item = items.iter().find(|item| item["label"] == "issuer.vatId").unwrap();
    assert_eq!(item["detail"], "Umsatzsteuer-Identifikationsnummer");
    let words = item["documentation"]["value"].as_str().unwrap();
    assert!(
        words.contains("VAT identifier of the issuer.") && words.contains("protection: **identifier**"),
        "{words}"
    );
    // Within a list and within a fragment fields are those of the item.
    completes("name = \"@nr\"", "na¦", &["name", "value"], &["number"]);
    completes("name = \"Name\"", "¦", &["name", "vatId"], &["number", "issuer.name"]);
    completes(
        "[tables.arten]",
        "[case]\nkeys = [{ field = \"¦\" }]\n[tables.arten]",
        &["issuer.vatId"],
        &[],
    );
    let test = "[[test]]\nnever = [\"¦\"]\n[tables.arten]";
    completes("[tables.arten]", test, &["issuer.vatId", "indexFields.name"], &[]);
    completes(
        "[fields]",
        "[lists.¦",
        &["lists.indexFields", "lists.indexFields.fields", "coverage", "format.ns"],
        &[],
    );
}

#[test]
fn what_rows_are_made_of_is_offered_although_the_line_is_not_finished() {
    let items = completes(NUMBER, "title = \"Größe𝄞 | de¦", &["decimal", "date", "use"], &[]);
    let decimal = items.iter().find(|item| item["label"] == "decimal").unwrap();
    assert!(
        decimal["documentation"]["value"].as_str().unwrap().contains("Example:"),
        "{decimal}"
    );
    let range = &decimal["textEdit"]["range"];
    let end = range["end"]["character"].as_u64().unwrap();
    assert_eq!(range["start"]["character"].as_u64().unwrap() + 2, end, "{decimal}");
    completes(NUMBER, "title = \"x | table(¦", &["arten"], &["partei"]);
    completes(NUMBER, "title = \"x | use(¦)\"", &["partei"], &["arten"]);
    completes(NUMBER, "title = \"{¦", &["kopf"], &[]);
    completes(NUMBER, "number = { ¦ }", &["path", "required", "default"], &["number"]);
    completes(
        NUMBER,
        "number = { path = \"x\", required = ¦ }",
        &["true", "false"],
        &[],
    );
    completes("canonical  = \"document/1\"", "canonical = \"¦\"", &["document/1"], &[]);
    completes("file = \"tables/arten.csv\"", "¦", &["inline", "file"], &[]);
    completes(
        "file = \"tables/arten.csv\"",
        "file = \"¦\"",
        &["tables/arten.csv"],
        &["größe.map.toml"],
    );
}

#[test]
fn places_are_offered_that_the_file_the_examples_or_the_schema_have() {
    completes(
        NUMBER,
        "title = \"¦\"",
        &["Kopf", "Verkäufer", "Position"],
        &["Nr", "Name", "@nr"],
    );
    completes(NUMBER, "title = \"Kopf/¦\"", &["Angaben"], &["Kopf"]);
    completes(
        "name = \"Name\"",
        "name = \"Name\"\nvatId = \"¦\"",
        &["Name"],
        &["Kopf"],
    );
    let (text, position) = marked("Nr\"", "¦\"");
    let mut editor = Editor::open(MAPPING);
    assert_eq!(editor.diagnostics(), Vec::<Value>::new());
    let examples = editor.beside("examples");
    std::fs::create_dir_all(&examples).unwrap();
    let example = "<Rechnung><Kopf><Angaben><Zeichen>x</Zeichen></Angaben></Kopf><Art>380</Art></Rechnung>";
    std::fs::write(examples.join("a.xml"), example).unwrap();
    editor.change(&text);
    let items = editor.at("textDocument/completion", &position);
    assert!(labels(items.as_array().unwrap()).contains(&"Zeichen"), "{items}");
    std::fs::write(editor.beside("r.xsd"), XSD).unwrap();
    editor.change(&text.replace("root = ", "schema = \"r.xsd\"\nroot = "));
    let mut below = position.clone();
    below["line"] = json!(below["line"].as_u64().unwrap() + 1);
    let items = editor.at("textDocument/completion", &below);
    assert_eq!(labels(items.as_array().unwrap()), ["Nr", "Datum", "@art"], "{items}");
    assert_eq!(items[1]["detail"], "0..n xs:date");
    assert!(
        items[0]["documentation"]["value"]
            .as_str()
            .unwrap()
            .contains("Die Nummer."),
        "{items}"
    );
}

const XSD: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Rechnung"><xs:complexType>
<xs:sequence><xs:element name="Kopf"><xs:complexType><xs:sequence><xs:element name="Angaben"><xs:complexType><xs:sequence>
<xs:element name="Nr" type="xs:string"><xs:annotation><xs:documentation>Die Nummer.</xs:documentation></xs:annotation></xs:element>
<xs:element name="Datum" type="xs:date" minOccurs="0" maxOccurs="unbounded"/></xs:sequence><xs:attribute name="art"/>
</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"#;

#[test]
fn what_stands_under_the_pointer_is_told() {
    let told = |old: &str, new: &str, expected: &[&str]| {
        let (text, position) = marked(old, new);
        let mut editor = Editor::open(&text);
        editor.diagnostics();
        let hover = editor.at("textDocument/hover", &position);
        let words = hover["contents"]["value"].as_str().unwrap_or_default();
        for part in expected {
            assert!(words.contains(part), "{new}: {part} is not in {words}");
        }
        assert_eq!(editor.leave(), 0);
        hover
    };
    told(
        NUMBER,
        "num¦ber = \"x\"",
        &[
            "**Dokumentnummer**",
            "Number that its issuer gave it.",
            "protection: open",
        ],
    );
    told(
        NUMBER,
        "number = \"x\"\ndirection = \"Ä\" # ü\nissuer.vat¦Id = \"y\"",
        &["**Umsatzsteuer", "identifier"],
    );
    told(NUMBER, "direc¦tion = \"x\"", &["`in`, `out`, `internal`"]);
    told("name = \"Name\"", "na¦me = \"Name\"", &["`issuer.name`"]);
    let hover = told(NUMBER, "number = \"Größe | tr¦im\"", &["`trim`", "Example:", "Law:"]);
    assert_eq!(hover["range"]["start"]["character"], 18, "{hover}");
    assert_eq!(hover["range"]["end"]["character"], 22, "{hover}");
    told(
        "[tables.arten]\nfile",
        "[tables.arten]\nfi¦le",
        &["CSV file with a header line"],
    );
    told("{kopf}", "{ko¦pf}", &["Kopf/Angaben"]);
    told("table(arten)", "table(a¦rte)", &["AH-M113"]);
}

#[test]
fn names_lead_to_where_they_are_said() {
    let leads = |old: &str, new: &str, file: &str, line: &str| {
        let (text, position) = marked(old, new);
        let mut editor = Editor::open(&text);
        let found = editor.at("textDocument/definition", &position);
        let uri = found["uri"].as_str().unwrap_or_default();
        assert!(uri.ends_with(file), "{new}: {found}");
        let number = found["range"]["start"]["line"].as_u64().unwrap() as usize;
        if !line.is_empty() {
            assert!(text.lines().nth(number).unwrap().starts_with(line), "{new}: {found}");
        }
        assert_eq!(editor.leave(), 0);
    };
    leads("table(arten)", "table(ar¦ten)", ".map.toml", "[tables.arten]");
    leads("use(partei)", "use(par¦tei)", ".map.toml", "[fragments.partei]");
    leads("{kopf}", "{ko¦pf}", ".map.toml", "kopf = ");
    leads("tables/arten.csv", "tables/ar¦ten.csv", "tables/arten.csv", "");
    leads(
        "\"document/1\"",
        "\"docu¦ment/1\"",
        "schemas/document/1.schema.json",
        "",
    );
}

#[test]
fn a_configuration_is_looked_at_as_it_was_saved() {
    let mut editor = Editor::open(MAPPING);
    let path = editor.beside("hub.toml");
    let text = "[site]\nnaame = \"Ä\"\n";
    std::fs::write(&path, text).unwrap();
    editor.file = address(&path);
    let document = json!({ "uri": editor.file, "languageId": "toml", "version": 1, "text": text });
    editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let shown = editor.diagnostics();
    let wrong = shown
        .iter()
        .find(|d| d["range"]["start"] == json!({ "line": 1, "character": 0 }));
    assert!(
        wrong.is_some_and(|d| d["message"].as_str().unwrap().contains("did you mean `name`?")),
        "{shown:?}"
    );
    editor.change("[site\n");
    assert_eq!(editor.diagnostics()[0]["code"], "AH-M100");
}
