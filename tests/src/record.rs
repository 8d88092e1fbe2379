// SPDX-License-Identifier: EUPL-1.2
//! Records of the made-up system that the tests and the benchmark use (`tests/mappings/record`).

use std::fmt::Write;

/// A record of the case `case` with the running number `number`, filled up to about `bytes` bytes.
pub fn xml(case: usize, number: usize, bytes: usize) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<record xmlns=\"urn:example:amtshub:record:1\">\n  <case>c{case}</case>\n  \
         <number>{number}</number>\n  <direction>in</direction>\n  <channel>file</channel>\n  \
         <time>2026-11-23T08:00:00+01:00</time>\n  <subject>Anfrage {number} zur Straßenbeleuchtung</subject>\n  <partner>\n    \
         <name>Beispiel, Erika</name>\n    <email>erika@example.org</email>\n    <street>Dorfstraße 12a</street>\n    \
         <postCode>99999</postCode>\n    <city>Musterstadt</city>\n  </partner>\n"
    );
    let mut n = 0;
    while xml.len() + 260 < bytes {
        n += 1;
        let _ = write!(
            xml,
            "  <attachment>\n    <name>anlage-{n}.pdf</name>\n    <mediaType>application/pdf</mediaType>\n    <size>{}</size>\n  \
             </attachment>\n",
            1000 + n
        );
    }
    let fill = bytes.saturating_sub(xml.len() + 30);
    let _ = write!(xml, "  <text>{}</text>\n</record>\n", "Lampe ".repeat(fill / 6));
    xml
}

/// The case and the running number in a written record.
pub fn case_and_number(xml: &str) -> (String, usize) {
    let between = |tag: &str| {
        let rest = xml.split_once(&format!("{tag}>")).map_or("", |(_, rest)| rest);
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    (between("case"), between("number").parse().unwrap_or(usize::MAX))
}

/// Configuration of a connector that takes records from `<name>/in`.
pub fn source(name: &str) -> String {
    format!(
        "kind = \"folder\"\ntitle = \"Prüfquelle\"\n[types]\n\"record.xml.1\" = {{ mapping = \"record\" }}\n[settings.in]\npath = \
         \"{name}/in\"\nstable_ms = 50\n[[settings.in.files]]\npattern = \"*.xml\"\ntype = \"record.xml.1\"\nmedia_type = \
         \"application/xml\"\n"
    )
}

/// Configuration of a connector that delivers into `<name>/out`.
pub fn target(name: &str) -> String {
    format!(
        "kind = \"folder\"\ntitle = \"Prüfziel\"\n[settings.out]\npath = \"{name}/out\"\nfile_name = \"{{sequence}}-{{delivery}}.xml\"\n"
    )
}

/// A route that hands records from `from` to `to`.
pub fn route(from: &str, to: &str) -> String {
    format!(
        "[[route]]\nname = \"{from}-an-{to}\"\nfrom = [\"{from}\"]\nschema = \"communication/1\"\nto = \"{to}\"\nmapping = \
         \"record\"\ntype = \"record.xml.1\"\npurpose = \"Prüfung\"\nlegal_basis = \"Prüfung\"\nretention = \"P1D\"\nprotected_person \
         = \"block\"\ndocuments = \"none\"\nfields = [\"thread\", \"id\", \"direction\", \"channel\", \"time\", \"subject\", \"text\", \
         \"partner.name\", \"partner.email\", \"partner.address.street\", \"partner.address.postCode\", \"partner.address.city\", \
         \"attachments.name\", \"attachments.mediaType\", \"attachments.size\"]\n"
    )
}

/// `hub.toml` of a town that knows the mapping of the records, with further lines.
pub fn hub(more: &[&str]) -> String {
    let root = crate::root();
    format!(
        "{}\n[site]\nname = \"Prüfstadt\"\n[status]\nlisten = \"127.0.0.1:0\"\n[paths]\nschemas = {:?}\nmappings = {:?}\n",
        more.join("\n"),
        root.join("schemas"),
        root.join("tests/mappings")
    )
}
