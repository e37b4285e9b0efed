<?xml version="1.0" encoding="utf-8"?>
<!-- Puts in what a comment inherits from a member of the same library, but for what it says itself: docfx would have both. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="member" match="member" use="@name" />
  <xsl:template match="@*|node()">
    <xsl:copy><xsl:apply-templates select="@*|node()" /></xsl:copy>
  </xsl:template>
  <xsl:template match="member/inheritdoc[key('member', @cref)]">
    <xsl:call-template name="rest">
      <xsl:with-param name="of" select="key('member', @cref)" />
      <xsl:with-param name="said" select="../*[not(self::inheritdoc)]" />
    </xsl:call-template>
  </xsl:template>
  <xsl:template name="rest">
    <xsl:param name="of" />
    <xsl:param name="said" />
    <xsl:for-each select="$of/*">
      <xsl:choose>
        <xsl:when test="self::inheritdoc[key('member', @cref)]">
          <xsl:call-template name="rest">
            <xsl:with-param name="of" select="key('member', @cref)" />
            <xsl:with-param name="said" select="$said | $of/*[not(self::inheritdoc)]" />
          </xsl:call-template>
        </xsl:when>
        <xsl:when test="$said[name() = name(current()) and string(@name) = string(current()/@name) and string(@cref) = string(current()/@cref)]" />
        <xsl:otherwise><xsl:apply-templates select="." /></xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
