// SPDX-License-Identifier: EUPL-1.2
//! `hash`: the SHA-256 of a text.

use sha2::{Digest, Sha256};

use super::{Conversion, Example, Function, Law, Made, Prepared, no_arguments};

pub(super) const HASH: Function = Function {
    name: "hash",
    arguments: "",
    law: Law::OneWay,
    english: "The SHA-256 of the UTF-8 text as 64 hexadecimal digits. It does not hide a value that can be guessed: \
              for persons use `pseudonym`.",
    german: "Die SHA-256 des UTF-8-Textes in 64 Hexadezimalziffern. Sie verbirgt keinen Wert, den man erraten kann: \
             für Personen `pseudonym` nehmen.",
    example: Example {
        arguments: &[],
        source: "abc",
        canonical: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::one_way(|input, out| {
            for byte in Sha256::digest(input.text.as_bytes()) {
                push_hex(byte, out);
            }
            Ok(Made::Text)
        })))
    },
};

/// Appends a byte as two hexadecimal digits.
pub(super) fn push_hex(byte: u8, out: &mut String) {
    for digit in [byte >> 4, byte & 15] {
        out.extend(char::from_digit(digit.into(), 16));
    }
}
