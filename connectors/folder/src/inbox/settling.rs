// SPDX-License-Identifier: EUPL-1.2
//! Which files are complete. Pure: it is told what a look into the folder showed and when.
//!
//! A file is complete when its size and time did not change for a while, or when it was seen under a temporary name
//! before: whoever renames has finished writing.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use crate::directory::{Kind, Signature};

/// Something in the folder that has a final name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub name: OsString,
    pub signature: Signature,
    /// Whether nobody writes it any more.
    pub complete: bool,
    /// How long it has looked as it looks.
    pub age: Duration,
}

#[derive(Debug)]
struct Known {
    signature: Signature,
    since: Instant,
    renamed: bool,
}

/// What earlier looks into the folder showed.
#[derive(Debug, Default)]
pub(crate) struct Settling {
    known: HashMap<OsString, Known>,
    temporary: HashSet<(u64, u64)>,
}

impl Settling {
    /// What the present look shows, folders and temporary names left out.
    /// `arrived`: names that were renamed into the folder since the last look, as far as that is known.
    pub(crate) fn look(
        &mut self,
        listing: Vec<(OsString, Signature)>,
        arrived: &HashSet<OsString>,
        now: Instant,
        stable: Duration,
    ) -> Vec<Seen> {
        let mut known = HashMap::with_capacity(listing.len());
        let mut temporary = HashSet::new();
        let mut seen = Vec::with_capacity(listing.len());
        for (name, signature) in listing {
            let inode = (signature.device, signature.inode);
            if signature.kind == Kind::Folder {
                continue;
            }
            if is_temporary(&name) {
                temporary.insert(inode);
                continue;
            }
            let before = self.known.remove(&name).filter(|known| known.signature == signature);
            let mut this = before.unwrap_or_else(|| Known {
                signature,
                since: now,
                renamed: self.temporary.contains(&inode),
            });
            // A file that came between the reading of the names that arrived and that of the folder is told of in the next
            // look only. Without this the ones behind it would pass it.
            this.renamed |= arrived.contains(&name);
            let age = now.saturating_duration_since(this.since);
            seen.push(Seen {
                name: name.clone(),
                signature,
                complete: this.renamed || age >= stable,
                age,
            });
            known.insert(name, this);
        }
        self.known = known;
        self.temporary = temporary;
        seen
    }
}

/// Names that writers use until they have finished: `*.tmp`, `*.part`, `.*`, `~*`.
pub(crate) fn is_temporary(name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    let ends = |ending: &[u8]| {
        bytes.len() >= ending.len()
            && bytes
                .iter()
                .rev()
                .zip(ending.iter().rev())
                .all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    bytes.starts_with(b".") || bytes.starts_with(b"~") || ends(b".tmp") || ends(b".part")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(inode: u64, size: u64) -> Signature {
        Signature {
            kind: Kind::File,
            device: 1,
            inode,
            links: 1,
            size,
            modified: 0,
        }
    }

    /// One look into the folder: (milliseconds, listing, names that are complete then).
    type Look<'a> = (u64, &'a [(&'a str, Signature)], &'a [&'a str]);

    #[track_caller]
    fn check(steps: &[Look<'_>]) {
        let start = Instant::now();
        let mut settling = Settling::default();
        for (at, listing, expected) in steps {
            let listing = listing
                .iter()
                .map(|(name, signature)| (name.into(), *signature))
                .collect();
            let seen = settling.look(
                listing,
                &HashSet::new(),
                start + Duration::from_millis(*at),
                Duration::from_millis(500),
            );
            let complete: Vec<_> = seen
                .iter()
                .filter(|seen| seen.complete)
                .map(|seen| seen.name.to_str().unwrap())
                .collect();
            assert_eq!(&complete, expected, "at {at}");
        }
    }

    #[test]
    fn a_file_that_grows_is_not_complete() {
        check(&[
            (0, &[("a", file(1, 0))], &[]),
            (400, &[("a", file(1, 5))], &[]),
            (800, &[("a", file(1, 9))], &[]),
            (1299, &[("a", file(1, 9))], &[]),
            (1300, &[("a", file(1, 9))], &["a"]),
        ]);
    }

    #[test]
    fn a_renamed_file_is_complete_at_once() {
        check(&[
            (0, &[("a.tmp", file(1, 5))], &[]),
            (100, &[("a.xml", file(1, 9))], &["a.xml"]),
            (200, &[("a.xml", file(1, 9))], &["a.xml"]),
            (300, &[("a.xml", file(1, 10))], &[]),
        ]);
    }

    #[test]
    fn a_file_that_was_renamed_into_the_folder_is_complete_at_once() {
        let mut settling = Settling::default();
        let listing = vec![("a".into(), file(1, 5)), ("b".into(), file(2, 5))];
        let arrived = HashSet::from(["a".into()]);
        let seen = settling.look(listing, &arrived, Instant::now(), Duration::from_secs(600));
        let complete: Vec<_> = seen.iter().map(|seen| seen.complete).collect();
        assert_eq!(complete, [true, false]);
    }

    #[test]
    fn a_file_that_is_told_of_late_is_not_passed_by_the_next() {
        let mut settling = Settling::default();
        let (a, b) = (("a".into(), file(1, 5)), ("b".into(), file(2, 5)));
        let mut complete = |listing: &[(OsString, Signature)], arrived: &[&str]| {
            let arrived = arrived.iter().map(Into::into).collect();
            let seen = settling.look(listing.to_vec(), &arrived, Instant::now(), Duration::from_secs(600));
            seen.iter().map(|seen| seen.complete).collect::<Vec<_>>()
        };
        assert_eq!(complete(std::slice::from_ref(&a), &[]), [false]);
        assert_eq!(complete(&[a.clone(), b.clone()], &["a", "b"]), [true, true]);
        assert_eq!(complete(&[a, b], &[]), [true, true]);
    }

    #[test]
    fn another_file_under_the_same_name_begins_anew() {
        check(&[
            (0, &[("a", file(1, 5))], &[]),
            (600, &[("a", file(2, 5))], &[]),
            (700, &[], &[]),
            (1100, &[("a", file(2, 5))], &[]),
            (1600, &[("a", file(2, 5))], &["a"]),
        ]);
    }

    #[test]
    fn temporary_names_are_never_taken() {
        for name in ["a.tmp", "A.TMP", "a.part", ".a", "~a", "~$a.docx", "x.xml.part", "..."] {
            assert!(is_temporary(OsStr::new(name)), "{name}");
        }
        for name in ["a", "tmp", "part", "a.tmp.xml", "a~"] {
            assert!(!is_temporary(OsStr::new(name)), "{name}");
        }
    }
}
