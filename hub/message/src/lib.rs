// SPDX-License-Identifier: EUPL-1.2
//! The vocabulary of Amtshub: what travels between connectors, the hub and the case store.
//!
//! Invariant: nothing here does input or output, reads a clock or knows a wire library. Whoever holds a value of one of
//! these types holds something that was checked when it was made.

pub mod body;
pub mod canonical;
pub mod capability;
pub mod case;
pub mod envelope;
pub mod finding;
pub mod id;
pub mod keys;
pub mod lookup;
pub mod manifest;
pub mod name;
pub mod receipt;
pub mod record;
pub mod rejection;
pub mod sensitive;
pub mod shape;
pub mod timestamp;

pub use body::{Body, BodyFault, DocumentRef, Head};
pub use canonical::{Children, Kind, NodeRef, Tree, TreeBuilder};
pub use case::CaseFacts;
pub use envelope::{Header, Headers, Message};
pub use finding::{Finding, Severity};
pub use id::{DeliveryId, Digest, MessageId};
pub use lookup::{AnswerHead, Ask};
pub use manifest::{Beat, Hello, Hold, Manifest, Pause, TargetClass, Welcome};
pub use name::{ConnectorName, MessageType, NameFault, Recipient, SchemaId};
pub use receipt::{Outcome, Receipt, RefusalClass};
pub use record::{CaseKey, CaseRecord, DeadLetter, DeliveryIntent, Entry, Filing, Participant, Strength};
pub use rejection::{Code, Place, Rejection};
pub use sensitive::Sensitive;
pub use shape::{LeafKind, Protection, Shape};
pub use timestamp::Timestamp;
