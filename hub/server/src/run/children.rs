// SPDX-License-Identifier: EUPL-1.2
//! How a managed connector is started.

use std::path::{Path, PathBuf};

use hub_bus::ClientTls;
use hub_message::ConnectorName;

use super::data::{DataFault, DataFolder, make_folder};
use crate::config::Connector;
use crate::supervise::{Order, with_options};

/// The order for a connector's child process: the binary of its kind beside our own, or the command that its
/// configuration names, always with the same options.
pub(super) fn order(
    data: &DataFolder,
    connector: &Connector,
    (url, tls): (&str, &ClientTls),
    seed: &Path,
) -> Result<Order, DataFault> {
    let state = data.connector(&connector.name);
    make_folder(&state)?;
    let mut options = vec![
        ("--name", connector.name.to_string()),
        ("--nats", url.to_owned()),
        ("--seed", seed.display().to_string()),
        ("--state", state.display().to_string()),
    ];
    if let Some(authority) = &tls.authority {
        options.push(("--tls-ca", authority.display().to_string()));
    }
    if let Some((certificate, key)) = &tls.certificate {
        options.push(("--tls-cert", certificate.display().to_string()));
        options.push(("--tls-key", key.display().to_string()));
    }
    let mut words = with_options(&connector.words(), &options);
    let program = words.remove(0).into();
    Ok(Order {
        name: connector.name.clone(),
        program,
        arguments: words,
        folder: data.path().to_path_buf(),
    })
}

/// Where the seed of a connector lies when somebody else runs the server: the administrator puts it there.
pub(super) fn foreign_seed(data: &DataFolder, name: &ConnectorName) -> PathBuf {
    data.path().join("seeds").join(format!("connector-{name}.seed"))
}
