// SPDX-License-Identifier: EUPL-1.2
//! One mistake for each code.

use super::*;

const HUB: &str = "hub.toml";
const INBOX: &str = "connectors/inbox.toml";
const ROUTES: &str = "routes/bills.toml";

#[test]
fn files_that_are_not_there() {
    let town = Town::new();
    fs::remove_file(town.path().join(HUB)).unwrap();
    expect(&town, "AH-K001", "", "cannot be read");
    let nowhere = check(Path::new("no/such/folder"), &[]);
    assert_eq!(nowhere.sorted()[0].code.as_str(), "AH-K001");
    let town = Town::new();
    fs::remove_dir_all(town.path().join("schemas")).unwrap();
    assert_eq!(found(&town).1[0].code.as_str(), "AH-K020");
}

#[test]
fn the_form_of_files() {
    mistake(HUB, "name = ", "name : ", "AH-K002", ":", "");
    mistake(HUB, "listen", "listn", "AH-K003", "listn", "did you mean `listen`?");
    mistake(HUB, "[limits]", "[limit]", "AH-K003", "limit", "did you mean `limits`?");
    mistake(
        ROUTES,
        "retention ",
        "retentoin ",
        "AH-K003",
        "retentoin",
        "did you mean `retention`?",
    );
    mistake(INBOX, "title", "titel", "AH-K003", "titel", "did you mean `title`?");
    mistake(
        HUB,
        "= 1000",
        "= \"1000\"",
        "AH-K004",
        "\"1000\"",
        "must be a whole number, this is a string",
    );
    mistake(
        ROUTES,
        "[\"inbox\"]",
        "\"inbox\"",
        "AH-K004",
        "\"inbox\"",
        "a list of strings",
    );
    mistake(
        ROUTES,
        "drop   = true",
        "drop   = \"true\"",
        "AH-K004",
        "\"true\"",
        "true or false",
    );
    mistake(
        HUB,
        "name = \"Musterstadt\"",
        "",
        "AH-K005",
        "site",
        "`name` is missing",
    );
    mistake(HUB, "= 1000", "= 0", "AH-K006", "0", "between 1 and");
}

#[test]
fn what_hub_toml_says() {
    mistake(
        HUB,
        "\"127.0.0.1:8480\"",
        "\"localhost\"",
        "AH-K013",
        "localhost",
        "`127.0.0.1:8480`",
    );
    let nats = |text: &str| format!("[nats]\n{text}\n[status]");
    let seed = "url = \"nats://n\"\nport = 4222\nseed = { file = \"s\" }";
    mistake(HUB, "[status]", &nats(seed), "AH-K014", "port", "names another");
    let open = "listen = \"0.0.0.0\"";
    mistake(HUB, "[status]", &nats(open), "AH-K014", "0.0.0.0", "readable");
    let certificate = "tls = { ca = \"none.pem\" }\nurl = \"tls://n\"\nseed = { file = \"s\" }";
    mistake(
        HUB,
        "[status]",
        &nats(certificate),
        "AH-K019",
        "none.pem",
        "cannot be read",
    );
    mistake(
        HUB,
        "[status]",
        &nats("url = \"nats://n\""),
        "AH-K005",
        "nats",
        "`seed` is missing",
    );
    mistake(
        HUB,
        "recipient_quota = 1000",
        "stream_bytes = 16777216",
        "AH-K015",
        "",
        "fill the stream",
    );
}

#[test]
fn what_connectors_say() {
    let town = Town::new();
    fs::rename(town.path().join(INBOX), town.path().join("connectors/In Box.toml")).unwrap();
    assert_eq!(found(&town).1[0].code.as_str(), "AH-K010");
    mistake(INBOX, "Rechnungseingang", " ", "AH-K005", " ", "`title` is empty");
    mistake(INBOX, "\"folder\"", "\"Folder\"", "AH-K011", "Folder", "small letters");
    mistake(
        INBOX,
        "kind ",
        "command = []\nkind ",
        "AH-K012",
        "[]",
        "names no program",
    );
    mistake(
        INBOX,
        "{ mapping = \"bill-json\" }",
        "\"bill-json\"",
        "AH-K004",
        "\"bill-json\"",
        "a table",
    );
}

#[test]
fn secrets_that_stand_in_the_configuration() {
    let town = Town::new();
    town.edit(INBOX, "path = \"in\"", "path = \"in\"\npassword = \"geheim\"");
    let (findings, list) = found(&town);
    let [finding] = list.as_slice() else { panic!("{list:?}") };
    let rendered = finding.render(findings.text(&finding.file).as_deref());
    assert_eq!(
        (finding.code.as_str(), over_the_caret(&rendered).as_str()),
        ("AH-K007", "********")
    );
    assert!(
        !rendered.contains("geheim") && rendered.contains("{ file = "),
        "{rendered}"
    );
    let store = "[store]\nurl = \"postgres://amtshub:geheim@db/amtshub\"\n[status]";
    let town = Town::new();
    town.edit(HUB, "[status]", store);
    let rendered = found(&town).0.render();
    assert!(
        rendered.contains("AH-K007") && !rendered.contains("geheim"),
        "{rendered}"
    );
    let both = "token = { file = \"a\", env = \"PATH\" }\npath = \"in\"";
    mistake(
        INBOX,
        "path = \"in\"",
        both,
        "AH-K008",
        "{ file = \"a\", env = \"PATH\" }",
        "one place",
    );
}

#[test]
fn secrets_that_are_not_there_are_a_warning() {
    let away = "token = { env = \"AMTSHUB_NO_SUCH_VARIABLE\" }\npath = \"in\"";
    mistake(
        INBOX,
        "path = \"in\"",
        away,
        "AH-K009",
        "token",
        "AMTSHUB_NO_SUCH_VARIABLE",
    );
}

#[test]
fn what_the_rules_find_is_pointed_at() {
    mistake(
        INBOX,
        "\"bill.json.1\"",
        "\"bill\"",
        "AH-R001",
        "bill",
        "no message type",
    );
    mistake(
        INBOX,
        "{ mapping = \"bill-json\" }",
        "{}",
        "AH-R002",
        "bill.json.1",
        "no mapping reads",
    );
    mistake(
        INBOX,
        "\"bill-json\"",
        "\"bill-jsn\"",
        "AH-R003",
        "bill-jsn",
        "did you mean `bill-json`?",
    );
    mistake(
        INBOX,
        "\"bill-json\"",
        "\"posting-csv\"",
        "AH-R004",
        "posting-csv",
        "does not read",
    );
    mistake(
        ROUTES,
        "= \"finance\"",
        "= \"finanz\"",
        "AH-R005",
        "finanz",
        "no connector `finanz`",
    );
    mistake(
        ROUTES,
        "\"bill/1\"\nwhen ",
        "\"bil/1\"\nwhen ",
        "AH-R006",
        "bil/1",
        "did you mean `bill/1`?",
    );
    mistake(
        ROUTES,
        "\"tests\"",
        "\"to-finance\"",
        "AH-R007",
        "to-finance",
        "the other one stands at",
    );
    mistake(
        ROUTES,
        "purpose     = \"Buchung von Rechnungen\"\n",
        "",
        "AH-R008",
        "[[route]]",
        "no `purpose`",
    );
    mistake(
        ROUTES,
        "drop   = true",
        "drop   = true\nto = \"finance\"",
        "AH-R009",
        "finance",
        "goes nowhere",
    );
    mistake(ROUTES, "\"tests\"", "\"Tests\"", "AH-R010", "Tests", "small letters");
    mistake(
        ROUTES,
        "\"posting-csv\"",
        "\"bill-json\"",
        "AH-R012",
        "bill-json",
        "does not write",
    );
    mistake(ROUTES, "\"none\"", "\"some\"", "AH-R013", "some", "`none` or `all`");
    mistake(ROUTES, "\"P10Y\"", "\"ten\"", "AH-R014", "ten", "`P10Y`");
}

#[test]
fn what_conditions_say_is_pointed_at() {
    mistake(ROUTES, "> 0 and", "> 0 and and", "AH-R030", "and", "expected a field");
    mistake(
        ROUTES,
        "totals.payable > 0",
        "totals.paid > 0",
        "AH-R031",
        "totals.paid",
        "no field",
    );
    mistake(
        ROUTES,
        "totals.payable > 0",
        "totals.payable > '0'",
        "AH-R032",
        "'0'",
        "a number",
    );
}

#[test]
fn what_is_released_is_pointed_at() {
    let all = "\"number\", \"totals.payable\", \"seller.name\"";
    mistake(
        ROUTES,
        all,
        &format!("{all}, \"nummer\""),
        "AH-R020",
        "nummer",
        "did you mean `number`?",
    );
    mistake(
        ROUTES,
        all,
        &format!("{all}, \"seller\""),
        "AH-R021",
        "seller",
        "group of fields",
    );
    mistake(
        ROUTES,
        all,
        &format!("{all}, \"seller.*\""),
        "AH-R022",
        "seller.*",
        "`seller.vatId`",
    );
    mistake(
        ROUTES,
        all,
        &format!("{all}, \"number\""),
        "AH-R023",
        "number",
        "already",
    );
    let less = "[\"number\", \"totals.payable\"]";
    mistake(
        ROUTES,
        &format!("[{all}]"),
        less,
        "AH-R024",
        less,
        "does not release: `seller.name`",
    );
    mistake(
        ROUTES,
        all,
        &format!("{all}, \"totals.net\""),
        "AH-R025",
        "totals.net",
        "does not read it",
    );
}

#[test]
fn mappings_must_fit_the_schema_of_the_route() {
    let town = Town::new();
    let schema = fs::read_to_string(town.path().join("schemas/bill/1.schema.json")).unwrap();
    town.write("schemas/bill/2.schema.json", &schema);
    town.edit("mappings/posting-csv/posting-csv.map.toml", "bill/1", "bill/2");
    expect(
        &town,
        "AH-R011",
        "posting-csv",
        "writes `bill/2`, the route takes `bill/1`",
    );
}

#[test]
fn what_leads_nowhere_is_a_warning() {
    let town = Town::new();
    town.edit(
        ROUTES,
        "[[route]]\nname   = \"tests\"",
        "[[route]]\nname   = \"tests\"\nfrom = [\"finance\"]",
    );
    expect(&town, "AH-R040", "bill/1", "never takes anything");
    let town = Town::new();
    town.edit(
        "connectors/finance.toml",
        "[settings.out]",
        "[types]\n\"bill.json.1\" = { mapping = \"bill-json\" }\n[settings.out]",
    );
    town.edit(
        ROUTES,
        "[[route]]\nname   = \"tests\"",
        "[[route]]\nname   = \"tests\"\nfrom = [\"inbox\"]",
    );
    expect(&town, "AH-R041", "bill.json.1", "will be a dead letter");
}

#[test]
fn mappings_and_schemas_are_found_once() {
    let town = Town::new();
    let text = fs::read_to_string(town.path().join("mappings/bill-json/bill-json.map.toml")).unwrap();
    town.write("mappings/copy/copy.map.toml", &text);
    expect(&town, "AH-K021", "", "two mappings with the id `bill-json`");
    let town = Town::new();
    town.edit("mappings/bill-json/bill-json.map.toml", "\"bill/1\"", "\"bil/1\"");
    let (_, list) = found(&town);
    assert_eq!(list[0].code.as_str(), "AH-K022");
}
