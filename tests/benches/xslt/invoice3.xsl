<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- XSLT 3.0, for Saxon: the fields of invoice.map.toml as maps, serialised as JSON. -->
<xsl:stylesheet version="3.0" expand-text="yes" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:map="http://www.w3.org/2005/xpath-functions/map"
    xmlns:f="urn:amtshub:bench"
    xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    exclude-result-prefixes="#all">
  <xsl:output method="json" encoding="UTF-8"/>
  <xsl:mode on-no-match="shallow-skip"/>

  <!-- A member whose value is a text, a number, a group, a list: nothing where there is nothing. -->
  <xsl:function name="f:text" as="map(*)?">
    <xsl:param name="key" as="xs:string"/>
    <xsl:param name="of" as="item()*"/>
    <xsl:sequence select="if (exists($of)) then map{$key: string($of[1])} else ()"/>
  </xsl:function>
  <xsl:function name="f:number" as="map(*)?">
    <xsl:param name="key" as="xs:string"/>
    <xsl:param name="of" as="item()*"/>
    <xsl:sequence select="if (exists($of)) then map{$key: xs:decimal($of[1])} else ()"/>
  </xsl:function>
  <xsl:function name="f:group" as="map(*)?">
    <xsl:param name="key" as="xs:string"/>
    <xsl:param name="members" as="map(*)*"/>
    <xsl:sequence select="if (exists($members)) then map{$key: map:merge($members)} else ()"/>
  </xsl:function>
  <xsl:function name="f:list" as="map(*)?">
    <xsl:param name="key" as="xs:string"/>
    <xsl:param name="items" as="map(*)*"/>
    <xsl:sequence select="if (exists($items)) then map{$key: array{$items}} else ()"/>
  </xsl:function>

  <xsl:template match="/ubl:Invoice">
    <xsl:variable name="currency" select="cbc:DocumentCurrencyCode"/>
    <xsl:variable name="seller" select="cac:AccountingSupplierParty/cac:Party"/>
    <xsl:variable name="totals" select="cac:LegalMonetaryTotal"/>
    <xsl:variable name="notes" as="map(*)*"><xsl:apply-templates select="cbc:Note"/></xsl:variable>
    <xsl:variable name="buyer" as="map(*)*"><xsl:apply-templates select="cac:AccountingCustomerParty/cac:Party"/></xsl:variable>
    <xsl:variable name="party" as="map(*)*"><xsl:apply-templates select="$seller"/></xsl:variable>
    <xsl:variable name="accounts" as="map(*)*"><xsl:apply-templates select="cac:PaymentMeans/cac:PayeeFinancialAccount"/></xsl:variable>
    <xsl:variable name="taxes" as="map(*)*"><xsl:apply-templates select="cac:TaxTotal/cac:TaxSubtotal"/></xsl:variable>
    <xsl:variable name="lines" as="map(*)*"><xsl:apply-templates select="cac:InvoiceLine"/></xsl:variable>
    <xsl:sequence select="map:merge((
      f:text('number', cbc:ID),
      f:text('issueDate', cbc:IssueDate),
      f:text('typeCode', cbc:InvoiceTypeCode),
      f:text('currency', $currency),
      f:text('dueDate', cbc:DueDate),
      f:text('buyerReference', cbc:BuyerReference),
      f:text('orderReference', cac:OrderReference/cbc:ID[. != 'NA']),
      f:text('paymentTerms', cac:PaymentTerms/cbc:Note),
      f:list('notes', $notes),
      f:group('process', (f:text('profileId', cbc:ProfileID), f:text('customizationId', cbc:CustomizationID))),
      f:group('seller', ($party,
        f:text('taxNumber', $seller/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID != 'VAT']/cbc:CompanyID),
        f:group('contact', (
          f:text('name', $seller/cac:Contact/cbc:Name),
          f:text('phone', $seller/cac:Contact/cbc:Telephone),
          f:text('email', $seller/cac:Contact/cbc:ElectronicMail))))),
      f:group('buyer', $buyer),
      f:group('payment', (
        f:text('meansCode', cac:PaymentMeans/cbc:PaymentMeansCode),
        f:text('remittanceInformation', cac:PaymentMeans/cbc:PaymentID),
        f:list('creditTransfers', $accounts))),
      f:list('taxes', $taxes),
      f:group('totals', (
        f:number('lineNet', $totals/cbc:LineExtensionAmount),
        f:number('taxExclusive', $totals/cbc:TaxExclusiveAmount),
        f:number('tax', cac:TaxTotal[cbc:TaxAmount/@currencyID = $currency]/cbc:TaxAmount),
        f:number('taxInclusive', $totals/cbc:TaxInclusiveAmount),
        f:number('payable', $totals/cbc:PayableAmount))),
      f:list('lines', $lines)))"/>
  </xsl:template>

  <xsl:template match="cbc:Note" as="map(*)">
    <xsl:sequence select="if (matches(., '^#[A-Z]{3}#.', 's'))
      then map{'subject': substring(., 2, 3), 'text': substring(., 6)}
      else map{'text': string(.)}"/>
  </xsl:template>

  <xsl:template match="cac:Party" as="map(*)*">
    <xsl:sequence select="
      f:group('endpoint', (f:text('id', cbc:EndpointID), f:text('scheme', cbc:EndpointID/@schemeID))),
      f:text('tradingName', cac:PartyName/cbc:Name),
      f:text('vatId', cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']/cbc:CompanyID),
      f:text('name', cac:PartyLegalEntity/cbc:RegistrationName),
      f:text('legalId', cac:PartyLegalEntity/cbc:CompanyID),
      f:group('address', (
        f:text('street', cac:PostalAddress/cbc:StreetName),
        f:text('city', cac:PostalAddress/cbc:CityName),
        f:text('postCode', cac:PostalAddress/cbc:PostalZone),
        f:text('country', cac:PostalAddress/cac:Country/cbc:IdentificationCode)))"/>
  </xsl:template>

  <xsl:template match="cac:PayeeFinancialAccount" as="map(*)">
    <xsl:sequence select="map:merge((f:text('account', cbc:ID), f:text('accountName', cbc:Name)))"/>
  </xsl:template>

  <xsl:template match="cac:TaxSubtotal" as="map(*)">
    <xsl:variable name="category" select="cac:TaxCategory[cac:TaxScheme/cbc:ID = 'VAT']"/>
    <xsl:sequence select="map:merge((
      f:number('taxable', cbc:TaxableAmount),
      f:number('amount', cbc:TaxAmount),
      f:text('category', $category/cbc:ID),
      f:number('rate', $category/cbc:Percent)))"/>
  </xsl:template>

  <xsl:template match="cac:InvoiceLine" as="map(*)">
    <xsl:variable name="category" select="cac:Item/cac:ClassifiedTaxCategory[cac:TaxScheme/cbc:ID = 'VAT']"/>
    <xsl:sequence select="map:merge((
      f:text('id', cbc:ID),
      f:number('quantity', cbc:InvoicedQuantity),
      f:text('unit', cbc:InvoicedQuantity/@unitCode),
      f:number('net', cbc:LineExtensionAmount),
      f:text('orderLineReference', cac:OrderLineReference/cbc:LineID),
      f:group('item', (
        f:text('description', cac:Item/cbc:Description),
        f:text('name', cac:Item/cbc:Name),
        f:text('sellerId', cac:Item/cac:SellersItemIdentification/cbc:ID))),
      f:group('vat', (f:text('category', $category/cbc:ID), f:number('rate', $category/cbc:Percent))),
      f:group('price', f:number('net', cac:Price/cbc:PriceAmount))))"/>
  </xsl:template>
</xsl:stylesheet>
