// SPDX-License-Identifier: EUPL-1.2
//! The configuration of nats-server: one account for each connector, so that none shares a subject space with another and
//! a forged reply subject ends in the forger's own account.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use hub_message::ConnectorName;

use crate::keys::{KeyFault, KeyOf, Keys};

/// What the configuration is made of.
#[derive(Debug)]
pub struct ConfigFacts<'a> {
    /// Address that clients connect to, `127.0.0.1:4222`.
    pub listen: &'a str,
    /// Certificates, where it speaks TLS.
    pub tls: Option<&'a ServerTls>,
    /// Folder of the server: JetStream lies in it, and it tells there on which ports it listens.
    pub folder: &'a Path,
    /// Its log; kept to a few files of 10 MB.
    pub log: &'a Path,
    /// Bytes that JetStream may use on the disk; below the size of the disk.
    pub max_file_store: u64,
    /// `false` only behind a `dangerously_…` switch: an acknowledgement then comes before fsync.
    pub sync_always: bool,
    /// Public key of the hub's user.
    pub hub_key: &'a str,
    /// Public key of the hub's user in the system account.
    pub system_key: &'a str,
    /// Connectors and the public keys of their users: one, or two while a key is being replaced.
    pub connectors: &'a [(ConnectorName, Vec<String>)],
}

/// The certificates of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTls {
    /// Its certificate, with the chain behind it (PEM).
    pub certificate: PathBuf,
    /// Its key (PEM).
    pub key: PathBuf,
    /// The authority that signed it, and the certificates of clients (PEM).
    pub authority: PathBuf,
    /// Every client must show a certificate that the authority has signed, beside its own key.
    pub verify_clients: bool,
}

/// Largest message on the wire, in bytes. A group commit holds many of them; documents go by the document store.
pub(crate) const MAX_PAYLOAD: usize = 1024 * 1024;

/// The configuration as text for nats-server 2.15.
pub fn nats_config(facts: &ConfigFacts<'_>) -> String {
    let mut text = String::new();
    head(&mut text, facts);
    accounts(
        &mut text,
        facts.system_key,
        facts.hub_key,
        facts.max_file_store,
        facts.connectors,
    );
    text
}

/// Bytes that the hub's account may use on a cluster of somebody else's, where its operator says nothing else.
const FOREIGN_FILE_STORE: u64 = 50 << 30;

/// The accounts alone, for a cluster that somebody else runs; keys are made where they are missing.
pub fn accounts_config(keys: &Keys, connectors: &[ConnectorName]) -> Result<String, KeyFault> {
    let mut text = String::from(
        "# Accounts of Amtshub. Public keys only. To be included in the configuration of every server of the cluster, with\n\
         #   jetstream { sync_interval: always }   an acknowledgement must mean: written through\n\
         #   max_payload: 1048576\n\
         # The hub may use `max_file` bytes of the disks: set it to what there is. If the cluster has a system account\n\
         # already, leave SYS out and add its user there.\n",
    );
    let of = |name: &ConnectorName| Ok((name.clone(), keys.public_of_connector(name)?));
    let connectors = connectors.iter().map(of).collect::<Result<Vec<_>, KeyFault>>()?;
    let (system, hub) = (keys.public(KeyOf::System)?, keys.public(KeyOf::Hub)?);
    text.push_str("system_account: SYS\n");
    accounts(&mut text, &system, &hub, FOREIGN_FILE_STORE, &connectors);
    Ok(text)
}

fn accounts(
    text: &mut String,
    system: &str,
    hub: &str,
    max_file_store: u64,
    connectors: &[(ConnectorName, Vec<String>)],
) {
    text.push_str("accounts {\n");
    system_account(text, system);
    hub_account(text, hub, max_file_store, connectors);
    for (name, keys) in connectors {
        connector_account(text, name.as_str(), keys);
    }
    text.push_str("}\n");
}

fn head(text: &mut String, facts: &ConfigFacts<'_>) {
    let sync = if facts.sync_always {
        "  sync_interval: always\n"
    } else {
        ""
    };
    let _ = write!(
        text,
        r#"# Written by amtshub at every start; changes are lost. Public keys only.
server_name: amtshub
listen: "{listen}"
max_payload: {MAX_PAYLOAD}
max_connections: 1024
max_subscriptions: 10000
max_control_line: 4KB
write_deadline: "10s"
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"
logtime: true
log_file: "{log}"
logfile_size_limit: 10MB
logfile_max_num: 3
ports_file_dir: "{folder}"
pid_file: "{folder}/nats.pid"

jetstream {{
  store_dir: "{folder}"
{sync}  max_memory_store: 64MB
  max_file_store: {max_file}
}}

system_account: SYS

"#,
        listen = facts.listen,
        log = facts.log.display(),
        folder = facts.folder.display(),
        max_file = facts.max_file_store,
    );
    if let Some(tls) = facts.tls {
        let _ = write!(
            text,
            "tls {{\n  cert_file: \"{}\"\n  key_file: \"{}\"\n  ca_file: \"{}\"\n  min_version: \"1.3\"\n  verify: {}\n}}\n\n",
            tls.certificate.display(),
            tls.key.display(),
            tls.authority.display(),
            tls.verify_clients
        );
    }
}

fn system_account(text: &mut String, key: &str) {
    let _ = write!(
        text,
        r#"  SYS {{
    users = [ {{ nkey: {key}
      permissions: {{
        publish:   {{ allow: ["$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.PING.>", "$SYS.REQ.SERVER.*.VARZ", "$SYS.REQ.SERVER.*.JSZ", "$SYS.REQ.SERVER.*.HEALTHZ", "$SYS.REQ.ACCOUNT.*.CONNZ"] }}
        subscribe: {{ allow: ["_INBOX_sys.>", "$SYS.ACCOUNT.*.CONNECT", "$SYS.ACCOUNT.*.DISCONNECT", "$SYS.SERVER.*.CLIENT.AUTH.ERR"] }}
      }}
    }} ]
  }}
"#
    );
}

/// Subjects that a connector may send requests to. The JetStream API has another prefix on the connector's side.
fn services(name: &str) -> [(String, String); 9] {
    let same = |subject: String| (subject.clone(), subject);
    [
        same(format!("in.{name}.>")),
        same(format!("receipt.{name}")),
        same(format!("reg.{name}")),
        same(format!("beat.{name}")),
        same(format!("ask.{name}.>")),
        same(format!("blob.{name}.>")),
        (
            format!("$JS.API.CONSUMER.INFO.OUT.{name}"),
            format!("HUBJS.API.CONSUMER.INFO.OUT.{name}"),
        ),
        (
            format!("$JS.API.CONSUMER.MSG.NEXT.OUT.{name}"),
            format!("HUBJS.API.CONSUMER.MSG.NEXT.OUT.{name}"),
        ),
        same(format!("$JS.ACK.OUT.{name}.>")),
    ]
}

fn hub_account(text: &mut String, key: &str, max_file_store: u64, connectors: &[(ConnectorName, Vec<String>)]) {
    let _ = write!(
        text,
        "  HUB {{\n    jetstream: {{ max_mem: 64MB, max_file: {max_file_store}, max_streams: 500, max_consumers: 2000 }}\n    users = [ {{ nkey: {key} }} ]\n    exports = [\n"
    );
    for (name, _) in connectors {
        for (subject, _) in services(name.as_str()) {
            // A pull is answered by many messages, everything else by one.
            let stream = if subject.contains("MSG.NEXT") {
                ", response_type: stream"
            } else {
                ""
            };
            let _ = writeln!(text, "      {{ service: \"{subject}\", accounts: [C_{name}]{stream} }}");
        }
    }
    text.push_str("    ]\n    imports = [\n");
    for (name, _) in connectors {
        for verb in ["ctl", "rpc"] {
            let _ = writeln!(
                text,
                "      {{ service: {{ account: C_{name}, subject: \"{verb}.{name}.>\" }} }}"
            );
        }
    }
    text.push_str("    ]\n  }\n");
}

fn connector_account(text: &mut String, name: &str, keys: &[String]) {
    let services = services(name);
    let allowed: Vec<String> = services.iter().map(|(_, own)| format!("{own:?}")).collect();
    let _ = write!(
        text,
        "  C_{name} {{\n    limits: {{ max_connections: 4, max_subscriptions: 64 }}\n    users = [\n"
    );
    for key in keys {
        let _ = write!(
            text,
            r#"      {{ nkey: {key}
        permissions: {{
          publish: {{ allow: [{}] }}
          subscribe: {{ allow: ["_INBOX_{name}.>", "ctl.{name}.>", "rpc.{name}.>"] }}
          allow_responses: {{ max: 1, expires: "30s" }}
        }}
      }}
"#,
            allowed.join(", ")
        );
    }
    let _ = write!(
        text,
        r#"    ]
    exports = [
      {{ service: "ctl.{name}.>", accounts: [HUB] }}
      {{ service: "rpc.{name}.>", accounts: [HUB] }}
    ]
    imports = [
"#
    );
    for (subject, own) in &services {
        let to = if subject == own {
            String::new()
        } else {
            format!(", to: \"{own}\"")
        };
        let _ = writeln!(
            text,
            "      {{ service: {{ account: HUB, subject: \"{subject}\" }}{to} }}"
        );
    }
    text.push_str("    ]\n  }\n");
}
