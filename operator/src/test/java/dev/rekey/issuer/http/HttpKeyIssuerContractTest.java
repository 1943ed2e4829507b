package dev.rekey.issuer.http;

class HttpKeyIssuerContractTest extends HttpIssuerContract {
  HttpKeyIssuerContractTest() {
    super(url -> Definitions.keyService(url, "5s"));
  }
}
