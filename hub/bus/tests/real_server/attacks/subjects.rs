// SPDX-License-Identifier: EUPL-1.2
//! What does not belong to the connector `scan`.

/// Subjects of others, of the hub, of JetStream and of the server.
pub(crate) fn foreign_subjects(ack: &str) -> Vec<String> {
    let mut all: Vec<String> = [
        "in.finance.invoice.1",
        "in.scan",
        "in.hub.x.1",
        "receipt.finance",
        "receipt.scan.x",
        "reg.finance",
        "beat.finance",
        "ask.finance.person",
        "blob.finance.begin",
        "out.finance.record.1",
        "out.scan.record.1",
        "out.cases.record.1",
        "ctl.finance.drain",
        "ctl.scan.drain",
        "rpc.finance.person",
        "_INBOX_hub.1",
        "_INBOX_finance.1",
        "_R_.1",
        "$SYS.REQ.SERVER.PING",
        "$SYS.REQ.ACCOUNT.HUB.CONNZ",
        "$SYS.REQ.USER.INFO.x",
        "$KV.a.b",
        "$O.a.b",
        "$JS.API.INFO",
        "$JS.API.CONSUMER.MSG.NEXT.OUT.scan",
        "$JS.API.DIRECT.GET.OUT.out.finance.record.1",
        "$JS.FC.OUT.finance.1.1",
    ]
    .map(str::to_owned)
    .to_vec();
    let operations = [
        "INFO",
        "STREAM.NAMES",
        "STREAM.LIST",
        "STREAM.CREATE.MINE",
        "STREAM.UPDATE.OUT",
        "STREAM.INFO.OUT",
        "STREAM.DELETE.OUT",
        "STREAM.PURGE.OUT",
        "STREAM.PURGE.IN_scan",
        "STREAM.MSG.GET.OUT",
        "STREAM.MSG.DELETE.OUT",
        "STREAM.SNAPSHOT.OUT",
        "STREAM.RESTORE.OUT",
        "DIRECT.GET.OUT",
        "CONSUMER.NAMES.OUT",
        "CONSUMER.CREATE.OUT",
        "CONSUMER.CREATE.OUT.mine.out.>",
        "CONSUMER.DURABLE.CREATE.OUT.mine",
        "CONSUMER.DELETE.OUT.scan",
        "CONSUMER.DELETE.OUT.finance",
        "CONSUMER.PAUSE.OUT.finance",
        "CONSUMER.UNPIN.IN_scan.hub",
        "CONSUMER.RESET.OUT.scan",
        "CONSUMER.RESET.IN_scan.hub",
        "CONSUMER.INFO.OUT.finance",
        "CONSUMER.INFO.OUT.cases",
        "CONSUMER.INFO.IN_scan.hub",
        "CONSUMER.MSG.NEXT.OUT.finance",
        "CONSUMER.MSG.NEXT.OUT.cases",
        "CONSUMER.MSG.NEXT.IN_scan.hub",
        "CONSUMER.MSG.NEXT.IN_finance.hub",
    ];
    for prefix in ["$JS.API", "HUBJS.API"] {
        all.extend(operations.map(|operation| format!("{prefix}.{operation}")));
    }
    all.push(ack.to_owned());
    all.push("$JS.ACK.OUT.cases.1.1.1.0.0".to_owned());
    all.push("$JS.ACK.IN_scan.hub.1.1.1.0.0".to_owned());
    all
}

/// Where the life of others could be heard.
pub(crate) const EARS: [&str; 25] = [
    ">",
    "*.>",
    "in.>",
    "in.finance.>",
    "out.>",
    "out.finance.>",
    "receipt.*",
    "reg.*",
    "reg.scan",
    "beat.*",
    "blob.>",
    "ask.>",
    "ctl.>",
    "ctl.finance.>",
    "rpc.finance.>",
    "_INBOX.>",
    "_INBOX_hub.>",
    "_INBOX_sys.>",
    "_INBOX_finance.>",
    "_R_.>",
    "$SYS.>",
    "$SYS.ACCOUNT.*.CONNECT",
    "$JS.>",
    "$JS.EVENT.>",
    "HUBJS.>",
];
