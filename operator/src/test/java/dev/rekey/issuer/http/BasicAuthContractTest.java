package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.BasicCredential;
import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.KeyBasic;
import dev.rekey.api.v1alpha1.VerifyAuth;

class BasicAuthContractTest extends HttpIssuerContract {
  BasicAuthContractTest() {
    super(url ->
        Definitions.authenticated(
            Definitions.keyService(url, "5s"),
            new HttpAuth(null, new BasicCredential("rekey", Definitions.ADMIN), null, null),
            new VerifyAuth(null, new KeyBasic("${key.id}", "${key.value}"), null, null)));
  }
}
