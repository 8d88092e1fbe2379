// SPDX-License-Identifier: EUPL-1.2
//! What is to happen to what is seen: taken alone, taken with its sidecar, refused, or waited for. Pure.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::time::Duration;

use super::refusal;
use super::settling::Seen;
use crate::directory::Kind;
use crate::settings::FileRule;
use connector_sdk::Refusal;

/// A file by its place in the listing of this look.
pub(crate) type Place = usize;

/// What is to happen to one or two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The message is the file.
    Alone { rule: usize, file: Place },
    /// The message is the sidecar, the file its document.
    Pair {
        rule: usize,
        sidecar: Place,
        document: Place,
    },
    /// Never taken.
    Refuse { file: Place, refusal: Refusal },
}

/// The limits of the settings that decide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deciding<'a> {
    pub rules: &'a [FileRule],
    pub max_bytes: u64,
    pub sidecar_wait: Duration,
}

struct Listing<'a> {
    seen: &'a [Seen],
    /// Names as text; what is no UTF-8 never fits a rule's sidecar, but may fit a pattern.
    names: Vec<String>,
    by_name: HashMap<String, Place>,
}

/// Decides over everything seen; the order is that of the files' times, then of their names. A file that may still be written
/// is not passed by those behind it, although they may be known to be complete, because they were renamed: it has to wait for
/// nothing but its own time, and whoever goes on writing it makes it the youngest.
pub(crate) fn pick(seen: &[Seen], deciding: Deciding<'_>) -> Vec<Pick> {
    let listing = Listing::new(seen);
    let rules: Vec<Option<usize>> = listing.names.iter().map(|name| deciding.rule_of(name)).collect();
    let mut sidecars = HashSet::new();
    let mut partner = HashMap::new();
    for (file, rule) in rules.iter().enumerate() {
        let ending = rule
            .and_then(|rule| deciding.rules.get(rule))
            .and_then(|rule| rule.sidecar.as_deref());
        let Some(ending) = ending else { continue };
        if let Some(sidecar) = listing.sidecar_of(file, ending) {
            sidecars.insert(sidecar);
            partner.insert(file, sidecar);
        }
    }
    let mut picks: Vec<(Place, Pick)> = (0..seen.len())
        .filter(|file| !sidecars.contains(file))
        .filter_map(|file| {
            let rule = rules.get(file).copied().flatten();
            let pick = deciding.decide(&listing, file, rule, partner.get(&file).copied())?;
            Some((file, pick))
        })
        .collect();
    picks.sort_by_cached_key(|(file, _)| seen.get(*file).map(turn));
    let settling = seen.iter().enumerate().filter(|(file, seen)| {
        let wanted = rules.get(*file).is_some_and(Option::is_some) && !sidecars.contains(file);
        wanted && !seen.complete && seen.signature.kind == Kind::File && deciding.unfit(seen).is_none()
    });
    let first_settling = settling.map(|(_, seen)| turn(seen)).min();
    let passes = |file: Place| {
        let turn = seen.get(file).map(turn);
        first_settling.is_some() && turn > first_settling
    };
    let is_free = |(file, pick): &(Place, Pick)| matches!(pick, Pick::Refuse { .. }) || !passes(*file);
    picks.into_iter().filter(is_free).map(|(_, pick)| pick).collect()
}

/// When it is a file's turn: by its time, then by its name.
fn turn(seen: &Seen) -> (i128, OsString) {
    (seen.signature.modified, seen.name.clone())
}

impl<'a> Listing<'a> {
    fn new(seen: &'a [Seen]) -> Self {
        let names: Vec<String> = seen
            .iter()
            .map(|seen| seen.name.to_string_lossy().into_owned())
            .collect();
        let by_name = names
            .iter()
            .enumerate()
            .map(|(place, name)| (name.to_lowercase(), place))
            .collect();
        Self { seen, names, by_name }
    }

    /// `scan.json` or `scan.pdf.json` beside `scan.pdf`.
    fn sidecar_of(&self, file: Place, ending: &str) -> Option<Place> {
        let name = self.names.get(file)?.to_lowercase();
        let ending = ending.to_lowercase();
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        [format!("{stem}{ending}"), format!("{name}{ending}")]
            .iter()
            .find_map(|sidecar| self.by_name.get(sidecar).copied())
            .filter(|sidecar| *sidecar != file)
    }
}

impl Deciding<'_> {
    fn rule_of(&self, name: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.pattern.fits(name))
    }

    fn decide(&self, listing: &Listing<'_>, file: Place, rule: Option<usize>, sidecar: Option<Place>) -> Option<Pick> {
        let seen = listing.seen.get(file)?;
        if let Some(refusal) = self.unfit(seen) {
            return Some(Pick::Refuse { file, refusal });
        }
        if !seen.complete {
            return None;
        }
        let Some((rule, wanted)) = rule.and_then(|rule| Some((rule, self.rules.get(rule)?))) else {
            return self.unmatched(listing, file);
        };
        if wanted.sidecar.is_none() {
            return Some(Pick::Alone { rule, file });
        }
        match sidecar {
            None => self.waited(seen, file, refusal::no_sidecar()),
            Some(sidecar) => {
                let beside = listing.seen.get(sidecar)?;
                match self.unfit(beside) {
                    Some(refusal) => Some(Pick::Refuse { file: sidecar, refusal }),
                    None => beside.complete.then_some(Pick::Pair {
                        rule,
                        sidecar,
                        document: file,
                    }),
                }
            }
        }
    }

    /// What no rule wants: a sidecar still waits for its file, anything else is refused.
    fn unmatched(&self, listing: &Listing<'_>, file: Place) -> Option<Pick> {
        let name = listing.names.get(file)?.to_lowercase();
        let is_sidecar = |rule: &FileRule| {
            rule.sidecar
                .as_ref()
                .is_some_and(|ending| name.ends_with(&ending.to_lowercase()))
        };
        if self.rules.iter().any(is_sidecar) {
            return self.waited(listing.seen.get(file)?, file, refusal::no_document());
        }
        Some(Pick::Refuse {
            file,
            refusal: refusal::no_pattern(),
        })
    }

    fn waited(&self, seen: &Seen, file: Place, refusal: Refusal) -> Option<Pick> {
        (seen.age >= self.sidecar_wait).then_some(Pick::Refuse { file, refusal })
    }

    /// What is wrong with the file itself. A file that is too large is not waited for.
    fn unfit(&self, seen: &Seen) -> Option<Refusal> {
        let signature = &seen.signature;
        match signature.kind {
            Kind::File if signature.size > self.max_bytes => Some(refusal::too_large(self.max_bytes)),
            _ if !seen.complete => None,
            Kind::Link => Some(refusal::link()),
            Kind::Special | Kind::Folder => Some(refusal::special()),
            Kind::File if signature.links > 1 => Some(refusal::hard_link()),
            Kind::File if signature.size == 0 => Some(refusal::empty()),
            Kind::File => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Signature;

    fn rules() -> Vec<FileRule> {
        serde_json::from_value(serde_json::json!([
            {"pattern": "*.xml", "type": "invoice.ubl.1"},
            {"pattern": "*.pdf", "type": "scan.sidecar.1", "sidecar": ".json"},
        ]))
        .unwrap()
    }

    fn seen(name: &str, size: u64) -> Seen {
        Seen {
            name: name.into(),
            signature: Signature {
                kind: Kind::File,
                device: 1,
                inode: 1,
                links: 1,
                size,
                modified: 0,
            },
            complete: true,
            age: Duration::from_secs(5),
        }
    }

    /// Picks as text: `a.xml`, `a.json+a.pdf`, `AH-F105 a.xml`.
    #[track_caller]
    fn check(seen: &[Seen], wait: u64, expected: &[&str]) {
        let rules = rules();
        let deciding = Deciding {
            rules: &rules,
            max_bytes: 100,
            sidecar_wait: Duration::from_secs(wait),
        };
        let name = |place: Place| seen[place].name.to_str().unwrap();
        let picks: Vec<String> = pick(seen, deciding)
            .into_iter()
            .map(|pick| match pick {
                Pick::Alone { file, .. } => name(file).to_owned(),
                Pick::Pair { sidecar, document, .. } => format!("{}+{}", name(sidecar), name(document)),
                Pick::Refuse { file, refusal } => format!("{} {}", refusal.code, name(file)),
            })
            .collect();
        assert_eq!(picks, expected);
    }

    #[test]
    fn files_go_in_order_of_time_then_name() {
        let mut late = seen("a.xml", 1);
        late.signature.modified = 9;
        check(
            &[late, seen("c.xml", 1), seen("b.xml", 1)],
            60,
            &["b.xml", "c.xml", "a.xml"],
        );
    }

    #[test]
    fn a_file_that_may_still_be_written_is_not_passed_by_younger_ones() {
        let at = |name: &str, modified: i128, complete: bool| {
            let mut seen = seen(name, 1);
            (seen.signature.modified, seen.complete) = (modified, complete);
            seen
        };
        let young = at("a.xml", 9, true);
        check(
            &[at("b.xml", 5, false), young.clone(), at("c.xml", 1, true)],
            60,
            &["c.xml"],
        );
        check(&[at("b.xml", 5, true), young.clone()], 60, &["b.xml", "a.xml"]);
        // What is refused, or has to wait for its other half, holds nobody.
        check(&[at("b.pdf", 5, true), young.clone()], 60, &["a.xml"]);
        check(&[at("b.exe", 5, false), young], 60, &["a.xml"]);
    }

    #[test]
    fn sidecars_join_their_files_in_either_form_and_any_order() {
        check(&[seen("a.json", 1), seen("a.pdf", 1)], 60, &["a.json+a.pdf"]);
        check(&[seen("a.pdf", 1), seen("a.pdf.json", 1)], 60, &["a.pdf.json+a.pdf"]);
        check(&[seen("A.PDF", 1), seen("a.JSON", 1)], 60, &["a.JSON+A.PDF"]);
    }

    #[test]
    fn one_half_waits_and_then_is_refused() {
        check(&[seen("a.pdf", 1)], 60, &[]);
        check(&[seen("a.json", 1)], 60, &[]);
        check(
            &[seen("a.pdf", 1), seen("b.json", 1)],
            5,
            &["AH-F104 a.pdf", "AH-F108 b.json"],
        );
        let mut half = seen("a.json", 1);
        half.complete = false;
        check(&[half, seen("a.pdf", 1)], 5, &[]);
    }

    #[test]
    fn what_is_unfit_is_refused() {
        let with = |change: fn(&mut Seen)| {
            let mut seen = seen("a.xml", 1);
            change(&mut seen);
            [seen]
        };
        check(&with(|seen| seen.signature.kind = Kind::Link), 60, &["AH-F101 a.xml"]);
        check(&with(|seen| seen.signature.links = 2), 60, &["AH-F102 a.xml"]);
        check(
            &with(|seen| seen.signature.kind = Kind::Special),
            60,
            &["AH-F109 a.xml"],
        );
        check(&with(|seen| seen.signature.size = 0), 60, &["AH-F105 a.xml"]);
        check(&with(|seen| seen.signature.size = 101), 60, &["AH-F106 a.xml"]);
        check(&with(|seen| seen.name = "a.exe".into()), 60, &["AH-F103 a.exe"]);
        check(&with(|seen| seen.complete = false), 60, &[]);
        let growing = |seen: &mut Seen| {
            seen.signature.size = 101;
            seen.complete = false;
        };
        check(&with(growing), 60, &["AH-F106 a.xml"]);
        check(&[seen("a.json", 0), seen("a.pdf", 1)], 60, &["AH-F105 a.json"]);
    }
}
