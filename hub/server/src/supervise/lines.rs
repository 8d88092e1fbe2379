// SPDX-License-Identifier: EUPL-1.2
//! A child's output, line by line, into our own log under the connector's name.

use hub_message::ConnectorName;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// A longer line is cut; a child cannot make us hold more.
const LINE_BYTES_MAX: usize = 4096;

/// Forwards lines until the output ends.
pub(super) async fn forward(output: impl AsyncRead + Unpin, connector: ConnectorName) {
    let mut reader = BufReader::new(output);
    while let Some(line) = next_line(&mut reader).await {
        if !line.is_empty() {
            tracing::info!(target: "connector", connector = %connector, "{line}");
        }
    }
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
