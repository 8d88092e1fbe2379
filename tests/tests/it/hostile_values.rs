// SPDX-License-Identifier: EUPL-1.2
//! Values that are orders to somebody arrive as the texts that they are, and neither they nor a secret reach a log.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use amtshub_tests::record;
use amtshub_tests::town::Town;
use serde_json::Value;

/// A word that stands in every content and in every name of a file here.
const CONTENT: &str = "Kanarienvogel";
/// Secrets of the configuration.
const SECRETS: [&str; 2] = ["tok-9f3a7c51e2", "tok-77b0d4e6aa"];
/// What a sender shows that has no right.
const WRONG: &str = "tok-falsch-4711";

/// Texts that a template, a formula, a shell, a database, a browser or a terminal would take for an order.
const ORDERS: [&str; 24] = [
    "{{7*7}}",
    "${7*7}",
    "${jndi:ldap://127.0.0.1/a}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{subject}",
    "{number:[0-9]}",
    "$message.id",
    "$case.id",
    "$(reboot)",
    "`reboot`",
    "%s%n%x",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+49",
    "-1",
    "@SUM(A1)",
    "'; DROP TABLE message; --",
    "<script>alert(1)</script>",
    "]]><!-- ",
    "&lt;&#60;&amp;",
    "../../../etc/passwd",
    "subject | upper",
    "not number = 'TEST'",
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&apos;", "'").replace("&amp;", "&")
}

/// What stands in the first element of this name.
fn element(xml: &str, name: &str) -> String {
    let rest = xml.split_once(&format!("{name}>")).map_or("", |(_, rest)| rest);
    unescaped(rest.split_once("</").map_or("", |(text, _)| text))
}

/// A record with this text in every leaf that takes a text.
fn with_orders(number: usize, order: &str) -> String {
    let order = escaped(&format!("{CONTENT} {order} {number}"));
    let whole = record::xml(number, number, 600);
    let subject = format!("Anfrage {number} zur Straßenbeleuchtung");
    [subject.as_str(), "Beispiel, Erika", "Dorfstraße 12a", "Musterstadt"]
        .iter()
        .fold(whole, |xml, text| xml.replace(text, &order))
}

#[test]
fn orders_to_somebody_arrive_as_the_texts_that_they_are() {
    let mut town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    town.route("alle", &record::route("quelle", "ziel"));
    town.start();
    for (number, order) in ORDERS.iter().enumerate() {
        // Both with the order in front and behind, where a formula and a template are looked for.
        town.drop_file(
            "quelle/in",
            &format!("{number}.xml"),
            with_orders(number, order).as_bytes(),
        );
        let bare = with_orders(100 + number, order).replace(&format!("{CONTENT} "), "");
        town.drop_file("quelle/in", &format!("{number}-bare.xml"), bare.as_bytes());
    }
    town.wait("all are delivered", |town| {
        town.files("ziel/out").len() == 2 * ORDERS.len()
    });
    for file in town.files("ziel/out") {
        let xml = std::fs::read_to_string(&file).expect("a delivery");
        let (_, number) = record::case_and_number(&xml);
        let expected = match ORDERS.get(number % 100) {
            Some(order) if number < 100 => format!("{CONTENT} {order} {number}"),
            Some(order) => format!("{order} {number}"),
            None => panic!("no such record: {number}"),
        };
        for name in ["subject", "name", "street", "city"] {
            assert_eq!(element(&xml, name), expected, "{name}");
        }
    }
}

/// Sends a request as it stands, and reads the status of the answer.
fn post(address: &str, token: &str, body: &str) -> String {
    let mut line = TcpStream::connect(address).expect("the listener");
    let length = body.len();
    write!(
        line,
        "POST /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {CONTENT}-{length}\r\nContent-Type: \
         application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .expect("a request");
    let mut answer = String::new();
    let _ = line.read_to_string(&mut answer);
    assert!(!answer.contains(CONTENT), "an answer says nothing of the request");
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// A town in which much goes wrong: contents, names of files, senders, a target that is away.
fn town(address: &str) -> Town {
    let town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    for (name, secret) in ["eingang", "ausgang"].iter().zip(SECRETS) {
        std::fs::write(town.config().join(format!("{name}.token")), secret).expect("a secret");
    }
    let listen = format!(
        "kind = \"http\"\ntitle = \"Eingang\"\n[types]\n\"record.xml.1\" = {{ mapping = \"record\" }}\n[settings.listen]\naddress = \
         \"{address}\"\n[[settings.listen.sources]]\npath = \"/a\"\ntype = \"record.xml.1\"\naccept = [\"application/json\"]\ntoken = \
         {{ file = \"eingang.token\" }}\n"
    );
    town.connector("eingang", &listen);
    // Nobody listens at the port of discarded things.
    let send = "kind = \"http\"\ntitle = \"Ausgang\"\n[settings.send]\nbase = \"http://127.0.0.1:9\"\npath = \"/{delivery}\"\ntarget_class = \
                \"idempotent\"\ntoken = { file = \"ausgang.token\" }\n";
    town.connector("ausgang", send);
    town.route("alle", &record::route("quelle", "ziel"));
    town.route("auch", &record::route("quelle", "ausgang"));
    town
}

#[test]
fn every_line_of_the_log_is_one_object_without_contents_and_secrets() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address").to_string();
    drop(free);
    let mut town = town(&address);
    town.start();
    for (number, order) in ORDERS.iter().enumerate() {
        let good = with_orders(number, order);
        town.drop_file(
            "quelle/in",
            &format!("{CONTENT}\n{{\"level\":\"ERROR\"}}\u{1b}[31m{number}.xml"),
            good.as_bytes(),
        );
    }
    let broken = with_orders(0, "\u{1b}[2J").replace("</subject>", "</subjekt>");
    town.drop_file("quelle/in", &format!("{CONTENT}-broken.xml"), broken.as_bytes());
    town.drop_file("quelle/in", &format!("{CONTENT}-empty.xml"), b"");
    town.drop_file("quelle/in", &format!("{CONTENT}-what.bin"), CONTENT.as_bytes());
    town.wait("the listener answers", |_| TcpStream::connect(&address).is_ok());
    assert_eq!(post(&address, WRONG, &format!("{{\"a\":\"{CONTENT}\"}}")), "401");
    town.wait("a request is taken", |_| post(&address, SECRETS[0], CONTENT) == "202");
    town.wait("the good ones are delivered", |town| {
        town.files("ziel/out").len() == ORDERS.len()
    });
    town.wait("the bad ones are told", |town| {
        let letters = town.json(["deadletter", "list"])["items"]
            .as_array()
            .map_or(0, Vec::len);
        letters >= 2 && town.files("quelle/error").len() >= 2
    });
    town.wait("the target that is away is told", |town| {
        town.connector_status("ausgang")["state"] == "degraded"
    });
    let status = town.json(["status"]).to_string();
    town.stop();
    let log = town.whole_log();
    // What went wrong is there, so that the silence below says something.
    for told in ["eine Datei wurde nicht angenommen", "AH-F202"] {
        assert!(log.contains(told), "{told} is missing: {log}");
    }
    for line in log.lines().filter(|line| !line.is_empty()) {
        assert!(!line.contains(char::is_control), "{line:?}");
        assert!(
            serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()),
            "{line}"
        );
    }
    let server = logs(&town.data());
    assert!(!server.is_empty(), "the server writes a log");
    for word in SECRETS.into_iter().chain([CONTENT, WRONG]) {
        for (what, text) in [("log", &log), ("log of the server", &server), ("status", &status)] {
            assert!(!text.contains(word), "{word} stands in the {what}");
        }
    }
}

/// All logs below a folder.
fn logs(folder: &Path) -> String {
    let mut found = String::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.push_str(&logs(&path));
        } else if path.extension().is_some_and(|ending| ending == "log") {
            found.push_str(&String::from_utf8_lossy(&std::fs::read(&path).expect("a log")));
        }
    }
    found
}
