// SPDX-License-Identifier: EUPL-1.2
//! Names of folders on the line: UTF-7 as IMAP has it (RFC 3501, section 5.1.3), which every server understands.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const MUTF7: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// The name as it goes over the line.
pub(crate) fn encoded(name: &str) -> String {
    let (mut out, mut wide) = (String::new(), Vec::new());
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut wide, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            wide.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut out);
    out
}

fn flush(wide: &mut Vec<u8>, out: &mut String) {
    if !wide.is_empty() {
        out.push('&');
        MUTF7.encode_string(std::mem::take(wide), out);
        out.push('-');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_as_servers_expect_them() {
        for (name, expected) in [
            ("INBOX/Amt", "INBOX/Amt"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("A & B", "A &- B"),
            ("Übernommen", "&ANw-bernommen"),
            ("台北", "&U,BTFw-"),
        ] {
            assert_eq!(encoded(name), expected);
        }
    }
}
