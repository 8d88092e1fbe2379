// SPDX-License-Identifier: EUPL-1.2
//! `uuid5('urn:hub:trade')`: the same value, the same identifier.

use sha1::{Digest, Sha1};

use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};

/// The name space for URLs and URNs (RFC 9562, section 6.6).
const URL: [u8; 16] = [
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
];

pub(super) const UUID5: Function = Function {
    name: "uuid5",
    arguments: "'name space', ^field…",
    law: Law::OneWay,
    english: "A UUID made of a name space (a UUID, or a URN of which one is made) and the value: the same value gives \
              the same identifier. Each further field narrows the name space.",
    german: "Eine UUID aus einem Namensraum (einer UUID oder einer URN) und dem Wert: Derselbe Wert ergibt dieselbe \
             Kennung. Jedes weitere Feld engt den Namensraum ein.",
    example: Example {
        arguments: &["'6ba7b810-9dad-11d1-80b4-00c04fd430c8'"],
        source: "www.example.com",
        canonical: "2ed6657d-e927-568b-95e1-2665a8aea6a2",
    },
    prepare: |arguments| {
        let Some((Argument::Text(name), fields)) = arguments.split_first() else {
            return Err(
                "it takes a name space in quotation marks and then, if needed, fields like ^case.number".to_owned(),
            );
        };
        if name.is_empty() {
            return Err("the name space must not be empty".to_owned());
        }
        let space = parse(name).unwrap_or_else(|| uuid5(URL, name));
        let fields = fields
            .iter()
            .map(|argument| match argument {
                Argument::Field(field) => Ok(field.clone()),
                _ => Err("behind the name space only fields like ^case.number may stand".to_owned()),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut conversion = Conversion::one_way(move |input, out| {
            let mut space = space;
            for field in input.fields {
                let value = field.ok_or_else(|| Misfit::new("needs a field for its identifier that is absent"))?;
                space = uuid5(space, value);
            }
            write(uuid5(space, input.text), out);
            Ok(Made::Text)
        });
        conversion.fields = fields;
        Ok(Prepared::Each(conversion))
    },
};

/// Version 5 of RFC 9562, section 5.5.
fn uuid5(space: [u8; 16], name: &str) -> [u8; 16] {
    let hash = Sha1::new().chain_update(space).chain_update(name.as_bytes()).finalize();
    let mut uuid = [0; 16];
    for (to, from) in uuid.iter_mut().zip(hash.iter()) {
        *to = *from;
    }
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut uuid;
    *version = *version & 0x0f | 0x50;
    *variant = *variant & 0x3f | 0x80;
    uuid
}

fn write(uuid: [u8; 16], out: &mut String) {
    for (n, byte) in uuid.iter().enumerate() {
        if matches!(n, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        super::hash::push_hex(*byte, out);
    }
}

fn parse(text: &str) -> Option<[u8; 16]> {
    let hyphens = [8, 13, 18, 23].iter().all(|&at| text.as_bytes().get(at) == Some(&b'-'));
    let digits: Vec<u8> = text
        .bytes()
        .filter(|&b| b != b'-')
        .map(|b| char::from(b).to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?))
        .collect();
    bytes.try_into().ok().filter(|_| hyphens && text.len() == 36)
}

#[cfg(test)]
mod tests {
    use super::super::laws::{prepared, read};
    use super::super::{Input, Prepared};

    #[test]
    fn a_urn_is_a_name_space_by_itself() {
        let one = read("uuid5", &["'urn:hub:trade'"], "GEW-2026-017");
        assert_eq!(one, read("uuid5", &["'urn:hub:trade'"], "GEW-2026-017"));
        assert_ne!(one, read("uuid5", &["'urn:hub:other'"], "GEW-2026-017"));
    }

    #[test]
    fn fields_narrow_the_name_space() {
        let Prepared::Each(conversion) = prepared("uuid5", &["'urn:x'", "^case.number"]).unwrap() else {
            unreachable!()
        };
        assert_eq!(conversion.fields, ["case.number"]);
        let with = |field: Option<&str>| {
            let mut out = String::new();
            let input = Input {
                fields: &[field],
                ..Input::of("1")
            };
            (conversion.read)(&input, &mut out).map(|_| out)
        };
        assert_ne!(with(Some("A")), with(Some("B")));
        assert!(with(None).is_err());
    }
}
