// SPDX-License-Identifier: EUPL-1.2
//! A child's output, line by line, into our own log under the connector's name.

use std::fmt::Write;

use hub_message::ConnectorName;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// A longer line is cut; a child cannot make us hold more.
const LINE_BYTES_MAX: usize = 4096;

/// Forwards lines until the output ends.
pub(super) async fn forward(output: impl AsyncRead + Unpin, connector: ConnectorName) {
    let mut reader = BufReader::new(output);
    while let Some(line) = next_line(&mut reader).await {
        if !line.is_empty() {
            log(&connector, &line);
        }
    }
}

/// A line as the connector SDK writes them, one JSON object, keeps its level; any other line is information.
fn log(connector: &ConnectorName, line: &str) {
    let (level, text) = taken_apart(line).unwrap_or_else(|| ("INFO".to_owned(), line.to_owned()));
    match level.as_str() {
        "ERROR" => tracing::error!(target: "connector", connector = %connector, "{text}"),
        "WARN" => tracing::warn!(target: "connector", connector = %connector, "{text}"),
        "INFO" => tracing::info!(target: "connector", connector = %connector, "{text}"),
        _ => tracing::debug!(target: "connector", connector = %connector, "{text}"),
    }
}

/// Level and text of a line of JSON: the message, then the other fields.
fn taken_apart(line: &str) -> Option<(String, String)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let level = line.get("level")?.as_str()?.to_owned();
    let fields = line.get("fields").unwrap_or(&line).as_object()?;
    let mut text = fields
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    for (name, value) in fields {
        if !["message", "level", "timestamp", "target"].contains(&name.as_str()) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let _ = write!(text, " {name}={value}");
        }
    }
    Some((level, text))
}

/// The next line, at most [`LINE_BYTES_MAX`] bytes of it, without control characters; `None` at the end.
async fn next_line(reader: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut line = Vec::new();
    let mut seen_any = false;
    loop {
        let chunk = reader.fill_buf().await.ok()?;
        if chunk.is_empty() {
            return seen_any.then(|| printable(&line));
        }
        seen_any = true;
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        let room = LINE_BYTES_MAX.saturating_sub(line.len());
        line.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        let used = end.map_or(chunk.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Some(printable(&line));
        }
    }
}

fn printable(line: &[u8]) -> String {
    String::from_utf8_lossy(line)
        .trim_end()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_sdk_keep_their_level() {
        let line =
            r#"{"timestamp":"x","level":"WARN","fields":{"message":"wartet","part":"Source","n":2},"target":"t"}"#;
        assert_eq!(
            taken_apart(line),
            Some(("WARN".to_owned(), "wartet part=Source n=2".to_owned()))
        );
        assert_eq!(taken_apart("plain"), None);
    }

    #[tokio::test]
    async fn lines_are_cut_and_cleaned() {
        let long = "x".repeat(LINE_BYTES_MAX + 10);
        let text = format!("a\u{1b}[31mb\r\n\n{long}\nlast");
        let mut reader = BufReader::with_capacity(16, text.as_bytes());
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut reader).await {
            lines.push(line);
        }
        assert_eq!(lines, ["a [31mb", "", &"x".repeat(LINE_BYTES_MAX), "last"]);
    }
}
