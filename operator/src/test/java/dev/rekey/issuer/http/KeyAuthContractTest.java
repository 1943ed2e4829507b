package dev.rekey.issuer.http;

class KeyAuthContractTest extends HttpIssuerContract {
  KeyAuthContractTest() {
    super(url -> WrittenIssuers.onKeyService(url, "{key: {bearer: {value: \"${key.value}\"}}}"));
  }
}
