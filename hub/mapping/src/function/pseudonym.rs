// SPDX-License-Identifier: EUPL-1.2
//! `pseudonym('waste-2026')`: the same person, the same name that tells nothing.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::hash::push_hex;
use super::{Conversion, Example, Function, Law, Made, Misfit, Prepared, one_text};

pub(super) const PSEUDONYM: Function = Function {
    name: "pseudonym",
    arguments: "'name of the secret'",
    law: Law::OneWay,
    english: "The HMAC-SHA-256 of the value with the named secret, the first 128 bits as 32 hexadecimal digits. Without \
              the secret nobody can compute or undo it.",
    german: "Die HMAC-SHA-256 des Wertes mit dem genannten Geheimnis, die ersten 128 Bit in 32 Hexadezimalziffern. Ohne \
             das Geheimnis kann sie niemand berechnen oder auflösen.",
    example: Example {
        arguments: &["'waste-2026'"],
        source: "4711",
        canonical: "‹depends on the secret›",
    },
    prepare: |arguments| {
        let name = one_text(arguments, "the name of the secret")?;
        if name.is_empty() {
            return Err("the name of the secret must not be empty".to_owned());
        }
        let mut conversion = Conversion::one_way(|input, out| {
            let secret = input.secret.filter(|secret| secret.len() >= 16);
            let mac = secret.and_then(|secret| Hmac::<Sha256>::new_from_slice(secret).ok());
            let mac = mac.ok_or_else(|| Misfit::new("needs a secret of 16 bytes or more that is not there"))?;
            let code = mac.chain_update(input.text.as_bytes()).finalize().into_bytes();
            code.iter().take(16).for_each(|byte| push_hex(*byte, out));
            Ok(Made::Text)
        });
        conversion.secret = Some(name.to_owned());
        Ok(Prepared::Each(conversion))
    },
};

#[cfg(test)]
mod tests {
    use super::super::laws::prepared;
    use super::super::{Input, Prepared};

    #[test]
    fn it_is_the_hmac_of_rfc_4231() {
        let Prepared::Each(conversion) = prepared("pseudonym", &["'k'"]).unwrap() else {
            unreachable!()
        };
        assert_eq!(conversion.secret.as_deref(), Some("k"));
        let mut out = String::new();
        let input = Input {
            secret: Some(&[0x0b; 20]),
            ..Input::of("Hi There")
        };
        (conversion.read)(&input, &mut out).unwrap();
        assert_eq!(out, "b0344c61d8db38535ca8afceaf0bf12b");
        assert!((conversion.read)(&Input::of("Hi There"), &mut String::new()).is_err());
    }
}
