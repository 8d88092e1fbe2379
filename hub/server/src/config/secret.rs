// SPDX-License-Identifier: EUPL-1.2
//! Secrets stand in files, in the environment or in systemd's credentials, never in the configuration itself:
//! `{ file = "…" }`, `{ env = "…" }`, `{ credential = "…" }`.

use std::path::{Path, PathBuf};

use hub_message::{Code, Finding, Sensitive};
use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::table::{Section, Source};

/// A secret that stands in the configuration; whoever shows the finding hides what it points at.
pub(super) const INLINE: Code = Code::new("AH-K007");
const REFERENCE: Code = Code::new("AH-K008");

/// Where a secret stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Secret {
    /// In a file; its content without white space at the end.
    File(PathBuf),
    /// In an environment variable.
    Env(String),
    /// In a file of this name below `$CREDENTIALS_DIRECTORY` (systemd `LoadCredential=`).
    Credential(String),
}

/// A text that may hold a secret, such as an address with a password in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MaybeSecret {
    /// It stands in the configuration.
    Plain(String),
    /// It is kept elsewhere.
    Kept(Secret),
}

impl Secret {
    /// The secret that a table names; `None` if it is no reference. A relative file is looked up from `folder`.
    pub(super) fn of(kind: &str, name: &str, folder: &Path) -> Option<Self> {
        match kind {
            "file" => Some(Self::File(folder.join(name))),
            "env" => Some(Self::Env(name.to_owned())),
            "credential" => Some(Self::Credential(name.to_owned())),
            _ => None,
        }
    }

    /// Reads it. The error is a sentence that names the place, never the secret.
    pub(crate) fn read(&self) -> Result<Sensitive<String>, String> {
        let text = match self {
            Self::File(path) => read_file(path)?,
            Self::Env(name) => variable(name).ok_or_else(|| format!("the environment has no variable `{name}`"))?,
            Self::Credential(name) => {
                let folder = variable("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    format!("credential `{name}`: systemd gave no credentials (CREDENTIALS_DIRECTORY)")
                })?;
                read_file(&Path::new(&folder).join(name))?
            }
        };
        Ok(Sensitive::new(text.trim_end().to_owned()))
    }

    pub(super) fn to_json(&self) -> Value {
        let (kind, name) = match self {
            Self::File(path) => ("file", path.display().to_string()),
            Self::Env(name) => ("env", name.clone()),
            Self::Credential(name) => ("credential", name.clone()),
        };
        serde_json::json!({ kind: name })
    }
}

impl MaybeSecret {
    /// Reads it; see [`Secret::read`].
    pub(crate) fn read(&self) -> Result<Sensitive<String>, String> {
        match self {
            Self::Plain(text) => Ok(Sensitive::new(text.clone())),
            Self::Kept(secret) => secret.read(),
        }
    }
}

fn read_file(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|fault| format!("secret file {}: {fault}", path.display()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place: configuration names the variable"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A key that must hold a reference.
pub(crate) fn reference(section: &mut Section<'_>, key: &'static str, folder: &Path) -> Option<Secret> {
    let (_, value) = section.entry(key)?;
    refer(section.source(), value, folder).or_else(|| {
        let finding = inline(section.source(), key, value);
        section.source().find(finding);
        None
    })
}

/// A key that holds an address: plain text, unless there is a password in it.
pub(crate) fn address(section: &mut Section<'_>, key: &'static str, folder: &Path) -> Option<MaybeSecret> {
    let (_, value) = section.entry(key)?;
    if let Some(secret) = refer(section.source(), value, folder) {
        return Some(MaybeSecret::Kept(secret));
    }
    let text = section.string(key, value)?;
    if has_password(text.as_str()) {
        let finding = text.error(INLINE, format!("the address in `{key}` holds a password"));
        section.source().find(
            finding.help("keep the address in a file: { file = \"…\" }, { env = \"…\" } or { credential = \"…\" }"),
        );
        return None;
    }
    Some(MaybeSecret::Plain(text.as_str().to_owned()))
}

/// The reference that a value is, if it is one: a table of nothing but the three keys, of which one is allowed.
pub(super) fn refer(source: &Source, value: &Spanned<DeValue<'_>>, folder: &Path) -> Option<Secret> {
    let table = value.get_ref().as_table()?;
    let mut secrets = Vec::new();
    for (kind, name) in table {
        secrets.push(Secret::of(kind.get_ref(), name.get_ref().as_str()?, folder)?);
    }
    if secrets.len() > 1 {
        let text = "a secret stands in one place: `file`, `env` or `credential`";
        source.find(Finding::error(REFERENCE, source.file.as_ref(), value.span(), text));
    }
    secrets.pop()
}

/// Whether a text is an address with a password before its host.
pub(super) fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once('@')
        .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()))
}

pub(super) fn inline(source: &Source, key: &str, value: &Spanned<DeValue<'_>>) -> Finding {
    let text = format!("the secret `{key}` stands in the configuration itself");
    Finding::error(INLINE, source.file.as_ref(), value.span(), text)
        .help("keep it elsewhere: { file = \"…\" }, { env = \"…\" } or { credential = \"…\" }")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_passwords() {
        assert!(has_password("postgres://amtshub:geheim@db/amtshub"));
        for no in [
            "postgres://amtshub@db/x",
            "https://town.example/a:b@c",
            "user:pw@host",
            "file",
            "https://u:@h/",
        ] {
            assert!(!has_password(no), "{no}");
        }
    }
}
