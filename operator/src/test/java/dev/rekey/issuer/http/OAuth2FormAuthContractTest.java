package dev.rekey.issuer.http;

class OAuth2FormAuthContractTest extends HttpIssuerContract {
  OAuth2FormAuthContractTest() {
    super(url ->
        WrittenIssuers.onKeyService(
            url,
            "{oauth2: {tokenUrl: URL/oauth/token, clientId: rekey, secretRef: {name: till-admin,"
                + " key: token}, scope: \"keys:read keys:write\", audience: \"https://a\","
                + " clientAuthentication: Form}}"));
  }
}
