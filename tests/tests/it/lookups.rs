// SPDX-License-Identifier: EUPL-1.2
//! Look-ups with the shipped town: the trade office's register answers, the asker sees what the route releases.

use amtshub_tests::demonstration;
use amtshub_tests::town::Town;
use serde_json::{Value, json};

/// A program behind the bridge that asks what it finds in `questions.json` and writes what it hears.
const ASKER: &str = r#"
import json, sys
print(json.dumps({"manifest": {"name": "asker", "version": "1", "protocol": 1, "vendor": "test", "max_in_flight": 1}}), flush=True)
heard = []
for line in sys.stdin:
    (verb, given), = json.loads(line).items()
    if verb == "configure":
        questions = json.load(open(given["settings"]["questions"]))
        answers = given["settings"]["answers"]
        for number, question in enumerate(questions):
            print(json.dumps({"lookup": {"number": number, **question}}), flush=True)
    if verb == "looked":
        heard.append(given)
        if given.get("unavailable"):
            print(json.dumps({"lookup": {"number": given["number"], **questions[given["number"]]}}), flush=True)
            heard.pop()
        if len(heard) == len(questions):
            with open(answers + ".new", "w") as file:
                json.dump(sorted(heard, key=lambda one: one["number"]), file)
            import os; os.rename(answers + ".new", answers)
"#;

fn question(name: &str, purpose: &str, question: &Value) -> Value {
    json!({"name": name, "purpose": purpose, "actor": "portal-dienst", "question": question})
}

/// Lets the portal of the town ask, and returns what it heard.
fn asked(questions: &Value) -> (Town, Vec<Value>) {
    let mut town = demonstration::town();
    let folder = town.data();
    for (name, text) in [("asker.py", ASKER), ("questions.json", &questions.to_string())] {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    let answers = folder.join("answers.json");
    let connector = format!(
        "kind = \"exec\"\ncommand = [\"amtshub\", \"connector\", \"exec\", \"--\", \"python3\", {}]\n[settings]\nquestions = {}\nanswers = {}\n",
        json!(folder.join("asker.py")),
        json!(folder.join("questions.json")),
        json!(&answers)
    );
    town.configure("connectors/portal.toml", &connector);
    town.configure(
        "routes/auskuenfte.toml",
        &std::fs::read_to_string(town.config().join("routes/auskuenfte.toml"))
            .expect("the route")
            .replace("portaldienst", "portal"),
    );
    std::fs::remove_file(town.config().join("connectors/portaldienst.toml")).expect("its file");
    town.start();
    town.wait("every question is answered", |_| answers.exists());
    let text = std::fs::read_to_string(&answers).expect("answers");
    (town, serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn the_portal_asks_the_trade_office_and_sees_the_released_fields_alone() {
    let purpose = "Prüfung der Angaben in einem Antrag";
    let (town, heard) = asked(&json!([
        question(
            "gewerbe-nach-nummer",
            purpose,
            &json!({"nummer": "4711", "grund": "Neugier"})
        ),
        question("gewerbe-nach-nummer", purpose, &json!({"nummer": "1"})),
        question("gewerbe-nach-nummer", "Neugier", &json!({"nummer": "4711"})),
        question("meldeauskunft", purpose, &json!({"nummer": "4711"})),
        question("gewerbe-nach-nummer", purpose, &json!({"inhaber": "Özdemir"})),
    ]));
    let codes: Vec<&str> = heard.iter().map(|one| one["refused"].as_str().unwrap_or("-")).collect();
    assert_eq!(codes, ["-", "-", "AH-R131", "AH-R130", "AH-R133"]);
    let answer: Value = serde_json::from_str(heard[0]["text"].as_str().expect("a text")).expect("JSON");
    let expected = json!({
        "number": "4711", "name": "Blumen Özdemir", "legalForm": "Einzelunternehmen",
        "activity": "Einzelhandel mit Blumen", "state": "active",
        "address": {"street": "Marktplatz 3", "postcode": "12345", "city": "Musterstadt"},
    });
    assert_eq!(answer, expected);
    assert_eq!(heard[1]["found"], json!(false));
    let log = town.log();
    for word in ["Özdemir", "4711", "Blumen", "Neugier"] {
        assert!(!log.contains(word), "`{word}` is in the log:\n{log}");
    }
    assert!(
        log.contains("gewerbe-nach-nummer"),
        "that it was asked is in the log:\n{log}"
    );
}

/// A request of the portal.
async fn post(url: String, actor: &str, body: String) -> (u16, Value) {
    // One of several tests is the first to say it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::Client::new()
        .post(url)
        .bearer_auth(demonstration::PORTAL_TOKEN)
        .header("X-Actor", actor)
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[test]
fn the_portal_sends_applications_and_asks_by_http() {
    let mut town = demonstration::town();
    town.start();
    town.wait("portal and register run", |town| {
        ["portaldienst", "gewerberegister"]
            .iter()
            .all(|name| town.connector_status(name)["state"] == "running")
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let portal = demonstration::portal(&town);
    let ask = |actor: &'static str, body: &str| {
        runtime.block_on(post(format!("{portal}/auskunft/gewerbe"), actor, body.to_owned()))
    };
    let (status, answer) = ask("portal-dienst", r#"{"nummer":"4711"}"#);
    assert_eq!(
        (status, &answer["name"], &answer["owner"]),
        (200, &json!("Blumen Özdemir"), &Value::Null)
    );
    assert_eq!(ask("portal-dienst", r#"{"nummer":"1"}"#).0, 404);
    assert_eq!(ask("", r#"{"nummer":"4711"}"#).0, 400);
    assert_eq!(ask("portal-dienst", r#"{"inhaber":"Özdemir"}"#).0, 403);
    let files = amtshub_tests::town::files(&demonstration::documents().join("portal"));
    let application = std::fs::read_to_string(&files[0]).expect("the demonstration's application");
    let (status, accepted) = runtime.block_on(post(format!("{portal}/antraege"), "", application));
    assert_eq!(status, 202, "{accepted}");
    let id = accepted["id"].as_str().expect("a message id").to_owned();
    town.wait(
        "the application is processed under the id that the portal got",
        |town| {
            let items = town.json(["message", "list"])["items"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            items
                .iter()
                .any(|item| item["id"] == json!(id) || item["message"] == json!(id))
        },
    );
}
