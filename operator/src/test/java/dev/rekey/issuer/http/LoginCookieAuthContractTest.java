package dev.rekey.issuer.http;

class LoginCookieAuthContractTest extends HttpIssuerContract {
  LoginCookieAuthContractTest() {
    super(url ->
        WrittenIssuers.onKeyService(
            url,
            "{login: {post: /session, secretRef: {name: till-admin}, body: {user:"
                + " \"${credential['user-name']}\", password: \"${credential.password}\"}, sendAs:"
                + " {cookie: {name: sid}}}}"));
  }
}
