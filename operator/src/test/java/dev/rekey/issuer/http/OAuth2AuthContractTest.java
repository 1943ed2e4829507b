package dev.rekey.issuer.http;

class OAuth2AuthContractTest extends HttpIssuerContract {
  OAuth2AuthContractTest() {
    super(url ->
        WrittenIssuers.onKeyService(
            url,
            "{oauth2: {tokenUrl: URL/oauth/token, clientId: rekey, secretRef: {name: till-admin,"
                + " key: token}}}"));
  }
}
