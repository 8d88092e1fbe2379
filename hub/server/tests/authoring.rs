// SPDX-License-Identifier: EUPL-1.2
//! What authors of mapping files run, as they see it at a terminal.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Exit code, data and messages of a command.
fn run(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_amtshub"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it; that is no fault of the test.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

const UGLY: &str = "id='x'\nmapping = 1 # first\n[fields]\nnumber='a|trim'\n";
const PRETTY: &str = "mapping = 1  # first\nid      = \"x\"\n\n[fields]\nnumber = \"a | trim\"\n";

#[test]
fn fmt_writes_what_is_not_canonical_and_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mappings/x");
    std::fs::create_dir_all(&path).unwrap();
    let (ugly, pretty, broken) = (
        path.join("ugly.map.toml"),
        path.join("pretty.map.toml"),
        path.join("broken.map.toml"),
    );
    std::fs::write(&ugly, UGLY).unwrap();
    std::fs::write(&pretty, PRETTY).unwrap();
    let (exit, data, says) = run(folder.path(), &["fmt", "--check"], "");
    assert_eq!((exit, data.as_str()), (1, "mappings/x/ugly.map.toml\n"), "{says}");
    assert_eq!(std::fs::read_to_string(&ugly).unwrap(), UGLY);
    let (exit, data, _) = run(folder.path(), &["fmt", "mappings"], "");
    assert_eq!((exit, data.as_str()), (0, "mappings/x/ugly.map.toml\n"));
    assert_eq!(std::fs::read_to_string(&ugly).unwrap(), PRETTY);
    assert_eq!(
        run(folder.path(), &["fmt", "--check", "mappings/x/ugly.map.toml"], "").0,
        0
    );
    std::fs::write(&broken, "mapping = \n[fields\n").unwrap();
    let (exit, _, says) = run(folder.path(), &["fmt"], "");
    assert_eq!(exit, 1);
    assert!(
        says.contains("error[AH-M100]") && says.contains("broken.map.toml:1:"),
        "{says}"
    );
    assert_eq!(run(folder.path(), &["fmt", "nowhere"], "").0, 2);
}

#[test]
fn fmt_reads_standard_input() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(run(here, &["fmt", "-"], UGLY), (0, PRETTY.to_owned(), String::new()));
    assert_eq!(run(here, &["fmt", "--check", "-"], UGLY).0, 1);
    assert_eq!(run(here, &["fmt", "--check", "-"], PRETTY).0, 0);
    assert_eq!(run(here, &["fmt", "-"], "a = ").0, 1);
}

#[test]
fn fmt_takes_a_configuration_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("config/routes")).unwrap();
    std::fs::write(folder.path().join("config/hub.toml"), "[site]\nname='X'\n").unwrap();
    std::fs::write(folder.path().join("config/routes/a.toml"), "[[route]]\nname='a'\n").unwrap();
    std::fs::write(folder.path().join("config/other.toml"), "x='a'\n").unwrap();
    let (exit, data, says) = run(folder.path(), &["fmt", "config"], "");
    assert_eq!(
        (exit, data.as_str()),
        (0, "config/hub.toml\nconfig/routes/a.toml\n"),
        "{says}"
    );
}

fn checkout() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const SCHEMAS: [(&str, &str); 4] = [
    ("mapping", "schemas/mapping-1.schema.json"),
    ("hub", "schemas/hub.schema.json"),
    ("connector", "schemas/connector.schema.json"),
    ("route", "schemas/route.schema.json"),
];

#[test]
fn the_schemas_of_files_are_what_the_code_says() {
    for (of, path) in SCHEMAS {
        let (exit, data, says) = run(&checkout(), &["schema", of], "");
        assert_eq!(exit, 0, "{says}");
        let kept = std::fs::read_to_string(checkout().join(path)).unwrap();
        assert!(
            data == kept,
            "{path} is out of date: run `cargo run -p amtshub -- schema {of} > {path}`"
        );
    }
}

#[test]
fn schemas_offer_what_an_installation_has() {
    let town = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/town");
    let schema = |of: &str| {
        let (exit, data, says) = run(&town, &["schema", of, "--config", "."], "");
        assert_eq!(exit, 0, "{says}");
        serde_json::from_str::<serde_json::Value>(&data).unwrap()
    };
    let route = schema("route");
    let properties = &route["properties"]["route"]["items"]["properties"];
    assert_eq!(
        properties["to"]["anyOf"][0]["enum"],
        serde_json::json!(["finance", "inbox"])
    );
    assert_eq!(
        properties["mapping"]["anyOf"][0]["enum"],
        serde_json::json!(["bill-json", "posting-csv"])
    );
    let mapping = schema("mapping");
    let fields = &mapping["definitions"]["fields-bill-1"]["properties"];
    assert!(
        fields["totals"]["properties"]["payable"]["title"].is_string(),
        "{fields:#}"
    );
    let (exit, _, says) = run(&town, &["schema", "mapping", "--canonical", "bil/1"], "");
    assert_eq!(exit, 2);
    assert!(says.contains("did you mean `bill/1`?"), "{says}");
}

/// Makes a mapping of a sample in a folder of its own, tests it, and gives its text.
#[track_caller]
fn proposed(name: &str, sample: &str, canonical: &str, rows: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join(name);
    std::fs::write(&from, sample).unwrap();
    let out = folder.path().join("proposed");
    let (from, out) = (from.display().to_string(), out.display().to_string());
    let arguments = ["new", "mapping", "--from", &from, "--id", "proposed", "--out", &out];
    let (exit, data, says) = run(&checkout(), &arguments, "");
    assert_eq!(exit, 0, "{says}");
    let text = std::fs::read_to_string(data.trim()).unwrap();
    // Of a file without names nobody can tell which schema fits.
    let fits = canonical.is_empty() || says.contains(&format!("`{canonical}` fits best"));
    assert!(fits, "{says}\n{text}");
    assert!(says.contains("--no-sample"), "{says}");
    for row in rows {
        let squeezed: Vec<String> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert!(
            squeezed.iter().any(|line| line.starts_with(row)),
            "{row} is missing:\n{text}"
        );
    }
    let (exit, data, says) = run(&checkout(), &["test", &out], "");
    assert_eq!(exit, 0, "{data}{says}\n{text}");
    assert!(says.contains("1 tests in 1 mappings, 0 failed"), "{says}");
    // What is left to a person is pointed at.
    assert_eq!(text.contains("\"TODO"), says.contains("AH-M170"), "{says}\n{text}");
    assert_eq!(run(&checkout(), &["fmt", "--check", &out], "").0, 0, "{text}");
    let (exit, _, says) = run(&checkout(), &arguments, "");
    assert_eq!(exit, 2, "a second time it must not overwrite: {says}");
    text
}

#[test]
fn new_mapping_from_xml() {
    let sample = std::fs::read_to_string(checkout().join("mappings/ubl-invoice/examples/invoice.xml")).unwrap();
    proposed(
        "rechnung.xml",
        &sample,
        "invoice/1",
        &[
            "root = \"",
            "issueDate = \"cbc:IssueDate | date\"",
            "dueDate = \"cbc:DueDate | date\"",
            "[lists.lines]",
            "each = \"cac:InvoiceLine\"",
        ],
    );
}

#[test]
fn new_mapping_from_json_csv_and_fixed_width() {
    let sample = std::fs::read_to_string(checkout().join("mappings/portal-application/examples/message.json")).unwrap();
    proposed(
        "nachricht.json",
        &sample,
        "application/1",
        &["submittedAt = \"submittedAt | datetime\"", "subject = \"subject\""],
    );
    proposed(
        "posten.csv",
        "Rechnungsnummer;Rechnungsdatum;Fälligkeit;Währung;Zahlbetrag;Interner Schalter\nR-1;03.11.2026;03.12.2026;EUR;1.119,00;x7\nR-2;04.11.2026;04.12.2026;EUR;20,50;x8\n",
        "invoice/1",
        &[
            "number = \"row/Rechnungsnummer\"",
            "issueDate = \"row/Rechnungsdatum | date('dd.MM.yyyy')\"",
            "dueDate = \"row/Fälligkeit | date('dd.MM.yyyy')\"",
            "totals.payable = \"row/Zahlbetrag | decimal(',', '.')\"",
            "[\"row/'Interner Schalter'\", \"TODO\"]",
        ],
    );
    let text = proposed(
        "nacht.txt",
        "01G-1      20261103Gewerbe Meyer      \n02A-17     20261104Anmeldung          \n02A-18     20261105Bescheid           \n",
        "",
        &["kind = \"fixed\"", "records = { by = \"1-2\" }", "[format.record.02]"],
    );
    assert!(text.contains("# TODO Where columns begin"), "{text}");
}

#[test]
fn new_mapping_of_what_people_send() {
    proposed(
        "brief.eml",
        "From: Erika Beispiel <erika@x.example>\nDate: Mon, 1 Jun 2026 10:00:00 +0200\nMessage-ID: <1@x.example>\nSubject: Antrag\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\n\nGuten Tag\n--b\nContent-Type: application/pdf\n\
         Content-Disposition: attachment; filename=a.pdf\n\nx\n--b\nContent-Type: application/pdf\n\
         Content-Disposition: attachment; filename=b.pdf\n\nx\n--b--\n",
        "communication/1",
        &[
            "kind = \"mail\"",
            "subject = \"header:Subject\"",
            "text = \"body:text\"",
            "each = \"part\"",
        ],
    );
    proposed(
        "anfrage.multipart",
        "--b\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\nLoch\r\n--b\r\nContent-Disposition: form-data; \
         name=\"lastName\"\r\n\r\nBeispiel\r\n--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@x.example\r\n--b--\r\n",
        "communication/1",
        &["kind = \"multipart\"", "subject = \"subject\""],
    );
    proposed(
        "beleg.form",
        "nr=R-1&betrag=12.50&name=Erika+Beispiel",
        "",
        &[
            "kind = \"form\"",
            "number = \"nr\"",
            "amount.value = \"betrag | decimal\"",
        ],
    );
}

#[test]
fn new_mapping_says_what_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("x.xml");
    let out = folder.path().join("out").display().to_string();
    let new = |sample: &str, more: &[&str]| {
        std::fs::write(&from, sample).unwrap();
        let from = from.display().to_string();
        let arguments = ["new", "mapping", "--from", &from, "--out", &out];
        run(&checkout(), &[&arguments[..], more].concat(), "")
    };
    assert_eq!(new("", &[]).0, 1);
    assert_eq!(new("<a><b></a>", &[]).0, 1);
    let (exit, _, says) = new("{}", &["--canonical", "invoce/1"]);
    assert!(exit == 2 && says.contains("did you mean `invoice/1`?"), "{says}");
    let (exit, _, says) = new("{\"number\":\"1\"}", &["--canonical", "invoice/1", "--no-sample"]);
    assert_eq!(exit, 0, "{says}");
    assert!(!Path::new(&out).join("examples").exists());
}
