// SPDX-License-Identifier: EUPL-1.2
//! An editor as the server sees it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// An editor with one file open.
pub(crate) struct Editor {
    pub(crate) child: Child,
    pub(crate) input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    number: i64,
    /// What the server told and nobody asked for yet.
    pub(crate) told: Vec<Value>,
    pub(crate) file: String,
    text: String,
    version: i64,
    pub(crate) folder: tempfile::TempDir,
}

/// A mapping of a small format; `¦` marks the place that a test is about and is taken out.
pub(crate) const MAPPING: &str = r#"mapping    = 1
id         = "groesse"
title      = "Größe"
canonical  = "document/1"
directions = ["read"]

[format]
kind = "xml"
root = "Rechnung"

[at]
kopf = "Kopf/Angaben"

[fields]
number = "{kopf}/Nr"
issuer."*" = "Verkäufer | use(partei)"
kind = "Art | table(arten)"

[lists.indexFields]
each = "Position"
[lists.indexFields.fields]
name = "@nr"

[fragments.partei]
name = "Name"

[tables.arten]
file = "tables/arten.csv"
"#;

impl Editor {
    /// Starts the server and opens a file with this text.
    pub(crate) fn open(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mappings = folder.path().join("mappings/größe");
        std::fs::create_dir_all(mappings.join("tables")).unwrap();
        std::fs::create_dir_all(folder.path().join("schemas/document")).unwrap();
        let schema = "schemas/document/1.schema.json";
        std::fs::copy(repository.join(schema), folder.path().join(schema)).unwrap();
        std::fs::write(mappings.join("tables/arten.csv"), "code\n380\n381\n").unwrap();
        let file = mappings.join("größe.map.toml");
        std::fs::write(&file, "").unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_amtshub"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut editor = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            number: 0,
            told: Vec::new(),
            file: address(&file),
            text: text.to_owned(),
            version: 1,
            folder,
        };
        let answer = editor.ask("initialize", json!({ "capabilities": {} }));
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        editor.tell("initialized", json!({}));
        let document = json!({ "uri": editor.file, "languageId": "toml", "version": 1, "text": text });
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
        editor
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            if let Some(number) = line.strip_prefix("Content-Length: ") {
                length = number.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// The whole answer to a request.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let id = self.number;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            self.told.push(message);
        }
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// What is shown about the open file in its newest version.
    pub(crate) fn diagnostics(&mut self) -> Vec<Value> {
        loop {
            let found = self.told.iter().position(|message| {
                let params = &message["params"];
                params["uri"] == self.file.as_str() && params["version"] == self.version
            });
            if let Some(found) = found {
                return self.told.remove(found)["params"]["diagnostics"]
                    .as_array()
                    .unwrap()
                    .clone();
            }
            let message = self.receive();
            self.told.push(message);
        }
    }

    pub(crate) fn change(&mut self, text: &str) {
        self.version += 1;
        text.clone_into(&mut self.text);
        let document = json!({ "uri": self.file, "version": self.version });
        let changes = json!([{ "text": text }]);
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// The path of a file beside the mapping.
    pub(crate) fn beside(&self, name: &str) -> std::path::PathBuf {
        let folder = self.folder.path().canonicalize().unwrap();
        folder.join("mappings/größe").join(name)
    }

    /// Asks about a place.
    pub(crate) fn at(&mut self, method: &str, position: &Value) -> Value {
        let file = json!({ "uri": self.file });
        self.ask(method, json!({ "textDocument": file, "position": position }))
    }

    /// Says good-bye; the exit code.
    pub(crate) fn leave(mut self) -> i32 {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        let late = self.answer("textDocument/hover", json!({}));
        assert_eq!(late["error"]["code"], -32600);
        self.tell("exit", Value::Null);
        self.child.wait().unwrap().code().unwrap()
    }
}

pub(crate) fn address(path: &Path) -> String {
    let text = path.canonicalize().unwrap().to_str().unwrap().to_owned();
    format!("file://{}", text.replace('ö', "%C3%B6").replace('ß', "%C3%9F"))
}

/// A mapping in which `old` is `new`, and the position of `¦` in it in UTF-16, counted here in another way than there.
pub(crate) fn marked(old: &str, new: &str) -> (String, Value) {
    assert!(MAPPING.contains(old), "{old}");
    let text = MAPPING.replacen(old, new, 1);
    let (line, rest) = text.lines().enumerate().find(|(_, line)| line.contains('¦')).unwrap();
    let column = rest.split('¦').next().unwrap().encode_utf16().count();
    (text.replace('¦', ""), json!({ "line": line, "character": column }))
}
