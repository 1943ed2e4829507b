package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.HeaderCredential;
import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.KeyHeader;
import dev.rekey.api.v1alpha1.VerifyAuth;

class HeaderAuthContractTest extends HttpIssuerContract {
  HeaderAuthContractTest() {
    super(url ->
        Definitions.authenticated(
            Definitions.keyService(url, "5s"),
            new HttpAuth(
                null, null, new HeaderCredential("X-Api-Key", Definitions.ADMIN, null), null),
            new VerifyAuth(null, null, new KeyHeader("X-Api-Key", "${key.value}"), null)));
  }
}
