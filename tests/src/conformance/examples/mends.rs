// SPDX-License-Identifier: EUPL-1.2
//! Where grammar and example differ, the example is mended: each mend with its reason.

/// An example of the design.
pub(super) struct Example {
    pub(super) name: &'static str,
    pub(super) mends: &'static [Mend],
}

/// A text of the example and what stands there instead.
pub(super) struct Mend {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) why: &'static str,
}

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        name: "ubl-invoice",
        mends: &[Mend {
            from: "equals    = \"examples/01.13a.canonical.json\"\n",
            to: "valid     = true\n",
            why: "the file with the expected document does not stand beside the examples",
        }],
    },
    Example {
        name: "cii-invoice",
        mends: &[Mend {
            from: "CrossIndustryInvoice_100pD16B.xsd",
            to: "CrossIndustryInvoice_100pD22B.xsd",
            why: "D16B is not published where this run can fetch it; D22B takes what D16B does",
        }],
    },
    Example {
        name: "resident-change",
        mends: &[],
    },
    Example {
        name: "trade-legacy",
        mends: &[Mend {
            from: "\"01.",
            to: "\"01/",
            why: "steps are divided by `/` in every format",
        }],
    },
    Example {
        name: "xdomea-0605",
        mends: &[
            Mend {
                from: "\"$message.id\"",
                to: "\"$message.uuid\"",
                why: "xdomea wants a UUID, and the id of a message is 32 hex digits; `$message.uuid` is the same as a UUID",
            },
            Mend {
                from: "{ registration = \"Anmeldung\", deregistration = \"Abmeldung\", notice = \"Bescheid\" }",
                to: "{ Anmeldung = \"registration\", Abmeldung = \"deregistration\", Bescheid = \"notice\" }",
                why: "a table goes from the document's code to the canonical value, whichever way it is used",
            },
        ],
    },
];
