// SPDX-License-Identifier: EUPL-1.2
//! Invoices of any length: the shipped example with as many lines as are asked for.

use std::fmt::Write;

use anyhow::Context;

use crate::root;

/// Lines with which an invoice has about 12 KB.
pub const LINES_12_KB: usize = 10;
/// Lines with which an invoice has about 45 KB.
pub const LINES_45_KB: usize = 51;

const NAMES: [&str; 6] = [
    "Besprechungstisch Buche, 180 × 90 cm",
    "Montage und Einweisung vor Ort",
    "Drehstuhl mit Armlehnen, Stoff blau",
    "Schränke &amp; Regale, Türen links",
    "Entsorgung der Altmöbel (Größe M)",
    "Beratungsgespräch &lt;Raumplanung>",
];

/// An UBL invoice with so many lines, laid out as people send them.
pub fn invoice(lines: usize) -> anyhow::Result<String> {
    let example = root().join("mappings/ubl-invoice/examples/invoice.xml");
    let text = std::fs::read_to_string(&example).with_context(|| example.display().to_string())?;
    let (head, rest) = text
        .split_once("  <cac:InvoiceLine>")
        .context("the example has no line")?;
    let (_, tail) = rest
        .rsplit_once("</cac:InvoiceLine>\n")
        .context("the example has no line")?;
    let mut out = String::with_capacity(head.len() + tail.len() + lines * 960);
    out.push_str(head);
    for number in 1..=lines {
        line(&mut out, number)?;
    }
    out.push_str(tail);
    Ok(out)
}

fn line(out: &mut String, number: usize) -> std::fmt::Result {
    let quantity = number % 12 + 1;
    let price = number * 37 % 900 + 5;
    let name = NAMES[number % NAMES.len()];
    let net = quantity * price;
    write!(
        out,
        "  <cac:InvoiceLine>
    <cbc:ID>{number}</cbc:ID>
    <cbc:InvoicedQuantity unitCode=\"H87\">{quantity}</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID=\"EUR\">{net}.00</cbc:LineExtensionAmount>
"
    )?;
    if number.is_multiple_of(3) {
        out.push_str(
            "    <cac:OrderLineReference>
      <cbc:LineID>10</cbc:LineID>
    </cac:OrderLineReference>
",
        );
    }
    out.push_str("    <cac:Item>\n");
    if number.is_multiple_of(2) {
        out.push_str(
            "      <cbc:Description>Lieferung in das Rathaus, 2. Obergeschoss, Zimmer 214</cbc:Description>\n",
        );
    }
    write!(
        out,
        "      <cbc:Name>{name}</cbc:Name>
      <cac:SellersItemIdentification>
        <cbc:ID>A-{number:06}</cbc:ID>
      </cac:SellersItemIdentification>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>19</cbc:Percent>
        <cac:TaxScheme>
          <cbc:ID>VAT</cbc:ID>
        </cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price>
      <cbc:PriceAmount currencyID=\"EUR\">{price}.00</cbc:PriceAmount>
    </cac:Price>
  </cac:InvoiceLine>
"
    )
}
