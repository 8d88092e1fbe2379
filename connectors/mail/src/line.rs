// SPDX-License-Identifier: EUPL-1.2
//! The connection that IMAP and SMTP share: lines over TCP or TLS, each with its limits of length and of time.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use connector_sdk::{SettingsFault, Unavailable};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::settings::{Security, ServerSettings, fault};
use crate::tls;

/// How long a connection and its handshake may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How long the other end may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// Longest line in bytes. Lists of numbers are long; contents do not come in lines.
const LINE_MAX: usize = 4 << 20;

trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// A server and how it is reached.
#[derive(Clone)]
pub(crate) struct Server {
    /// What the status page calls it.
    role: &'static str,
    host: String,
    port: u16,
    pub(crate) security: Security,
    name: ServerName<'static>,
    tls: Arc<ClientConfig>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// From the settings; `ports` are those of TLS and of the others.
    pub(crate) fn of(
        settings: &ServerSettings,
        role: &'static str,
        default: Security,
        ports: [u16; 2],
    ) -> Result<Self, SettingsFault> {
        let security = settings.security.unwrap_or(default);
        let [encrypted, plain] = ports;
        let standard = if security == Security::Tls { encrypted } else { plain };
        Ok(Self {
            role,
            port: settings.port.unwrap_or(standard),
            security,
            name: ServerName::try_from(settings.host.clone())
                .map_err(|_| fault(&format!("{role}: host ist kein Rechnername.")))?,
            host: settings.host.clone(),
            tls: tls::client(settings)?,
        })
    }

    /// A German sentence about this server.
    pub(crate) fn trouble(&self, what: &str) -> Unavailable {
        Unavailable(format!("{}: {what}", self.role))
    }

    /// Connects; with implicit TLS the handshake is done.
    pub(crate) async fn connect(&self) -> Result<Line, Unavailable> {
        let address = (self.host.as_str(), self.port);
        let tcp = match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => tcp,
            Ok(Err(_)) | Err(_) => return Err(self.trouble("Es kommt keine Verbindung zustande.")),
        };
        // Commands are short and wait for their answers.
        if tcp.set_nodelay(true).is_err() {
            tracing::debug!("no TCP_NODELAY");
        }
        let line = Line {
            server: self.clone(),
            stream: Box::new(tcp),
            read: BytesMut::new(),
        };
        if self.security == Security::Tls {
            line.encrypt().await
        } else {
            Ok(line)
        }
    }
}

/// An open connection. Every read can be dropped half-way without losing a byte.
pub(crate) struct Line {
    server: Server,
    stream: Box<dyn Stream>,
    read: BytesMut,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

impl Line {
    /// Goes over to TLS. What was said before in the clear is refused: somebody between could have put it there.
    pub(crate) async fn encrypt(self) -> Result<Self, Unavailable> {
        if !self.read.is_empty() {
            return Err(self
                .server
                .trouble("Vor der Verschlüsselung kam etwas, das dort nicht hingehört."));
        }
        let connector = TlsConnector::from(Arc::clone(&self.server.tls));
        let handshake = connector.connect(self.server.name.clone(), self.stream);
        match timeout(CONNECT, handshake).await {
            Ok(Ok(stream)) => Ok(Self {
                server: self.server,
                stream: Box::new(stream),
                read: BytesMut::new(),
            }),
            Ok(Err(error)) => Err(self.server.trouble(handshake_fault(&error))),
            Err(_) => Err(self
                .server
                .trouble("Die Verschlüsselung kam nicht rechtzeitig zustande.")),
        }
    }

    /// The next line without its end.
    pub(crate) async fn line(&mut self) -> Result<Bytes, Unavailable> {
        let mut looked = 0;
        loop {
            let rest = self.read.get(looked..).unwrap_or_default();
            if let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
                let mut line = self.read.split_to(looked + at + 1);
                line.truncate(line.len() - 1);
                if line.last() == Some(&b'\r') {
                    line.truncate(line.len() - 1);
                }
                return Ok(line.freeze());
            }
            looked = self.read.len();
            if looked > LINE_MAX {
                return Err(self.server.trouble("Eine Zeile der Antwort nimmt kein Ende."));
            }
            self.fill().await?;
        }
    }

    /// Some of the next bytes, at most so many.
    pub(crate) async fn piece(&mut self, most: usize) -> Result<Bytes, Unavailable> {
        if self.read.is_empty() {
            self.fill().await?;
        }
        let length = most.min(self.read.len());
        Ok(self.read.split_to(length).freeze())
    }

    async fn fill(&mut self) -> Result<(), Unavailable> {
        self.read.reserve(16 * 1024);
        match timeout(SILENCE, self.stream.read_buf(&mut self.read)).await {
            Ok(Ok(count)) if count > 0 => Ok(()),
            Ok(_) => Err(self.server.trouble("Die Verbindung brach ab.")),
            Err(_) => Err(self.server.trouble("Es kam nicht rechtzeitig eine Antwort.")),
        }
    }

    /// Waits for something to read, at most so long; `false` when nothing came.
    pub(crate) async fn is_readable(&mut self, within: Duration) -> Result<bool, Unavailable> {
        if !self.read.is_empty() {
            return Ok(true);
        }
        match timeout(within, self.fill()).await {
            Ok(filled) => filled.map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Sends bytes; they are on their way when it returns.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Unavailable> {
        let sending = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(SILENCE, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(self.server.trouble("Die Verbindung brach ab.")),
            Err(_) => Err(self.server.trouble("Der Server nimmt die Daten nicht ab.")),
        }
    }

    /// A German sentence about the server.
    pub(crate) fn trouble(&self, what: &str) -> Unavailable {
        self.server.trouble(what)
    }
}

fn handshake_fault(error: &io::Error) -> &'static str {
    let inside = error.get_ref().map(|inside| inside as &(dyn Error + 'static));
    match inside.and_then(|inside| inside.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            "Das Zertifikat wird nicht anerkannt; es wird nichts übertragen. Aussteller (ca), Name (host) und Ablauf prüfen."
        }
        Some(rustls::Error::InvalidMessage(_)) => "Der Server spricht hier kein TLS; port und security prüfen.",
        _ => "Die Verschlüsselung kommt nicht zustande.",
    }
}
