package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.KeyQuery;
import dev.rekey.api.v1alpha1.QueryCredential;
import dev.rekey.api.v1alpha1.VerifyAuth;

class QueryAuthContractTest extends HttpIssuerContract {
  QueryAuthContractTest() {
    super(url ->
        Definitions.authenticated(
            Definitions.keyService(url, "5s"),
            new HttpAuth(null, null, null, new QueryCredential("api_key", Definitions.ADMIN)),
            new VerifyAuth(null, null, null, new KeyQuery("api_key", "${key.value}"))));
  }
}
