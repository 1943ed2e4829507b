package dev.rekey.issuer.http;

class LoginAuthContractTest extends HttpIssuerContract {
  LoginAuthContractTest() {
    super(url ->
        WrittenIssuers.onKeyService(
            url,
            "{login: {post: /session, secretRef: {name: till-admin}, body: {user:"
                + " \"${credential['user-name']}\", password: \"${credential.password}\"}, token:"
                + " body.token, sendAs: {bearer: true}}}"));
  }
}
