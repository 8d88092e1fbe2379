// SPDX-License-Identifier: EUPL-1.2
//! Reading the body of a request: never more than is allowed, never for longer.

use std::time::Duration;

use connector_sdk::{Content, Spool};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::credential::Signature;
use super::problem::Problem;

/// How long a sender may be silent in the middle of its body.
const SILENCE: Duration = Duration::from_secs(10);

/// Reads all of it; a signature over it must be right.
pub(crate) async fn read(
    mut body: Incoming,
    max_bytes: u64,
    mut signature: Option<Signature>,
) -> Result<Content, Problem> {
    if body.size_hint().lower() > max_bytes {
        return Err(Problem::too_large());
    }
    let mut spool = Spool::default();
    loop {
        let frame = match timeout(SILENCE, body.frame()).await {
            Err(_) => return Err(Problem::too_slow()),
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(Problem::broken()),
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers are nobody's business here.
        let Ok(bytes) = frame.into_data() else { continue };
        if spool.size() + bytes.len() as u64 > max_bytes {
            return Err(Problem::too_large());
        }
        if let Some(signature) = &mut signature {
            signature.update(&bytes);
        }
        spool.push(&bytes).await.map_err(|_| Problem::no_room())?;
    }
    if let Some(signature) = signature {
        signature.verify()?;
    }
    if spool.size() == 0 {
        return Err(Problem::empty());
    }
    spool.finish().await.map_err(|_| Problem::no_room())
}
