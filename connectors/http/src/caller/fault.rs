// SPDX-License-Identifier: EUPL-1.2
//! What kept a call from being answered, and whether anything can have arrived.

use std::error::Error;
use std::io;

use connector_sdk::{SinkFault, Unavailable};
use rustls::AlertDescription;

/// A call without an answer.
#[derive(Debug)]
pub(crate) enum CallFault {
    /// Certainly nothing arrived.
    Unsent(Unavailable),
    /// The request was on its way.
    Unknown(Unavailable),
}

impl CallFault {
    /// Sorts what the client reports.
    pub(crate) fn of(error: &reqwest::Error, role: &str) -> Self {
        let said = |what: &str| Unavailable(format!("{role}: {what}"));
        let tls = chain(error).find_map(tls_fault);
        if matches!(tls, Some(rustls::Error::InvalidCertificate(_))) {
            return Self::Unsent(said("Das Zertifikat wird nicht anerkannt; es wird nichts übertragen."));
        }
        if let Some(rustls::Error::AlertReceived(alert)) = tls
            && is_about_us(*alert)
        {
            return Self::Unsent(said("Das Zertifikat des Konnektors fehlt oder wird abgelehnt."));
        }
        match () {
            () if error.is_builder() => Self::Unsent(said("Die Anfrage lässt sich so nicht stellen.")),
            () if error.is_dns() => Self::Unsent(said("Der Name ist im Netz nicht bekannt.")),
            () if error.is_connect() => Self::Unsent(said("Es kommt keine Verbindung zustande.")),
            () if error.is_timeout() => Self::Unknown(said("Es kam nicht rechtzeitig eine Antwort.")),
            () => Self::Unknown(said("Die Verbindung brach ab, bevor eine Antwort da war.")),
        }
    }

    /// Where it does not matter whether something arrived.
    pub(crate) fn into_unavailable(self) -> Unavailable {
        match self {
            Self::Unsent(trouble) | Self::Unknown(trouble) => trouble,
        }
    }
}

impl From<CallFault> for SinkFault {
    fn from(fault: CallFault) -> Self {
        match fault {
            CallFault::Unsent(trouble) => Self::Unavailable(trouble),
            CallFault::Unknown(trouble) => Self::Unknown(trouble),
        }
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// An I/O error does not show what it wraps as its source, and one may wrap another.
fn tls_fault<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let inside = |error: &&'a (dyn Error + 'static)| {
        let wrapped = error.downcast_ref::<io::Error>()?.get_ref()?;
        Some(wrapped as &'a (dyn Error + 'static))
    };
    std::iter::successors(Some(error), inside).find_map(|error| error.downcast_ref())
}

/// The other end did not finish the handshake because of what we have shown: it has read nothing of the request.
fn is_about_us(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::HandshakeFailure
            | AlertDescription::DecryptError
    )
}
