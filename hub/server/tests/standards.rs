// SPDX-License-Identifier: EUPL-1.2
//! Published schemas and code lists on the command line, as an administrator meets them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// A folder with a canonical schema, a mapping that names an XSD, the XSD in a folder of standards, and a code list.
fn town() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "schemas/dog/1.schema.json",
        r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"required":["name"],
            "properties":{"name":{"type":"string","x-protection":"open","title":"Name","description":"Name."},
                          "breed":{"type":"string","x-protection":"open","title":"Rasse","description":"Breed."}}}"#,
    );
    write(
        "mappings/dog-xml/dog-xml.map.toml",
        "mapping = 1\nid = \"dog-xml\"\ntitle = \"Dog\"\ncanonical = \"dog/1\"\ndirections = [\"read\", \"write\"]\n\
         [format]\nkind = \"xml\"\nroot = \"d:Dog\"\nschema = \"dog.xsd\"\n[format.ns]\nd = \"urn:dog\"\n\
         [fields]\nbreed = \"d:Breed\"\nname = \"d:Name\"\n",
    );
    write(
        "standards/dogs/main/dog.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:types" targetNamespace="urn:dog" elementFormDefault="qualified">
<xs:import namespace="urn:types" schemaLocation="../types/types.xsd"/>
<xs:element name="Dog"><xs:complexType><xs:sequence>
<xs:element name="Name" type="t:Name"/><xs:element name="Breed" type="xs:token" minOccurs="0"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"#,
    );
    write(
        "standards/dogs/types/types.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:types">
<xs:simpleType name="Name"><xs:restriction base="xs:string"><xs:maxLength value="8"/></xs:restriction></xs:simpleType></xs:schema>"#,
    );
    write("breeds.xml", &list("1.0", &[("001", "Dackel"), ("002", "Mops")]));
    folder
}

fn list(version: &str, codes: &[(&str, &str)]) -> String {
    let rows: Vec<String> = codes
        .iter()
        .map(|(code, name)| {
            format!(
                "<Row><Value ColumnRef=\"c\"><SimpleValue>{code}</SimpleValue></Value><Value ColumnRef=\"n\"><SimpleValue>{name}</SimpleValue></Value></Row>"
            )
        })
        .collect();
    format!(
        "<gc:CodeList xmlns:gc=\"http://docs.oasis-open.org/codelist/ns/genericode/1.0/\"><Identification><ShortName>Rassen</ShortName>\
         <Version>{version}</Version><CanonicalVersionUri>urn:rassen_{version}</CanonicalVersionUri></Identification>\
         <ColumnSet><Column Id=\"c\"><ShortName>code</ShortName></Column><Column Id=\"n\"><ShortName>name</ShortName></Column>\
         <Key Id=\"k\"><ColumnRef Ref=\"c\"/></Key></ColumnSet><SimpleCodeList>{}</SimpleCodeList></gc:CodeList>",
        rows.concat()
    )
}

/// Exit code, data, messages.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_amtshub"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], exit: i32, data: &str, says: &[&str]) {
    let (code, out, messages) = run(folder, arguments);
    assert_eq!((code, out.as_str()), (exit, data), "{messages}");
    for part in says {
        assert!(messages.contains(part), "{part}\n{messages}");
    }
}

const DOG: &str = "<x:Dog xmlns:x=\"urn:dog\"><x:Name>Rex</x:Name><x:Breed>Mops</x:Breed></x:Dog>";
const WRITTEN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<d:Dog xmlns:d=\"urn:dog\"><d:Name>Rex</d:Name><d:Breed>Mops</d:Breed></d:Dog>\n";

#[test]
fn a_schema_is_found_where_standards_are_laid_down() {
    let town = town();
    let folder = town.path();
    fs::write(folder.join("dog.xml"), DOG).unwrap();
    let map = ["map", "--mapping", "dog-xml", "--to", "dog-xml", "dog.xml"];
    let with = |more: &'static [&'static str]| [&map[..], more].concat();
    check(folder, &with(&["--standards", "standards"]), 0, WRITTEN, &[]);
    check(folder, &with(&["--standards", "standards/dogs"]), 0, WRITTEN, &[]);
    check(
        folder,
        &map,
        3,
        "",
        &[
            "error[AH-M140]: there is no schema file `dog.xsd`",
            "dog-xml.map.toml:9:10",
            "looked for it in mappings/dog-xml/schemas, schemas/standards",
        ],
    );
    // What the installation has needs no option.
    fs::create_dir_all(folder.join("schemas/standards")).unwrap();
    fs::rename(folder.join("standards/dogs"), folder.join("schemas/standards/dogs")).unwrap();
    check(folder, &map, 0, WRITTEN, &[]);
    // A set may be flat.
    let set = folder.join("schemas/standards/dogs");
    fs::rename(set.join("types/types.xsd"), set.join("main/types.xsd")).unwrap();
    check(folder, &map, 0, WRITTEN, &[]);
    fs::remove_file(set.join("main/types.xsd")).unwrap();
    check(
        folder,
        &map,
        3,
        "",
        &[
            "error[AH-M142]: the schema imports `../types/types.xsd`, which is not there",
            "schemas/standards/dogs/main/dog.xsd:2:",
        ],
    );
}

#[test]
fn documents_that_the_schema_forbids_are_refused_with_their_places() {
    let town = town();
    let folder = town.path();
    let late = DOG.replace(
        "<x:Name>Rex</x:Name><x:Breed>Mops</x:Breed>",
        "<x:Breed>Mops</x:Breed>\n<x:Name>Rex</x:Name>",
    );
    fs::write(folder.join("dog.xml"), late).unwrap();
    let map = ["map", "--standards", "standards", "--mapping", "dog-xml", "dog.xml"];
    check(
        folder,
        &map,
        1,
        "",
        &["AH-X121", "dog.xml:2:1", "`d:Name`", "/x:Dog/x:Name"],
    );
    fs::write(folder.join("dog.xml"), DOG.replace("Rex", "SecretName")).unwrap();
    let (exit, _, messages) = run(folder, &map);
    assert_eq!(exit, 1);
    assert!(
        messages.contains("AH-X126") && messages.contains("at most 8 characters"),
        "{messages}"
    );
    assert!(!messages.contains("SecretName"), "{messages}");
}

#[test]
fn code_lists_are_taken_in_and_newer_versions_shown_first() {
    let town = town();
    let folder = town.path();
    check(
        folder,
        &["table", "import", "breeds.xml"],
        0,
        "code,name\n001,Dackel\n002,Mops\n",
        &["[tables.rassen]", "# urn:rassen_1.0, version 1.0, 2 codes"],
    );
    let import = [
        "table",
        "import",
        "breeds.xml",
        "--out",
        "mappings/dog-xml/tables/breeds.csv",
    ];
    check(folder, &import, 0, "", &["file = \"tables/breeds.csv\""]);
    check(folder, &import, 0, "", &["nothing has changed"]);
    fs::write(
        folder.join("breeds.xml"),
        list("2.0", &[("001", "Dackel (Teckel)"), ("003", "Pudel")]),
    )
    .unwrap();
    let difference = "- 002  Mops\n+ 003  Pudel\n~ 001  Dackel\n       Dackel (Teckel)\n";
    check(
        folder,
        &import,
        1,
        difference,
        &["1 codes new, 1 gone, 1 changed", "nothing was written"],
    );
    let replace = [&import[..], &["--replace"]].concat();
    check(folder, &replace, 0, difference, &["version 2.0, 2 codes"]);
    let table = fs::read_to_string(folder.join("mappings/dog-xml/tables/breeds.csv")).unwrap();
    assert_eq!(table, "code,name\n001,Dackel (Teckel)\n003,Pudel\n");
    check(
        folder,
        &["table", "import", "breeds.xml", "--key", "nmae"],
        1,
        "",
        &[
            "error[AH-M155]: the code list has no column `nmae`",
            "did you mean `name`?",
        ],
    );
    check(folder, &["table", "import", "gone.xml"], 2, "", &["gone.xml"]);
}
