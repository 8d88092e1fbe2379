// SPDX-License-Identifier: EUPL-1.2
//! `code_uri('urn:…')`: a code together with the list it is from.

use super::{Conversion, Example, Function, Law, Made, Misfit, Prepared, one_text};
use hub_message::LeafKind;

pub(super) const CODE_URI: Function = Function {
    name: "code_uri",
    arguments: "'uri of the code list'",
    law: Law::Bijective,
    english: "A code of the source becomes `uri#code`, so that codes of different lists never look alike; writing takes \
              the code out again and refuses one of another list.",
    german: "Aus einem Code wird `uri#code`, damit Codes verschiedener Listen nie gleich aussehen; Schreiben nimmt den \
             Code wieder heraus und weist den einer anderen Liste zurück.",
    example: Example {
        arguments: &["'urn:de:bund:destatis:schluessel:staat'"],
        source: "000",
        canonical: "urn:de:bund:destatis:schluessel:staat#000",
    },
    prepare: |arguments| {
        let uri = one_text(arguments, "the URI of the code list")?;
        if !uri.contains(':') || uri.contains('#') || uri.contains(char::is_whitespace) {
            return Err("the URI of a code list has a scheme, no white space and no `#`".to_owned());
        }
        let prefix = format!("{uri}#");
        let list = prefix.clone();
        let mut conversion = Conversion::normalising(
            LeafKind::Text,
            move |input, out| {
                out.push_str(&prefix);
                out.push_str(input.text);
                Ok(Made::Text)
            },
            move |input, out| {
                let code = input.text.strip_prefix(&list);
                out.push_str(code.ok_or_else(|| Misfit::new("is not a code of this list"))?);
                Ok(Made::Text)
            },
        );
        conversion.law = Law::Bijective;
        Ok(Prepared::Each(conversion))
    },
};
