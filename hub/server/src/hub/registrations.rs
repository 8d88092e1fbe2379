// SPDX-License-Identifier: EUPL-1.2
//! Hellos of connectors: answered with settings, limits and accepted types. And their beats, for the status.

use std::sync::Arc;

use hub_bus::{BeatRequest, Bus, RegistrationRequest, Requests};
use hub_message::body::INLINE_BYTES_MAX;
use hub_message::{Code, ConnectorName, Digest, Welcome};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::clock;
use crate::config::{self, Configuration, Connector};
use crate::status::Board;

/// The version of the connector protocol that this hub speaks.
const PROTOCOL: u32 = 1;

const UNKNOWN: Code = Code::new("AH-B301");
const PROTOCOL_FAULT: Code = Code::new("AH-B302");
const SECRET: Code = Code::new("AH-B303");
const AWAY: Code = Code::new("AH-B304");

/// Why a hello is not answered with a welcome.
struct Refusal(Code, String);

/// Answers hellos.
pub(crate) struct Registrar {
    pub(crate) bus: Bus,
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
}

impl Registrar {
    /// Answers until `stop`.
    pub(crate) async fn run(
        self,
        mut requests: Requests<RegistrationRequest>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        loop {
            let request = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                request = requests.next() => request,
            };
            let Some(request) = request else {
                anyhow::bail!("the connection to NATS has ended")
            };
            match self.welcome(&request).await {
                Ok(welcome) => {
                    tracing::info!(connector = %request.connector, "connector said hello");
                    request.welcome(&welcome).await;
                }
                Err(Refusal(code, text)) => {
                    tracing::warn!(connector = %request.connector, "hello refused: {code}: {text}");
                    request.refuse(code.as_str(), &text).await;
                }
            }
        }
    }

    async fn welcome(&self, request: &RegistrationRequest) -> Result<Welcome, Refusal> {
        let hello = request
            .hello
            .as_ref()
            .map_err(|fault| Refusal(PROTOCOL_FAULT, fault.clone()))?;
        if hello.manifest.protocol != PROTOCOL {
            let said = hello.manifest.protocol;
            let text = format!("the connector speaks version {said} of the protocol, the hub speaks {PROTOCOL}");
            return Err(Refusal(PROTOCOL_FAULT, text));
        }
        let configuration = Arc::clone(&self.configuration.borrow());
        let name = &request.connector;
        let Some(connector) = configuration.connectors.get(name) else {
            return Err(Refusal(
                UNKNOWN,
                format!("there is no connector `{name}` in the configuration"),
            ));
        };
        let welcome = welcome(&configuration, name, connector).map_err(|fault| Refusal(SECRET, fault))?;
        // Deliveries that an earlier life of the connector held come again, in order, before it pulls.
        let reset = self.bus.reset_recipient(name).await;
        reset.map_err(|fault| Refusal(AWAY, fault.to_string()))?;
        Ok(welcome)
    }
}

/// What a connector is told. The digest is that of the settings as they are written, secrets as references.
pub(crate) fn welcome(
    configuration: &Configuration,
    name: &ConnectorName,
    connector: &Connector,
) -> Result<Welcome, String> {
    Ok(Welcome {
        connector: name.clone(),
        config: config::resolve(&connector.settings)?,
        config_digest: Digest::of(connector.settings.to_string().as_bytes()),
        types: configuration.rules.types_of(name).cloned().collect(),
        inline_bytes_max: INLINE_BYTES_MAX as u64,
        document_bytes_max: configuration.limits.document_bytes,
    })
}

/// Notes beats until `stop`.
pub(crate) async fn listen_to_beats(
    mut beats: Requests<BeatRequest>,
    board: Arc<Board>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        let beat = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            beat = beats.next() => beat,
        };
        let Some(beat) = beat else {
            anyhow::bail!("the connection to NATS has ended")
        };
        board.heard(&beat.connector, beat.beat, clock::now());
    }
}
