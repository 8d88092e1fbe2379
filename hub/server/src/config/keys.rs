// SPDX-License-Identifier: EUPL-1.2
//! What the tables of the configuration may hold, for the parser and for the schemas that editors complete from.

mod route;

use hub_message::keys::{Keys, Says, Takes, key};

pub(crate) use route::ROUTES;

/// `hub.toml`
pub(crate) static HUB: Keys = Keys::of(&[
    key(
        "site",
        Takes::Table(&SITE),
        "The town for which the hub works.",
        "Die Kommune, für die der Hub arbeitet.",
    )
    .needed(),
    key(
        "nats",
        Takes::Table(&NATS),
        "The message bus. Without this table the hub starts a server of its own.",
        "Der Nachrichtenbus. Ohne diese Tabelle startet der Hub einen eigenen Server.",
    ),
    key(
        "status",
        Takes::Table(&STATUS),
        "The status listener.",
        "Die Statusanzeige.",
    ),
    key(
        "paths",
        Takes::Table(&PATHS),
        "Where schemas and mappings are, if they do not lie beside or above the configuration.",
        "Wo Schemas und Zuordnungen liegen, wenn nicht neben oder über der Konfiguration.",
    ),
    key("limits", Takes::Table(&LIMITS), "Limits.", "Grenzen."),
    key(
        "store",
        Takes::Table(&STORE),
        "The case store.",
        "Die Vorgangsdatenbank.",
    ),
    key(
        "documents",
        Takes::Table(&DOCUMENTS),
        "The document store.",
        "Der Dokumentenspeicher.",
    ),
]);

static SITE: Keys = Keys::of(&[key(
    "name",
    Takes::Text(Says::Words),
    "The town's name; it stands in what the hub writes as `$site.name`.",
    "Name der Kommune; er steht als `$site.name` in dem, was der Hub schreibt.",
)
.needed()]);

static NATS: Keys = Keys::of(&[
    key(
        "port",
        Takes::Number(1, 65535),
        "Port of the hub's own server on the loopback address. Without it a free one is taken and kept.",
        "Port des eigenen Servers auf der Loopback-Adresse. Ohne Angabe wird ein freier genommen und behalten.",
    ),
    key(
        "listen",
        Takes::Text(Says::Words),
        "Where the hub's own server listens, for connectors on other machines; needs [nats.tls].",
        "Wo der eigene Server lauscht, für Konnektoren auf anderen Maschinen; braucht [nats.tls].",
    )
    .or("\"127.0.0.1\""),
    key(
        "tls",
        Takes::Table(&TLS),
        "Certificates of the bus.",
        "Zertifikate des Nachrichtenbusses.",
    ),
    key(
        "url",
        ADDRESS,
        "A server or cluster that somebody else runs: `tls://nats.town.example:4222`.",
        "Ein Server oder Cluster, den jemand anderes betreibt: `tls://nats.stadt.example:4222`.",
    ),
    key(
        "seed",
        Takes::Table(&SECRET),
        "The hub's key at that server.",
        "Der Schlüssel des Hubs an diesem Server.",
    ),
    key(
        "system_seed",
        Takes::Table(&SECRET),
        "The key of the system user, to see that the server writes through.",
        "Der Schlüssel des Systembenutzers, um zu sehen, dass der Server durchschreibt.",
    ),
    key(
        "dangerously_allow_unsynced",
        Takes::Flag,
        "Accepts a server that acknowledges before it has written through: a power failure then loses messages.",
        "Nimmt einen Server hin, der bestätigt, bevor er durchgeschrieben hat: ein Stromausfall verliert dann Nachrichten.",
    )
    .or("false"),
]);

static TLS: Keys = Keys::of(&[
    key(
        "certificate",
        Takes::Text(Says::File),
        "Certificate of the hub's own server, with its chain (PEM).",
        "Zertifikat des eigenen Servers mit seiner Kette (PEM).",
    ),
    key(
        "key",
        Takes::Text(Says::File),
        "Key of that certificate (PEM).",
        "Schlüssel dieses Zertifikats (PEM).",
    ),
    key(
        "ca",
        Takes::Text(Says::File),
        "The authority that signed the certificates of server and clients (PEM).",
        "Die Stelle, die die Zertifikate von Server und Clients unterschrieben hat (PEM).",
    ),
    key(
        "client_certificate",
        Takes::Text(Says::File),
        "Certificate that the hub and the connectors that it starts show (PEM).",
        "Zertifikat, das der Hub und die von ihm gestarteten Konnektoren vorzeigen (PEM).",
    ),
    key(
        "client_key",
        Takes::Text(Says::File),
        "Key of that certificate (PEM).",
        "Schlüssel dieses Zertifikats (PEM).",
    ),
    key(
        "verify_clients",
        Takes::Flag,
        "Every connector must show a certificate of the authority, beside its own key (mTLS).",
        "Jeder Konnektor muss neben seinem Schlüssel ein Zertifikat der Stelle vorzeigen (mTLS).",
    )
    .or("false"),
]);

static STATUS: Keys = Keys::of(&[key(
    "listen",
    Takes::Text(Says::Words),
    "Address and port on which it listens.",
    "Adresse und Port, auf denen sie lauscht.",
)
.or("\"127.0.0.1:8480\"")]);

static PATHS: Keys = Keys::of(&[
    key(
        "schemas",
        Takes::Text(Says::File),
        "The folder of the canonical schemas, from the configuration folder.",
        "Der Ordner der kanonischen Schemas, vom Konfigurationsordner aus.",
    ),
    key(
        "mappings",
        Takes::Text(Says::File),
        "The folder of the mappings, from the configuration folder.",
        "Der Ordner der Zuordnungen, vom Konfigurationsordner aus.",
    ),
    key(
        "standards",
        Takes::List(&Takes::Text(Says::File)),
        "Further folders with XML schemas (XSD) of standards, beside `standards` in the folder of the schemas.",
        "Weitere Ordner mit XML-Schemas (XSD) von Standards, neben `standards` im Ordner der Schemas.",
    ),
]);

static LIMITS: Keys = Keys::of(&[
    key(
        "body_bytes",
        Takes::Number(1024, 256 << 20),
        "Largest native body that the hub works on, in bytes.",
        "Größter Inhalt einer Nachricht, den der Hub verarbeitet, in Bytes.",
    )
    .or("10485760"),
    key(
        "document_bytes",
        Takes::Number(1024, 1 << 40),
        "Largest document in the document store, in bytes.",
        "Größtes Dokument im Dokumentenspeicher, in Bytes.",
    )
    .or("1073741824"),
    key(
        "recipient_quota",
        Takes::Number(1, 1_000_000_000),
        "How many messages may wait for a recipient that names no quota of its own.",
        "Wie viele Nachrichten auf einen Empfänger warten dürfen, der selbst keine Zahl nennt.",
    )
    .or("100000"),
    key(
        "stream_bytes",
        Takes::Number(16 << 20, 1 << 50),
        "Size of each stream, in bytes.",
        "Größe jedes Datenstroms, in Bytes.",
    )
    .or("2147483648"),
    key(
        "disk_reserve_bytes",
        Takes::Number(0, 1 << 50),
        "Bytes that stay free on the disks of the data folder: with less, sources are held until there is room again.",
        "Bytes, die auf den Datenträgern des Datenordners frei bleiben: Bei weniger werden die Quellen angehalten, bis wieder \
         Platz ist.",
    )
    .or("536870912"),
]);

static STORE: Keys = Keys::of(&[key(
    "url",
    ADDRESS,
    "`sqlite` for a file in the data folder, or the address of a database.",
    "`sqlite` für eine Datei im Datenordner, oder die Adresse einer Datenbank.",
)
.or("\"sqlite\"")]);

static DOCUMENTS: Keys = Keys::of(&[key(
    "url",
    ADDRESS,
    "`file` for a folder in the data folder, or an address.",
    "`file` für einen Ordner im Datenordner, oder eine Adresse.",
)
.or("\"file\"")]);

/// A text, or a secret that holds it.
const ADDRESS: Takes = Takes::Either(&[Takes::Text(Says::Words), Takes::Table(&SECRET)]);

/// Where a secret stands: one of the three.
pub(crate) static SECRET: Keys = Keys::of(&[
    key(
        "file",
        Takes::Text(Says::File),
        "The file that holds the secret.",
        "Die Datei, in der das Geheimnis steht.",
    ),
    key(
        "env",
        Takes::Text(Says::Words),
        "The environment variable that holds it.",
        "Die Umgebungsvariable, in der es steht.",
    ),
    key(
        "credential",
        Takes::Text(Says::Words),
        "The systemd credential that holds it (`LoadCredential=`).",
        "Das systemd-Credential, in dem es steht (`LoadCredential=`).",
    ),
]);

/// `connectors/<name>.toml`
pub(crate) static CONNECTOR: Keys = Keys::of(&[
    key(
        "kind",
        Takes::Text(Says::Kind),
        "The kind of connector; its program is `amtshub-connector-<kind>` unless `command` says otherwise.",
        "Die Art des Konnektors; sein Programm ist `amtshub-connector-<kind>`, wenn `command` nichts anderes sagt.",
    )
    .needed(),
    key(
        "title",
        Takes::Text(Says::Words),
        "Title for people; without it the name of the file.",
        "Titel für Menschen; ohne Angabe der Name der Datei.",
    ),
    key(
        "managed",
        Takes::Flag,
        "Whether the hub starts it; `false` for one that runs elsewhere.",
        "Ob der Hub sie startet; `false` für eine, die woanders läuft.",
    )
    .or("true"),
    key(
        "quota",
        Takes::Number(1, 1_000_000_000),
        "How many messages may wait for it before its senders are held up; else `recipient_quota` of hub.toml.",
        "Wie viele Nachrichten auf sie warten dürfen, bevor die Absender angehalten werden; sonst `recipient_quota` aus hub.toml.",
    ),
    key(
        "command",
        Takes::List(&Takes::Text(Says::Words)),
        "The program and its arguments, where it is none of ours.",
        "Das Programm und seine Argumente, wenn es keines von unseren ist.",
    ),
    key(
        "types",
        Takes::Named(Says::Words, &Takes::Table(&TYPE)),
        "The message types that it sends, each with the mapping that reads it: `\"invoice.ubl.1\" = { mapping = \"ubl-invoice\" }`.",
        "Die Nachrichtenarten, die sie sendet, jede mit der Zuordnung, die sie liest: `\"invoice.ubl.1\" = { mapping = \"ubl-invoice\" }`.",
    ),
    key(
        "settings",
        Takes::Anything,
        "The settings that its program takes. Secrets stand elsewhere: `{ file = … }`, `{ env = … }`, `{ credential = … }`.",
        "Die Einstellungen, die ihr Programm kennt. Geheimnisse stehen woanders: `{ file = … }`, `{ env = … }`, `{ credential = … }`.",
    ),
]);

/// A message type of a connector.
pub(crate) static TYPE: Keys = Keys::of(&[key(
    "mapping",
    Takes::Text(Says::Mapping),
    "The mapping that reads it.",
    "Die Zuordnung, die sie liest.",
)
.needed()]);
