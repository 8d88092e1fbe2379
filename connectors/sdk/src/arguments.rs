// SPDX-License-Identifier: EUPL-1.2
//! The command line that all kinds of connectors share.

use std::path::PathBuf;

use clap::Parser;
use hub_message::ConnectorName;

/// Flags of a connector. Its settings come from the hub, never from here.
#[derive(Debug, Parser)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// Name of this connector, as the hub's configuration has it
    #[arg(long, value_name = "NAME", required_unless_present = "manifest")]
    pub name: Option<ConnectorName>,
    /// Address of the NATS server
    #[arg(long, value_name = "URL", required_unless_present = "manifest")]
    pub nats: Option<String>,
    /// File with the seed of this connector's nkey
    #[arg(long, value_name = "FILE", required_unless_present = "manifest")]
    pub seed: Option<PathBuf>,
    /// Certificate of the authority that signed the server's (PEM), for an address `tls://…`
    #[arg(long, value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,
    /// Certificate that this connector shows to the server (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Folder that keeps the ledger and the last configuration
    #[arg(long, value_name = "DIR", required_unless_present = "manifest")]
    pub state: Option<PathBuf>,
    /// Print the manifest as JSON and end
    #[arg(long)]
    pub manifest: bool,
    /// End when standard input ends: the parent keeps it open
    #[arg(long)]
    pub supervised: bool,
    /// End like a power failure when this step is reached (`step` or `step:n`); test builds only
    #[cfg(feature = "failpoints")]
    #[arg(long, value_name = "STEP")]
    pub fail_at: Option<String>,
}
