// SPDX-License-Identifier: EUPL-1.2
//! The next page of an answer: named in the header `Link` (RFC 8288) or in the answer itself. It must be at the same
//! host, for whoever answers must not send our credentials elsewhere. Pure.

use reqwest::Url;

/// A next page that must not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elsewhere;

/// The address of the next page.
pub(crate) fn resolve(present: &Url, next: &str) -> Result<Url, Elsewhere> {
    let next = present.join(next).map_err(|_| Elsewhere)?;
    if next.origin() == present.origin() && next.username().is_empty() && next.password().is_none() {
        Ok(next)
    } else {
        Err(Elsewhere)
    }
}

/// The target with the relation `next` in the values of the header.
pub(crate) fn next<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    values
        .flat_map(links)
        .find(|link| is_next(link.1))
        .map(|link| link.0.to_owned())
}

/// Targets and their parameters.
fn links(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let (target, behind) = rest.split_once('<')?.1.split_once('>')?;
        let mut quoted = false;
        let end = behind.find(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        let (parameters, following) = end.and_then(|end| behind.split_at_checked(end)).unwrap_or((behind, ""));
        rest = following;
        Some((target, parameters))
    })
}

fn is_next(parameters: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|one| one.split_once('='))
        .any(|(name, value)| {
            let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
            name.trim().eq_ignore_ascii_case("rel") && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_next_page() {
        let check = |value: &str, expected: Option<&str>| {
            assert_eq!(next([value].into_iter()).as_deref(), expected, "{value}");
        };
        check("</a?p=2>; rel=\"next\"", Some("/a?p=2"));
        check(
            "</a>; rel=prev, </b,c>; title=\"x, <y>; rel=next\"; rel=\"last next\"",
            Some("/b,c"),
        );
        check("</a>; REL=Next", Some("/a"));
        check("</a>; rel=\"prev\"", None);
        check("</a>; rel=nextish", None);
        check("", None);
        check("</a; rel=next", None);
    }

    #[test]
    fn no_next_page_leads_elsewhere() {
        let present = Url::parse("https://amt.example/a/list?p=1").unwrap();
        let check = |next: &str, expected: Option<&str>| {
            let resolved = resolve(&present, next).ok().map(String::from);
            assert_eq!(resolved.as_deref(), expected, "{next}");
        };
        check("?p=2", Some("https://amt.example/a/list?p=2"));
        check("/b", Some("https://amt.example/b"));
        check("https://amt.example:443/b", Some("https://amt.example/b"));
        check("https://amt.example:8443/b", None);
        check("http://amt.example/b", None);
        check("https://amt.example@boese.example/", None);
        check("https://geheim@amt.example/", None);
        check("//boese.example/a", None);
        check("file:///etc/passwd", None);
    }
}
