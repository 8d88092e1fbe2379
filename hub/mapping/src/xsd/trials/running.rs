// SPDX-License-Identifier: EUPL-1.2
//! Documents through a mapping that names a schema.

use super::loading::{COMPLETE, HEAD, load};
use crate::{Facts, Worker};

pub(super) const VALID: &str = "<o:Order xmlns:o='urn:order' xmlns:c='urn:common' version='1'><o:Number>A</o:Number><o:Date>2024-01-01</o:Date>\
    <o:Note>n</o:Note><o:Cash>true</o:Cash><o:Line><o:Id>a</o:Id><o:Amount currency='EUR'>1.50</o:Amount></o:Line>\
    <c:Person><name>N</name></c:Person></o:Order>";

#[test]
fn documents_are_read_and_written_in_the_order_of_the_schema() {
    let mapping = load(&format!("{HEAD}{COMPLETE}")).mapping.unwrap();
    let mut worker = Worker::default();
    let read = mapping.read(VALID.as_bytes(), &mut worker).unwrap();
    let written = mapping
        .write(read[0].root().unwrap(), &Facts::default(), &mut worker)
        .unwrap();
    let text = String::from_utf8(written).unwrap();
    let body = text.split_once("version=\"1\">").unwrap().1;
    assert_eq!(
        body,
        "<o:Number>A</o:Number><o:Date>2024-01-01</o:Date><o:Note>n</o:Note><o:Cash>true</o:Cash>\
         <o:Line><o:Id>a</o:Id><o:Amount currency=\"EUR\">1.50</o:Amount></o:Line><c:Person><name>N</name></c:Person></o:Order>\n"
    );
}

/// What a mapping says of a document that it reads and then writes, `code place path: sentence`.
pub(super) fn refused(settings: &str, document: &str) -> Vec<String> {
    let mapping = load(&format!("{HEAD}{COMPLETE}").replacen("[format.ns]", &format!("{settings}\n[format.ns]"), 1))
        .mapping
        .unwrap();
    let mut worker = Worker::default();
    let result = mapping
        .read(document.as_bytes(), &mut worker)
        .and_then(|read| mapping.write(read[0].root().unwrap(), &Facts::default(), &mut worker));
    let Err(first) = result else {
        return Vec::new();
    };
    let all = std::iter::once(&first).chain(&first.also);
    let shown = all.map(|one| {
        format!(
            "{} {} {}: {}",
            one.code,
            one.place.unwrap(),
            one.path.as_deref().unwrap_or("-"),
            one.text
        )
    });
    shown.collect()
}

#[test]
fn what_is_read_and_what_is_written_is_valid_or_refused() {
    assert_eq!(refused("", VALID), [""; 0]);
    let late = VALID.replace(
        "<o:Note>n</o:Note><o:Cash>true</o:Cash>",
        "<o:Cash>true</o:Cash><o:Note>n</o:Note>",
    );
    let fault = "AH-X121 1:133 /o:Order/o:Note: `o:Note` stands in `o:Order` too late: the schema wants it earlier, not behind `o:Cash`";
    assert_eq!(refused("", &late), [fault]);
    assert_eq!(refused("validate = ['write']", &late), [""; 0]);
    let three = VALID.replace(
        "<o:Note>n</o:Note>",
        "<o:Note>n</o:Note><o:Note>n</o:Note><o:Note>n</o:Note>",
    );
    assert_eq!(
        refused("validate = ['write']", &three),
        [
            "AH-X123 2:148 /o:Order/o:Note[3]: what was written is not valid: `o:Note` stands in `o:Order` more often than 2 times"
        ]
    );
    assert_eq!(refused("validate = []", &three), [""; 0]);
}
