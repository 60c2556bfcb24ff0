<?xml version="1.0" encoding="utf-8"?>
<!-- Takes the descriptions of the API's types and fields out of the KubernetesClient package's documentation: a line each,
     the member's name, a tab, the text. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="utf-8" />
  <xsl:template match="/">
    <xsl:for-each select="doc/members/member[(starts-with(@name, 'P:k8s.Models.') or starts-with(@name, 'T:k8s.Models.')) and not(contains(@name, 'alpha')) and not(contains(@name, 'beta'))]">
      <xsl:value-of select="substring(@name, 14)" />
      <xsl:value-of select="'&#9;'" />
      <xsl:value-of select="normalize-space(summary)" />
      <xsl:value-of select="'&#10;'" />
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
