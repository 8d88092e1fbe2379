// SPDX-License-Identifier: EUPL-1.2
//! What a restriction demands.

use super::{Compiler, xs};
use crate::tree::Node;
use crate::xsd::builtin::White;
use crate::xsd::documents::Document;
use crate::xsd::pattern;
use crate::xsd::simple::{Bound, Facets, worked_off};

impl<'d> Compiler<'d> {
    /// The facets in a node.
    pub(super) fn facets(&mut self, document: &'d Document, node: &'d Node, white: White) -> Facets {
        let mut facets = Facets::default();
        let mut all_patterns = true;
        for child in xs(node) {
            let Some(value) = child.attribute("value") else {
                if child.name == "assertion" {
                    self.warning("AH-M152", document, child.at.clone(), "`xs:assertion` is not checked");
                }
                continue;
            };
            let text = value.value.trim();
            let count = || text.parse().ok();
            match child.name.as_str() {
                "length" => facets.length = count(),
                "minLength" => facets.min_length = count(),
                "maxLength" => facets.max_length = count(),
                "totalDigits" => facets.total_digits = count(),
                "fractionDigits" => facets.fraction_digits = count(),
                "minInclusive" => facets.bounds.push(bound(text, true, false)),
                "minExclusive" => facets.bounds.push(bound(text, false, false)),
                "maxInclusive" => facets.bounds.push(bound(text, true, true)),
                "maxExclusive" => facets.bounds.push(bound(text, false, true)),
                "enumeration" => facets.enumeration.push(worked_off(&value.value, white).into_owned()),
                "pattern" => match pattern::compile(&value.value) {
                    Ok(regex) => facets.patterns.push(regex),
                    Err(why) => {
                        all_patterns = false;
                        let sentence = format!("this pattern is not checked: {why}");
                        self.warning("AH-M152", document, value.at.clone(), sentence);
                    }
                },
                _ => {}
            }
        }
        // One of several patterns is enough, so one that cannot be checked might be the one that fits.
        if !all_patterns {
            facets.patterns.clear();
        }
        facets.members = facets.enumeration.iter().cloned().collect();
        facets
    }
}

fn bound(text: &str, inclusive: bool, upper: bool) -> Bound {
    Bound {
        text: text.to_owned(),
        inclusive,
        upper,
    }
}
