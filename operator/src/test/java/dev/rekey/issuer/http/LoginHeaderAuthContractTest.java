package dev.rekey.issuer.http;

class LoginHeaderAuthContractTest extends HttpIssuerContract {
  LoginHeaderAuthContractTest() {
    super(url ->
        WrittenIssuers.onKeyService(
            url,
            "{login: {post: /session, secretRef: {name: till-admin}, body: {user:"
                + " \"${credential['user-name']}\", password: \"${credential.password}\"}, token:"
                + " \"headers['x-session']\", sendAs: {header: {name: X-Session}}}}"));
  }
}
