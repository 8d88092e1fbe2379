<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- XSLT 1.0, for libxslt: the fields of invoice.map.toml as JSON text, written as people write such stylesheets:
     one template for a party, one for an address, one for a line, one that escapes a string. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <xsl:output method="text" encoding="UTF-8"/>

  <xsl:template match="/ubl:Invoice">
    <xsl:variable name="currency" select="cbc:DocumentCurrencyCode"/>
    <xsl:variable name="members">
      <xsl:call-template name="text"><xsl:with-param name="key" select="'number'"/><xsl:with-param name="of" select="cbc:ID"/></xsl:call-template>
      <xsl:call-template name="text"><xsl:with-param name="key" select="'issueDate'"/><xsl:with-param name="of" select="cbc:IssueDate"/></xsl:call-template>
      <xsl:call-template name="text"><xsl:with-param name="key" select="'typeCode'"/><xsl:with-param name="of" select="cbc:InvoiceTypeCode"/></xsl:call-template>
      <xsl:call-template name="text"><xsl:with-param name="key" select="'currency'"/><xsl:with-param name="of" select="$currency"/></xsl:call-template>
      <xsl:call-template name="text"><xsl:with-param name="key" select="'dueDate'"/><xsl:with-param name="of" select="cbc:DueDate"/></xsl:call-template>
      <xsl:call-template name="text"><xsl:with-param name="key" select="'buyerReference'"/><xsl:with-param name="of" select="cbc:BuyerReference"/></xsl:call-template>
      <xsl:call-template name="text"><xsl:with-param name="key" select="'orderReference'"/><xsl:with-param name="of" select="cac:OrderReference/cbc:ID[. != 'NA']"/></xsl:call-template>
      <xsl:call-template name="text"><xsl:with-param name="key" select="'paymentTerms'"/><xsl:with-param name="of" select="cac:PaymentTerms/cbc:Note"/></xsl:call-template>
      <xsl:call-template name="list">
        <xsl:with-param name="key" select="'notes'"/>
        <xsl:with-param name="items"><xsl:apply-templates select="cbc:Note"/></xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="group">
        <xsl:with-param name="key" select="'process'"/>
        <xsl:with-param name="members">
          <xsl:call-template name="text"><xsl:with-param name="key" select="'profileId'"/><xsl:with-param name="of" select="cbc:ProfileID"/></xsl:call-template>
          <xsl:call-template name="text"><xsl:with-param name="key" select="'customizationId'"/><xsl:with-param name="of" select="cbc:CustomizationID"/></xsl:call-template>
        </xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="group">
        <xsl:with-param name="key" select="'seller'"/>
        <xsl:with-param name="members">
          <xsl:apply-templates select="cac:AccountingSupplierParty/cac:Party"/>
          <xsl:call-template name="text"><xsl:with-param name="key" select="'taxNumber'"/><xsl:with-param name="of" select="cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID != 'VAT']/cbc:CompanyID"/></xsl:call-template>
          <xsl:apply-templates select="cac:AccountingSupplierParty/cac:Party/cac:Contact"/>
        </xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="group">
        <xsl:with-param name="key" select="'buyer'"/>
        <xsl:with-param name="members"><xsl:apply-templates select="cac:AccountingCustomerParty/cac:Party"/></xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="group">
        <xsl:with-param name="key" select="'payment'"/>
        <xsl:with-param name="members">
          <xsl:call-template name="text"><xsl:with-param name="key" select="'meansCode'"/><xsl:with-param name="of" select="cac:PaymentMeans/cbc:PaymentMeansCode"/></xsl:call-template>
          <xsl:call-template name="text"><xsl:with-param name="key" select="'remittanceInformation'"/><xsl:with-param name="of" select="cac:PaymentMeans/cbc:PaymentID"/></xsl:call-template>
          <xsl:call-template name="list">
            <xsl:with-param name="key" select="'creditTransfers'"/>
            <xsl:with-param name="items"><xsl:apply-templates select="cac:PaymentMeans/cac:PayeeFinancialAccount"/></xsl:with-param>
          </xsl:call-template>
        </xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="list">
        <xsl:with-param name="key" select="'taxes'"/>
        <xsl:with-param name="items"><xsl:apply-templates select="cac:TaxTotal/cac:TaxSubtotal"/></xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="group">
        <xsl:with-param name="key" select="'totals'"/>
        <xsl:with-param name="members">
          <xsl:apply-templates select="cac:LegalMonetaryTotal"/>
          <xsl:call-template name="number"><xsl:with-param name="key" select="'tax'"/><xsl:with-param name="of" select="cac:TaxTotal[cbc:TaxAmount/@currencyID = $currency]/cbc:TaxAmount"/></xsl:call-template>
        </xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="list">
        <xsl:with-param name="key" select="'lines'"/>
        <xsl:with-param name="items"><xsl:apply-templates select="cac:InvoiceLine"/></xsl:with-param>
      </xsl:call-template>
    </xsl:variable>
    <xsl:text>{</xsl:text><xsl:value-of select="substring($members, 2)"/><xsl:text>}</xsl:text>
  </xsl:template>

  <xsl:template match="cbc:Note">
    <xsl:call-template name="item">
      <xsl:with-param name="members">
        <xsl:choose>
          <xsl:when test="starts-with(., '#') and substring(., 5, 1) = '#' and translate(substring(., 2, 3), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '') = '' and string-length(.) > 5">
            <xsl:call-template name="text"><xsl:with-param name="key" select="'subject'"/><xsl:with-param name="of" select="substring(., 2, 3)"/></xsl:call-template>
            <xsl:call-template name="text"><xsl:with-param name="key" select="'text'"/><xsl:with-param name="of" select="substring(., 6)"/></xsl:call-template>
          </xsl:when>
          <xsl:otherwise>
            <xsl:call-template name="text"><xsl:with-param name="key" select="'text'"/><xsl:with-param name="of" select="string(.)"/></xsl:call-template>
          </xsl:otherwise>
        </xsl:choose>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="cac:Party">
    <xsl:call-template name="group">
      <xsl:with-param name="key" select="'endpoint'"/>
      <xsl:with-param name="members">
        <xsl:call-template name="text"><xsl:with-param name="key" select="'id'"/><xsl:with-param name="of" select="cbc:EndpointID"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'scheme'"/><xsl:with-param name="of" select="cbc:EndpointID/@schemeID"/></xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="text"><xsl:with-param name="key" select="'tradingName'"/><xsl:with-param name="of" select="cac:PartyName/cbc:Name"/></xsl:call-template>
    <xsl:call-template name="text"><xsl:with-param name="key" select="'vatId'"/><xsl:with-param name="of" select="cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']/cbc:CompanyID"/></xsl:call-template>
    <xsl:call-template name="text"><xsl:with-param name="key" select="'name'"/><xsl:with-param name="of" select="cac:PartyLegalEntity/cbc:RegistrationName"/></xsl:call-template>
    <xsl:call-template name="text"><xsl:with-param name="key" select="'legalId'"/><xsl:with-param name="of" select="cac:PartyLegalEntity/cbc:CompanyID"/></xsl:call-template>
    <xsl:apply-templates select="cac:PostalAddress"/>
  </xsl:template>

  <xsl:template match="cac:PostalAddress">
    <xsl:call-template name="group">
      <xsl:with-param name="key" select="'address'"/>
      <xsl:with-param name="members">
        <xsl:call-template name="text"><xsl:with-param name="key" select="'street'"/><xsl:with-param name="of" select="cbc:StreetName"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'city'"/><xsl:with-param name="of" select="cbc:CityName"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'postCode'"/><xsl:with-param name="of" select="cbc:PostalZone"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'country'"/><xsl:with-param name="of" select="cac:Country/cbc:IdentificationCode"/></xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="cac:Contact">
    <xsl:call-template name="group">
      <xsl:with-param name="key" select="'contact'"/>
      <xsl:with-param name="members">
        <xsl:call-template name="text"><xsl:with-param name="key" select="'name'"/><xsl:with-param name="of" select="cbc:Name"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'phone'"/><xsl:with-param name="of" select="cbc:Telephone"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'email'"/><xsl:with-param name="of" select="cbc:ElectronicMail"/></xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="cac:PayeeFinancialAccount">
    <xsl:call-template name="item">
      <xsl:with-param name="members">
        <xsl:call-template name="text"><xsl:with-param name="key" select="'account'"/><xsl:with-param name="of" select="cbc:ID"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'accountName'"/><xsl:with-param name="of" select="cbc:Name"/></xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="cac:TaxSubtotal">
    <xsl:variable name="category" select="cac:TaxCategory[cac:TaxScheme/cbc:ID = 'VAT']"/>
    <xsl:call-template name="item">
      <xsl:with-param name="members">
        <xsl:call-template name="number"><xsl:with-param name="key" select="'taxable'"/><xsl:with-param name="of" select="cbc:TaxableAmount"/></xsl:call-template>
        <xsl:call-template name="number"><xsl:with-param name="key" select="'amount'"/><xsl:with-param name="of" select="cbc:TaxAmount"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'category'"/><xsl:with-param name="of" select="$category/cbc:ID"/></xsl:call-template>
        <xsl:call-template name="number"><xsl:with-param name="key" select="'rate'"/><xsl:with-param name="of" select="$category/cbc:Percent"/></xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="cac:LegalMonetaryTotal">
    <xsl:call-template name="number"><xsl:with-param name="key" select="'lineNet'"/><xsl:with-param name="of" select="cbc:LineExtensionAmount"/></xsl:call-template>
    <xsl:call-template name="number"><xsl:with-param name="key" select="'taxExclusive'"/><xsl:with-param name="of" select="cbc:TaxExclusiveAmount"/></xsl:call-template>
    <xsl:call-template name="number"><xsl:with-param name="key" select="'taxInclusive'"/><xsl:with-param name="of" select="cbc:TaxInclusiveAmount"/></xsl:call-template>
    <xsl:call-template name="number"><xsl:with-param name="key" select="'payable'"/><xsl:with-param name="of" select="cbc:PayableAmount"/></xsl:call-template>
  </xsl:template>

  <xsl:template match="cac:InvoiceLine">
    <xsl:variable name="category" select="cac:Item/cac:ClassifiedTaxCategory[cac:TaxScheme/cbc:ID = 'VAT']"/>
    <xsl:call-template name="item">
      <xsl:with-param name="members">
        <xsl:call-template name="text"><xsl:with-param name="key" select="'id'"/><xsl:with-param name="of" select="cbc:ID"/></xsl:call-template>
        <xsl:call-template name="number"><xsl:with-param name="key" select="'quantity'"/><xsl:with-param name="of" select="cbc:InvoicedQuantity"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'unit'"/><xsl:with-param name="of" select="cbc:InvoicedQuantity/@unitCode"/></xsl:call-template>
        <xsl:call-template name="number"><xsl:with-param name="key" select="'net'"/><xsl:with-param name="of" select="cbc:LineExtensionAmount"/></xsl:call-template>
        <xsl:call-template name="text"><xsl:with-param name="key" select="'orderLineReference'"/><xsl:with-param name="of" select="cac:OrderLineReference/cbc:LineID"/></xsl:call-template>
        <xsl:call-template name="group">
          <xsl:with-param name="key" select="'item'"/>
          <xsl:with-param name="members">
            <xsl:call-template name="text"><xsl:with-param name="key" select="'description'"/><xsl:with-param name="of" select="cac:Item/cbc:Description"/></xsl:call-template>
            <xsl:call-template name="text"><xsl:with-param name="key" select="'name'"/><xsl:with-param name="of" select="cac:Item/cbc:Name"/></xsl:call-template>
            <xsl:call-template name="text"><xsl:with-param name="key" select="'sellerId'"/><xsl:with-param name="of" select="cac:Item/cac:SellersItemIdentification/cbc:ID"/></xsl:call-template>
          </xsl:with-param>
        </xsl:call-template>
        <xsl:call-template name="group">
          <xsl:with-param name="key" select="'vat'"/>
          <xsl:with-param name="members">
            <xsl:call-template name="text"><xsl:with-param name="key" select="'category'"/><xsl:with-param name="of" select="$category/cbc:ID"/></xsl:call-template>
            <xsl:call-template name="number"><xsl:with-param name="key" select="'rate'"/><xsl:with-param name="of" select="$category/cbc:Percent"/></xsl:call-template>
          </xsl:with-param>
        </xsl:call-template>
        <xsl:call-template name="group">
          <xsl:with-param name="key" select="'price'"/>
          <xsl:with-param name="members">
            <xsl:call-template name="number"><xsl:with-param name="key" select="'net'"/><xsl:with-param name="of" select="cac:Price/cbc:PriceAmount"/></xsl:call-template>
          </xsl:with-param>
        </xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- A member whose value is a text, if it is there. Every member begins with a comma; who holds it takes the first away. -->
  <xsl:template name="text">
    <xsl:param name="key"/>
    <xsl:param name="of"/>
    <xsl:if test="$of">
      <xsl:text>,"</xsl:text><xsl:value-of select="$key"/><xsl:text>":"</xsl:text>
      <xsl:call-template name="escaped"><xsl:with-param name="text" select="string($of)"/></xsl:call-template>
      <xsl:text>"</xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template name="number">
    <xsl:param name="key"/>
    <xsl:param name="of"/>
    <xsl:if test="$of">
      <xsl:text>,"</xsl:text><xsl:value-of select="$key"/><xsl:text>":</xsl:text><xsl:value-of select="normalize-space($of)"/>
    </xsl:if>
  </xsl:template>

  <xsl:template name="group">
    <xsl:param name="key"/>
    <xsl:param name="members"/>
    <xsl:if test="string($members)">
      <xsl:text>,"</xsl:text><xsl:value-of select="$key"/><xsl:text>":{</xsl:text><xsl:value-of select="substring($members, 2)"/><xsl:text>}</xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template name="list">
    <xsl:param name="key"/>
    <xsl:param name="items"/>
    <xsl:if test="string($items)">
      <xsl:text>,"</xsl:text><xsl:value-of select="$key"/><xsl:text>":[</xsl:text><xsl:value-of select="substring($items, 2)"/><xsl:text>]</xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template name="item">
    <xsl:param name="members"/>
    <xsl:text>,{</xsl:text><xsl:value-of select="substring($members, 2)"/><xsl:text>}</xsl:text>
  </xsl:template>

  <!-- Escapes what JSON wants escaped, one character after the other. -->
  <xsl:template name="escaped">
    <xsl:param name="text"/>
    <xsl:choose>
      <xsl:when test="contains($text, '\')">
        <xsl:call-template name="quoted"><xsl:with-param name="text" select="substring-before($text, '\')"/></xsl:call-template>
        <xsl:text>\\</xsl:text>
        <xsl:call-template name="escaped"><xsl:with-param name="text" select="substring-after($text, '\')"/></xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:call-template name="quoted"><xsl:with-param name="text" select="$text"/></xsl:call-template></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="quoted">
    <xsl:param name="text"/>
    <xsl:choose>
      <xsl:when test="contains($text, '&quot;')">
        <xsl:call-template name="controls"><xsl:with-param name="text" select="substring-before($text, '&quot;')"/></xsl:call-template>
        <xsl:text>\"</xsl:text>
        <xsl:call-template name="quoted"><xsl:with-param name="text" select="substring-after($text, '&quot;')"/></xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:call-template name="controls"><xsl:with-param name="text" select="$text"/></xsl:call-template></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="controls">
    <xsl:param name="text"/>
    <xsl:choose>
      <xsl:when test="contains($text, '&#10;')">
        <xsl:call-template name="controls"><xsl:with-param name="text" select="substring-before($text, '&#10;')"/></xsl:call-template>
        <xsl:text>\n</xsl:text>
        <xsl:call-template name="controls"><xsl:with-param name="text" select="substring-after($text, '&#10;')"/></xsl:call-template>
      </xsl:when>
      <xsl:when test="contains($text, '&#9;')">
        <xsl:value-of select="substring-before($text, '&#9;')"/>
        <xsl:text>\t</xsl:text>
        <xsl:call-template name="controls"><xsl:with-param name="text" select="substring-after($text, '&#9;')"/></xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
