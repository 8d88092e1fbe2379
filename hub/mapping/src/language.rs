// SPDX-License-Identifier: EUPL-1.2
//! The mapping language: from TOML with spans to checked rows.
//!
//! MAPPING-LANGUAGE.md of the design is the language; this is the reference of what the design leaves open.
//!
//! # Rows
//!
//! ```toml
//! [fields]
//! number      = "cbc:ID"                                   # both ways
//! issueDate   = "cbc:IssueDate | date"
//! dueDate     = { path = "cbc:DueDate", required = true }  # path, default, required, when
//! vat.read    = "t[s != 'FC']/c"                           # one way each; also as tables: vat.read = { path = … }
//! vat.write   = "t[s = 'VAT']/c"
//! copy        = { from = "number", path = "x/y" }          # written only; the key is a label and need not be a field
//! kind        = { default = "invoice" }                    # no place: reading always gives it
//! seller."*"  = "cac:Party | use(party)"                   # the fragment's rows are members of `seller`
//! net         = "cbc:Amount | use(amount)"                 # on a leaf: the fragment's row `value` is the leaf itself
//! "*"         = ". | use(line)"                            # the fragment's rows are members of the scope
//! id          = [ { path = "GlobalID", when = "scheme is present" },          # several places: reading takes the first
//!                 { path = "ID", when = "scheme is absent" } ]               # where something is; `when` is for writing,
//! unit        = [ { path = "a/@u" }, { path = "b/@u" } ]   # and without it only the first is written
//! code.write  = [ { path = "C", when = "…" }, { path = "C", default = "1", when = "…" } ]   # lists for one way, too
//! "@cur"      = { write = "^currency" }                    # key is a place: written with what stands around it
//! "x/y"       = { write = "'text' | upper" }               # `^field`, `$fact` or a text in quotation marks
//! ```
//!
//! - A row without a function takes the form of the leaf: number, integer, date, date-time and bool leaves get `decimal`,
//!   `integer`, `date`, `datetime`, `bool` implied. A row that makes another type does not load.
//! - `default` is a canonical value when reading. In a row that is only written it is the text that is written.
//! - `required`: absent rejects, in both directions.
//! - `when` looks at **places** (relative to the scope, `^field` for a canonical leaf of the document) when reading and at
//!   **canonical fields** (relative to the item, `^field` from the root; lists and groups can be `is present`) when writing;
//!   so a row with `when` is split into `.read` and `.write`. The grammar is that of [`condition`].
//! - Two rows may write one place only if one of them has `when`; the first present value is written.
//! - Constants that a predicate asks for, and rows whose key is a place, do not make anything exist: `[x = 'lit']` and
//!   `"@cur"` are written where a field, a list or `[always]` makes the place exist that they belong to.
//!
//! # Places
//!
//! `/` separates steps **in every format** (`01/caseNo` of a fixed-width file; the design's `01.caseNo` was a slip). A name
//! with other characters than letters, digits, `_`, `-`, `.` stands in single quotation marks: `'Betrag in €'`. A step may
//! have several predicates, all must hold: `t[@k = 'x'][m/n != 'y']`; their places may end in attributes. Predicates look
//! at the first match of their place, white space at both ends aside; `!=` holds also where the place is absent.
//! A place may be `@name` or `./a`. Short names of `[at]` may begin with others that stand above them.
//!
//! Places of e-mails (`header:Subject`, `body:text`, `part[@type = 'application/pdf']`), forms and multipart forms, and what
//! `| blob` takes there, are described with these formats: `mail.rs`, `form.rs`, `multipart.rs`.
//!
//! A predicate may compare with a canonical field, `t[a/@cur = ^currency]` (a plain field of the document that stands before
//! the place compared), or ask whether a place is there: `t[a/b is present]`, `t[@c is absent]`. `!=` and `is absent` are
//! for reading only.
//!
//! - Reading takes the first match of the whole path: with two `a` of which only the second has a `b`, `a/b` is found.
//! - `place | first`, `| last`, `| nth(2)` choose among all matches; `| count`, `| sum`, `| join(', ')` fold them.
//! - `p | template('{f}, {g/h?}')`: the parts are places below `p`; reading puts together, writing takes apart.
//!
//! # Lists
//!
//! ```toml
//! [lists.lines]                                # a list below a group: [lists."seller.identifiers"]
//! each       = "cac:InvoiceLine"               # or each.read = …, each.write = … (`!=` is for reading only)
//!                                              # or several: each = [ { path = "ID", when = "scheme is absent" }, … ]:
//!                                              # read one after the other, each item written where its `when` holds
//! [lists.lines.fields]                         # places relative to the item
//! [lists.lines.lists.allowances]               # nested; in fragments: [fragments.X.lists.Y], [fragments.X.always]
//! [lists.lines.always]                         # constants within every item
//!
//! [lists.keywords]                             # a list of plain values
//! each       = "cbc:Keyword"
//! item       = ". | trim"                      # may be left out when it is "."
//!
//! [lists.notes]
//! each       = "cbc:Note"
//! template   = ["#{subject:[A-Z]{3}}#{text}", "{text}"]   # parts are fields of the item; `fields` may stand beside
//! ```
//!
//! Several lists and single rows may share an element by predicates or without. Fragments may use other fragments, but not
//! themselves, so a recursive structure is written level by level:
//! `[lists.lines.lists.subLines]`, `[lists.lines.lists.subLines.fields]`, `"*" = ". | use(line)"`.
//!
//! # Order when writing
//!
//! Places are written in the order of the file: rows, lists and `[always]` by where they stand (a fragment's rows where it
//! is used), constants of a predicate first in their element, places of one name next to each other. Where `[format]`
//! names a `schema`, its order counts. Without one, XML can have it spelled out, element by element; what an entry does
//! not name comes last:
//!
//! ```toml
//! [format.order]
//! "ubl:Invoice"        = ["cbc:CustomizationID", "cbc:ProfileID", "cbc:ID"]
//! "cac:PartyTaxScheme" = ["cbc:CompanyID", "cac:TaxScheme"]
//! ```
//!
//! # Schemas
//!
//! ```toml
//! [format]
//! schema   = "UBL-Invoice-2.1.xsd"             # looked for beside the mapping, then where standards are laid down
//! validate = ["read", "write"]                 # when documents are held against it; both unless said otherwise
//! ```
//!
//! Every place is looked up in the schema when the mapping is loaded, with the types of the texts, what is required where
//! something is written, and the codes of tables. All files of the schema belong to the mapping's digest.
//!
//! # Tables, case keys, coverage
//!
//! - `[tables.T]`: `inline = { code = "value" }` or `file = "tables/x.csv"` with a header line: column `code`, and column
//!   `value` if the canonical value is another one (`code = "…"`, `value = "…"` name other columns). Without `value` the
//!   file is a code list: it passes its codes and refuses others. `otherwise` as in the design.
//! - `[case] keys`: `field` may go through lists (`deliveryNotes.number`) and may have functions; `system` is a text or
//!   `$field`; `strength` is `exact` unless it says `weak`.
//! - `[coverage]`: what `known` names is left out with everything below it. Places that are only written are known.
//! - `$message.id`, `$message.uuid` (the same as a UUID), `$message.time`, `$site.name`;
//!   `$case.id`, `$case.<kind>`, `$case.<kind>.<system>` in `[always]` and in rows whose key is a place.
//!
//! # Codes
//!
//! Each has a page in `hub/codes` that `amtshub explain CODE` prints.
//!
//! | at load | | at run | |
//! | --- | --- | --- | --- |
//! | M100 | no TOML | M200 | direction not supported |
//! | M101 | wrong `mapping` version | M201, M202 | required, absent: reading, writing |
//! | M102 | unknown canonical field | M210 | a function refuses the value |
//! | M104 | unknown key | M211 | not what the field holds |
//! | M105 | missing key, value of another type | M212 | not in the table |
//! | M106 | place or row does not parse | M213 | fits no template |
//! | M107 | list and single field mixed up | M214 | unmapped place, `unmapped = "error"` |
//! | M108 | type does not fit | M215 | too large |
//! | M109 | overlapping rows | M217 | target cannot carry the value |
//! | M110–M115 | unknown prefix, function, its arguments, table, fragment, short name | M218 | secret not configured |
//! | M116 | `!=` where it is written | | |
//! | M117 | one-way function where it is written | | |
//! | M118 | table and enumeration disagree | | |
//! | M119 | required field without a row | | |
//! | M120 | a route's business | | |
//! | M121, M122 | template, condition | | |
//! | M123 | `must_not_map` is mapped | | |
//! | M124–M126 | fragments in a circle, unknown fact, test | | |
//! | M128 | defined and not used | | |
//!
//! At load, of a schema: M140 not found, M141–M143 faulty, M144 another root, M145 single row over several elements, M146
//! required and not written, M147 type, M148 table and enumeration, M149 order twice, M150 `validate` without schema,
//! M151 too large, M152 not checked. At run: X120 unknown element, X121 too late, X122 missing, X123 too many, X124
//! unknown attribute, X125 missing attribute, X126 value, X127 stray text, X128 root, X129 `xsi:type` and `xsi:nil`, X130
//! fixed value, X131 identifiers, X132 too costly.
//!
//! XML: AH-X100 syntax, X101 DOCTYPE, X102 root, X103 balance, X104 characters, X105 duplicate attribute, X106 namespaces,
//! X107 references, X108 comments and instructions, X109 names, X110 limits, X111 encoding, X112 declaration, X113 another
//! root element, X114 empty.

pub(crate) mod calls;
pub(crate) mod check;
pub mod condition;
pub(crate) mod expand;
mod extras;
pub(crate) mod file;
mod lists;
pub(crate) mod place;
pub(crate) mod resolve;
pub(crate) mod row;
pub(crate) mod scan;
mod sides;
mod spelling;
pub(crate) mod table;
pub(crate) mod template;
#[cfg(test)]
mod tests;
pub(crate) mod tests_section;
pub(crate) mod value;
