// SPDX-License-Identifier: EUPL-1.2
//! Where things lie below the root of the document store.
//!
//! A content has one address for all that refer to it. When contents are sealed by the key of their case, equal
//! contents of two cases will have two addresses: then [`content`] takes the case as well, and nothing else changes.

use hub_message::{ConnectorName, Digest};
use object_store::path::Path;

/// Folder of the contents.
pub(crate) const CONTENT: &str = "content";
/// Folder of what is still arriving.
pub(crate) const UNFINISHED: &str = "unfinished";

/// A whole, verified content.
pub(crate) fn content(digest: &Digest) -> Path {
    let folder = digest.as_str().get(..2).unwrap_or_default();
    Path::from_iter([CONTENT, folder, digest.as_str()])
}

/// The mark that this connector has sent this content.
pub(crate) fn sent(sender: &ConnectorName, digest: &Digest) -> Path {
    Path::from_iter(["sent", sender.as_str(), digest.as_str()])
}

/// What has arrived of a content so far.
pub(crate) fn unfinished(sender: &ConnectorName, digest: &Digest) -> Path {
    Path::from_iter([UNFINISHED, &format!("{sender}.{digest}")])
}
