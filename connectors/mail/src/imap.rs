// SPDX-License-Identifier: EUPL-1.2
//! The few commands of IMAP (RFC 9051, and 3501 before it) that a mailbox is read with.
//!
//! A client of our own because of one thing that the libraries do not do: a mail goes from the line into a file piece by
//! piece, so that none is ever whole in memory.

mod folder;
mod reply;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use connector_sdk::Unavailable;

use crate::line::{Line, Server};
use crate::settings::Security;
pub(crate) use folder::encoded;
pub(crate) use reply::Reply;

/// Largest literal that is kept in memory: a name or a number, never a mail.
const LITERAL_MAX: u64 = 64 * 1024;
/// Bytes of a mail that are passed on at once.
const PIECE: usize = 64 * 1024;

/// Takes the bytes of a mail.
pub(crate) trait Taking {
    /// The next bytes.
    async fn piece(&mut self, bytes: &Bytes) -> Result<(), Unavailable>;
}

/// A connection that is logged in.
#[derive(Debug)]
pub(crate) struct Imap {
    line: Line,
    tag: u32,
    capabilities: Vec<String>,
    idling: Option<String>,
}

/// What `SELECT` said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Selected {
    /// UIDs hold as long as this number does (RFC 9051, section 2.3.1.1).
    pub validity: u32,
    /// Whether keywords of our own can be set.
    pub keywords: bool,
}

/// How a command ended.
#[derive(Debug)]
enum Ended {
    Ok,
    /// `NO` or `BAD`, with the code in brackets.
    No(String),
}

impl Imap {
    /// Connects, encrypts and logs in.
    pub(crate) async fn open(server: &Server, user: &str, password: &str) -> Result<Self, Unavailable> {
        let mut line = server.connect().await?;
        let greeting = line.line().await?;
        if !greeting.starts_with(b"* OK") && !greeting.starts_with(b"* PREAUTH") {
            return Err(line.trouble("Der Server nimmt gerade keine Anmeldung an."));
        }
        let mut imap = Self {
            line,
            tag: 0,
            capabilities: Vec::new(),
            idling: None,
        };
        if server.security == Security::Starttls {
            imap.must(
                "STARTTLS",
                "Der Server bietet kein STARTTLS; es wird nichts übertragen.",
            )
            .await?;
            imap.line = imap.line.encrypt().await?;
        }
        imap.learn().await?;
        imap.login(user, password).await?;
        imap.learn().await?;
        Ok(imap)
    }

    async fn login(&mut self, user: &str, password: &str) -> Result<(), Unavailable> {
        let plain = STANDARD.encode(format!("\0{user}\0{password}"));
        let command = if self.can("AUTH=PLAIN") {
            if self.can("SASL-IR") {
                format!("AUTHENTICATE PLAIN {plain}")
            } else {
                "AUTHENTICATE PLAIN".to_owned()
            }
        } else {
            format!("LOGIN {} {}", quoted(user), quoted(password))
        };
        let tag = self.send(&command).await?;
        let ended = self.until(&tag, &mut |_| {}, Some(&plain)).await?;
        match ended {
            Ended::Ok => Ok(()),
            Ended::No(code) if code == "UNAVAILABLE" || code == "LIMIT" => {
                Err(self.line.trouble("Der Server nimmt gerade keine Anmeldung an."))
            }
            Ended::No(_) => Err(self
                .line
                .trouble("Die Anmeldung wird abgelehnt; user und password prüfen.")),
        }
    }

    async fn learn(&mut self) -> Result<(), Unavailable> {
        let mut found = Vec::new();
        self.command("CAPABILITY", &mut |reply| {
            if let Some(list) = reply.after("CAPABILITY") {
                found = list.split(' ').map(str::to_ascii_uppercase).collect();
            }
        })
        .await?;
        self.capabilities = found;
        Ok(())
    }

    /// Whether the server can do this.
    pub(crate) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|one| one == capability)
    }

    /// Opens a folder. Without `writing` nothing in it can change.
    pub(crate) async fn select(&mut self, folder: &str, writing: bool) -> Result<Selected, Unavailable> {
        let verb = if writing { "SELECT" } else { "EXAMINE" };
        let (mut validity, mut keywords) = (0, false);
        let command = format!("{verb} {}", quoted(&encoded(folder)));
        let ended = self
            .command(&command, &mut |reply| {
                if let Some(number) = reply.code("UIDVALIDITY") {
                    validity = number.parse().unwrap_or_default();
                }
                if let Some(flags) = reply.code("PERMANENTFLAGS") {
                    keywords = flags.contains("\\*");
                }
            })
            .await?;
        match ended {
            Ended::Ok => Ok(Selected { validity, keywords }),
            Ended::No(_) => Err(self
                .line
                .trouble(&format!("Den Ordner {folder} gibt es nicht, oder er ist gesperrt."))),
        }
    }

    /// Whether a folder is there.
    pub(crate) async fn must_have(&mut self, folder: &str) -> Result<(), Unavailable> {
        let command = format!("STATUS {} (UIDVALIDITY)", quoted(&encoded(folder)));
        let sentence = format!("Den Ordner {folder} gibt es nicht, oder er ist gesperrt.");
        self.must(&command, &sentence).await
    }

    /// The UIDs that meet these criteria, ascending.
    pub(crate) async fn search(&mut self, criteria: &str) -> Result<Vec<u32>, Unavailable> {
        let mut found: Vec<u32> = Vec::new();
        let ended = self
            .command(&format!("UID SEARCH {criteria}"), &mut |reply| {
                if let Some(list) = reply.after("SEARCH") {
                    found.extend(list.split(' ').filter_map(|uid| uid.parse::<u32>().ok()));
                }
            })
            .await?;
        match ended {
            Ended::Ok => {
                found.sort_unstable();
                found.dedup();
                Ok(found)
            }
            Ended::No(_) => Err(self.line.trouble("Der Ordner lässt sich nicht durchsuchen.")),
        }
    }

    /// UID and size in bytes of each of these mails that is still there.
    pub(crate) async fn sizes(&mut self, uids: &[u32]) -> Result<Vec<(u32, u64)>, Unavailable> {
        let mut found = Vec::new();
        let command = format!("UID FETCH {} (UID RFC822.SIZE)", set(uids));
        self.command(&command, &mut |reply| {
            let item = |name| reply.item(name).and_then(|value| value.parse().ok());
            if let (Some(uid), Some(size)) = (item("UID"), item("RFC822.SIZE")) {
                found.push((uid as u32, size));
            }
        })
        .await?;
        found.sort_unstable();
        Ok(found)
    }

    /// Reads a mail to its end; `false` when it is gone. It does not become *seen* by that.
    pub(crate) async fn fetch(&mut self, uid: u32, to: &mut impl Taking) -> Result<bool, Unavailable> {
        let tag = self.send(&format!("UID FETCH {uid} (UID BODY.PEEK[])")).await?;
        let mut there = false;
        loop {
            let (reply, body) = self.reply(Some(to)).await?;
            there |= body;
            if let Some(short) = reply.quoted_body() {
                to.piece(&short).await?;
                there = true;
            }
            if let Some(ended) = ended(&reply, &tag) {
                return match ended {
                    Ended::Ok => Ok(there),
                    Ended::No(_) => Err(self.line.trouble("Eine Mail lässt sich nicht lesen.")),
                };
            }
        }
    }

    /// Adds flags to mails.
    pub(crate) async fn flag(&mut self, uids: &[u32], flags: &str) -> Result<(), Unavailable> {
        let command = format!("UID STORE {} +FLAGS.SILENT ({flags})", set(uids));
        self.must(
            &command,
            "Mails lassen sich nicht kennzeichnen; Rechte am Ordner prüfen.",
        )
        .await
    }

    /// Moves mails to a folder: by one command, or where the server has none by copying and deleting.
    pub(crate) async fn shift(&mut self, uids: &[u32], folder: &str) -> Result<(), Unavailable> {
        let (set, name) = (set(uids), quoted(&encoded(folder)));
        let sentence = format!("Mails lassen sich nicht in den Ordner {folder} verschieben.");
        if self.can("MOVE") {
            return self.must(&format!("UID MOVE {set} {name}"), &sentence).await;
        }
        self.must(&format!("UID COPY {set} {name}"), &sentence).await?;
        self.flag(uids, "\\Deleted").await?;
        if self.can("UIDPLUS") {
            return self.must(&format!("UID EXPUNGE {set}"), &sentence).await;
        }
        // Without it only everything could be removed, also what others have marked: they stay, marked as deleted.
        Ok(())
    }

    /// Begins to wait for news (RFC 2177); `false` when the server cannot.
    pub(crate) async fn begin_idle(&mut self) -> Result<bool, Unavailable> {
        if !self.can("IDLE") {
            return Ok(false);
        }
        if self.idling.is_none() {
            self.idling = Some(self.send("IDLE").await?);
        }
        Ok(true)
    }

    /// Whether news came within this time.
    pub(crate) async fn has_news(&mut self, within: Duration) -> Result<bool, Unavailable> {
        let mut news = false;
        let mut within = within;
        while self.line.is_readable(within).await? {
            let (reply, _) = self.reply(None::<&mut Nobody>).await?;
            news |= reply.is("EXISTS") || reply.is("RECENT") || reply.is("EXPUNGE");
            within = Duration::ZERO;
        }
        Ok(news)
    }

    /// Ends the waiting.
    pub(crate) async fn end_idle(&mut self) -> Result<(), Unavailable> {
        if let Some(tag) = self.idling.take() {
            self.line.send(b"DONE\r\n").await?;
            self.until(&tag, &mut |_| {}, None).await?;
        }
        Ok(())
    }

    /// A German sentence about the server.
    pub(crate) fn trouble(&self, what: &str) -> Unavailable {
        self.line.trouble(what)
    }

    async fn send(&mut self, command: &str) -> Result<String, Unavailable> {
        self.tag = self.tag.wrapping_add(1);
        let tag = format!("a{}", self.tag);
        self.line.send(format!("{tag} {command}\r\n").as_bytes()).await?;
        Ok(tag)
    }

    async fn command(&mut self, command: &str, each: &mut (dyn FnMut(&Reply) + Send)) -> Result<Ended, Unavailable> {
        let tag = self.send(command).await?;
        self.until(&tag, each, None).await
    }

    async fn must(&mut self, command: &str, sentence: &str) -> Result<(), Unavailable> {
        match self.command(command, &mut |_| {}).await? {
            Ended::Ok => Ok(()),
            Ended::No(_) => Err(self.line.trouble(sentence)),
        }
    }

    /// Reads until the command's own reply; `answer` is given when the server asks to go on.
    async fn until(
        &mut self,
        tag: &str,
        each: &mut (dyn FnMut(&Reply) + Send),
        answer: Option<&str>,
    ) -> Result<Ended, Unavailable> {
        let mut answer = answer;
        loop {
            let (reply, _) = self.reply(None::<&mut Nobody>).await?;
            if let Some(ended) = ended(&reply, tag) {
                return Ok(ended);
            }
            if reply.is_continuation()
                && let Some(answer) = answer.take()
            {
                self.line.send(format!("{answer}\r\n").as_bytes()).await?;
            }
            each(&reply);
        }
    }

    /// One reply. A literal goes to `to` where there is one, and that it did is the second value.
    async fn reply(&mut self, mut to: Option<&mut impl Taking>) -> Result<(Reply, bool), Unavailable> {
        let (mut text, mut body) = (Vec::new(), false);
        loop {
            text.extend_from_slice(&self.line.line().await?);
            let Some(mut left) = reply::literal(&text) else {
                let reply = Reply::new(&text);
                if reply.is_farewell() {
                    return Err(self.line.trouble("Der Server beendet die Verbindung."));
                }
                return Ok((reply, body));
            };
            if to.is_none() && left > LITERAL_MAX {
                return Err(self.line.trouble("Die Antwort ist nicht zu verstehen."));
            }
            body |= to.is_some();
            while left > 0 {
                let piece = self.line.piece(PIECE.min(left as usize)).await?;
                left -= piece.len() as u64;
                match to.as_deref_mut() {
                    Some(to) => to.piece(&piece).await?,
                    None => text.extend_from_slice(&piece),
                }
            }
        }
    }
}

fn ended(reply: &Reply, tag: &str) -> Option<Ended> {
    let rest = reply.tagged(tag)?;
    if rest.get(..2).is_some_and(|word| word.eq_ignore_ascii_case("OK")) {
        return Some(Ended::Ok);
    }
    let code = rest.split_once('[').and_then(|(_, rest)| rest.split([']', ' ']).next());
    Some(Ended::No(code.unwrap_or_default().to_ascii_uppercase()))
}

/// A quoted string. Settings have no control characters where this is used.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Numbers as a set, runs of them as ranges.
fn set(uids: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &uid in uids {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            _ => runs.push((uid, uid)),
        }
    }
    let run = |&(first, last): &(u32, u32)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}:{last}")
        }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(",")
}

/// Takes nothing.
struct Nobody;

impl Taking for Nobody {
    async fn piece(&mut self, _: &Bytes) -> Result<(), Unavailable> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_short_sets() {
        assert_eq!(set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }
}
