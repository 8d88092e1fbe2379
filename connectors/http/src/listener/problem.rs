// SPDX-License-Identifier: EUPL-1.2
//! Why a request is not taken: stable codes with a sentence in both languages (RFC 9457). Nothing of the request is in
//! them.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::Refusal;
use http_body_util::Full;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde_json::json;

/// Time after which a sender may come again when the hub takes nothing.
const LATER: Duration = Duration::from_secs(10);

/// A request that is not taken.
#[derive(Debug)]
pub(crate) struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    title: &'static str,
    german: Cow<'static, str>,
    english: Cow<'static, str>,
    header: Option<(HeaderName, HeaderValue)>,
}

fn problem(
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    german: &'static str,
    english: &'static str,
) -> Problem {
    Problem {
        status,
        code,
        title,
        german: german.into(),
        english: english.into(),
        header: None,
    }
}

impl Problem {
    /// Nothing in it.
    pub(crate) fn empty() -> Self {
        problem(
            StatusCode::BAD_REQUEST,
            "AH-F201",
            "Empty content",
            "Die Anfrage hat keinen Inhalt.",
            "The request has no content.",
        )
    }

    /// The sender did not show what it has to show.
    pub(crate) fn unknown_sender(scheme: &'static str) -> Self {
        problem(
            StatusCode::UNAUTHORIZED,
            "AH-F202",
            "Sender not recognised",
            "Token oder Signatur fehlt oder ist falsch.",
            "Token or signature is missing or wrong.",
        )
        .with(WWW_AUTHENTICATE, HeaderValue::from_static(scheme))
    }

    /// The client certificate has another name.
    pub(crate) fn wrong_certificate() -> Self {
        problem(
            StatusCode::FORBIDDEN,
            "AH-F203",
            "Certificate not allowed here",
            "Das vorgelegte Zertifikat ist für diesen Pfad nicht zugelassen.",
            "The certificate that was shown is not allowed at this path.",
        )
    }

    /// No source has this path.
    pub(crate) fn no_such_path() -> Self {
        problem(
            StatusCode::NOT_FOUND,
            "AH-F204",
            "No such path",
            "Unter diesem Pfad wird nichts angenommen.",
            "Nothing is taken at this path.",
        )
    }

    /// Neither POST nor PUT.
    pub(crate) fn wrong_method() -> Self {
        problem(
            StatusCode::METHOD_NOT_ALLOWED,
            "AH-F205",
            "Method not allowed",
            "Angenommen werden nur POST und PUT.",
            "Only POST and PUT are taken.",
        )
        .with(ALLOW, HeaderValue::from_static("POST, PUT"))
    }

    /// The body did not come in time.
    pub(crate) fn too_slow() -> Self {
        problem(
            StatusCode::REQUEST_TIMEOUT,
            "AH-F206",
            "Content too slow",
            "Der Inhalt kam nicht rechtzeitig vollständig an.",
            "The content did not arrive in time.",
        )
    }

    /// More than the settings allow.
    pub(crate) fn too_large() -> Self {
        problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "AH-F207",
            "Content too large",
            "Der Inhalt ist größer, als an diesem Pfad erlaubt ist.",
            "The content is larger than this path allows.",
        )
    }

    /// A media type or coding that the source does not take.
    pub(crate) fn wrong_media_type() -> Self {
        problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "AH-F208",
            "Media type not taken",
            "Der Medientyp fehlt oder wird an diesem Pfad nicht angenommen; komprimierte Inhalte ebenso wenig.",
            "The media type is missing or not taken at this path; nor is compressed content.",
        )
    }

    /// More than the rate allows, or more than may wait.
    pub(crate) fn too_many(after: Duration) -> Self {
        problem(
            StatusCode::TOO_MANY_REQUESTS,
            "AH-F209",
            "Too many requests",
            "Zu viele Anfragen; nichts wurde angenommen. Bitte später wiederholen.",
            "Too many requests; nothing was taken. Please repeat later.",
        )
        .with(RETRY_AFTER, seconds(after))
    }

    /// The hub did not take it in time.
    pub(crate) fn not_now() -> Self {
        problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "AH-F210",
            "Not taken in time",
            "Der Hub hat die Annahme nicht rechtzeitig bestätigt. Bitte mit demselben Schlüssel wiederholen.",
            "The hub did not confirm in time. Please repeat with the same key.",
        )
        .with(RETRY_AFTER, seconds(LATER))
    }

    /// An idempotency key that is none.
    pub(crate) fn wrong_key() -> Self {
        problem(
            StatusCode::BAD_REQUEST,
            "AH-F211",
            "Idempotency key not usable",
            "Der Wiederholungsschlüssel muss einmal dastehen und aus 1 bis 255 sichtbaren ASCII-Zeichen bestehen.",
            "The idempotency key must be there once, with 1 to 255 visible ASCII characters.",
        )
    }

    /// The body broke off.
    pub(crate) fn broken() -> Self {
        problem(
            StatusCode::BAD_REQUEST,
            "AH-F212",
            "Content not readable",
            "Der Inhalt brach ab oder ist nicht so übertragen, wie HTTP es verlangt.",
            "The content broke off or was not transferred as HTTP demands.",
        )
    }

    /// No room for a large body, or no random number.
    pub(crate) fn no_room() -> Self {
        problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "AH-F213",
            "Not stored",
            "Der Inhalt konnte nicht zwischengespeichert werden; nichts wurde angenommen.",
            "The content could not be kept; nothing was taken.",
        )
        .with(RETRY_AFTER, seconds(LATER))
    }

    /// Nobody is named for whom it is asked.
    pub(crate) fn no_actor() -> Self {
        problem(
            StatusCode::BAD_REQUEST,
            "AH-F214",
            "Who asks is missing",
            "Es fehlt, für wen gefragt wird.",
            "It does not say for whom it is asked.",
        )
    }

    /// No object of texts.
    pub(crate) fn no_question() -> Self {
        problem(
            StatusCode::BAD_REQUEST,
            "AH-F215",
            "Question not readable",
            "Die Frage muss ein JSON-Objekt mit Texten sein.",
            "The question must be a JSON object of texts.",
        )
    }

    /// There is nothing of the kind.
    pub(crate) fn nothing_found() -> Self {
        problem(
            StatusCode::NOT_FOUND,
            "AH-F216",
            "Nothing found",
            "Dazu gibt es nichts.",
            "There is nothing of the kind.",
        )
    }

    /// The hub does not allow the question.
    pub(crate) fn not_allowed() -> Self {
        problem(
            StatusCode::FORBIDDEN,
            "AH-F217",
            "Question not allowed",
            "Diese Frage ist nicht erlaubt; das Protokoll des Konnektors sagt, warum.",
            "This question is not allowed; the connector's log says why.",
        )
    }

    /// The hub or the system that answers is away.
    pub(crate) fn nobody_answers() -> Self {
        problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "AH-F218",
            "Nobody answers",
            "Das gefragte Verfahren antwortet gerade nicht.",
            "The system that is asked does not answer now.",
        )
        .with(RETRY_AFTER, seconds(LATER))
    }

    /// The hub itself will never take it: so far only for its size.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self {
            code: refusal.code,
            german: refusal.german.into(),
            english: refusal.english.into(),
            ..Self::too_large()
        }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// Whether the content was the reason: such requests are counted, others are not records at all.
    pub(crate) fn is_about_content(&self) -> bool {
        matches!(
            self.status,
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE
        )
    }

    /// As an answer.
    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        let json = json!({
            "type": format!("urn:amtshub:code:{}", self.code),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": format!("{} / {}", self.german, self.english),
        });
        let mut response = Response::new(Full::from(json.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}

/// Whole seconds, at least one.
fn seconds(duration: Duration) -> HeaderValue {
    let rounded = duration + Duration::from_millis(999);
    HeaderValue::from(rounded.as_secs().max(1))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_problem_names_its_code_in_both_languages() {
        let response = Problem::too_many(Duration::from_millis(1001)).into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (&json["type"], &json["status"]),
            (&json!("urn:amtshub:code:AH-F209"), &json!(429))
        );
        let detail = json["detail"].as_str().unwrap();
        assert!(detail.contains("später") && detail.contains("repeat later"), "{detail}");
    }
}
