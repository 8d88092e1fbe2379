// SPDX-License-Identifier: EUPL-1.2
//! How a managed connector is started.

use std::path::{Path, PathBuf};

use hub_message::ConnectorName;

use super::data::{DataFault, DataFolder, make_folder};
use crate::config::Connector;
use crate::supervise::Order;

/// The order for a connector's child process: the binary of its kind beside our own, or the command that its
/// configuration names, always with the same options.
pub(super) fn order(data: &DataFolder, connector: &Connector, url: &str, seed: &Path) -> Result<Order, DataFault> {
    let state = data.connector(&connector.name);
    make_folder(&state)?;
    let mut command = connector.command.clone().unwrap_or_default().into_iter();
    let program = command.next().map_or_else(|| beside(&connector.kind), PathBuf::from);
    let options = [
        ("--name", connector.name.to_string()),
        ("--nats", url.to_owned()),
        ("--seed", seed.display().to_string()),
        ("--state", state.display().to_string()),
    ];
    let options = options
        .into_iter()
        .flat_map(|(option, value)| [option.to_owned(), value]);
    Ok(Order {
        name: connector.name.clone(),
        program,
        arguments: command.chain(options).chain(["--supervised".to_owned()]).collect(),
        folder: data.path().to_path_buf(),
    })
}

/// Where the seed of a connector lies when somebody else runs the server: the administrator puts it there.
pub(super) fn foreign_seed(data: &DataFolder, name: &ConnectorName) -> PathBuf {
    data.path().join("seeds").join(format!("connector-{name}.seed"))
}

/// The binary of a kind of connector: beside this program, or wherever `PATH` finds it.
fn beside(kind: &str) -> PathBuf {
    let file = format!("amtshub-connector-{kind}");
    std::env::current_exe()
        .ok()
        .and_then(|own| own.parent().map(|folder| folder.join(&file)))
        .filter(|path| path.exists())
        .unwrap_or_else(|| PathBuf::from(file))
}
