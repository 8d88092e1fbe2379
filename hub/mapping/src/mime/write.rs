// SPDX-License-Identifier: EUPL-1.2
//! What writing forms and mails has in common.

use hub_message::{Code, Digest, Rejection};

/// A boundary that stands in none of the contents and is made of them, so that the same contents give the same bytes.
pub(crate) fn boundary_for(contents: &[String]) -> String {
    let mut seed = contents
        .iter()
        .map(|content| Digest::of(content.as_bytes()).to_string())
        .collect::<String>();
    loop {
        let digest = Digest::of(seed.as_bytes());
        let boundary = format!("amtshub-{}", digest.as_str().get(..32).unwrap_or_default());
        if !contents.iter().any(|content| content.contains(&boundary)) {
            return boundary;
        }
        seed.push('+');
    }
}

/// A value that would end its header line and begin another one.
pub(crate) fn control_character(code: &'static str) -> Rejection {
    Rejection::new(
        Code::new(code),
        "the value holds a line break or another control character, which cannot stand in a header",
        "correct the value: whoever could write a line break there could write a header of his own",
    )
}
