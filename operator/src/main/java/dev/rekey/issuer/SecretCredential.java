package dev.rekey.issuer;

import dev.rekey.cluster.Secrets;
import dev.rekey.rotation.SecretText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A credential in a Secret, read from the API server each time: it may have been rotated itself.
 */
record SecretCredential(Secrets secrets, String namespace, String name, String key)
    implements CredentialSource {

  @Override
  public Credential read() {
    var secret = secrets.get(namespace, name);
    if (secret.isEmpty()) {
      return new Credential.Missing(
          "Secret "
              + namespace
              + "/"
              + name
              + " with the issuer's credential does not exist. Create it with data key "
              + key
              + ".");
    }
    return Optional.ofNullable(secret.get().getData())
        .flatMap(it -> Optional.ofNullable(it.get(key)))
        .<Credential>map(it ->
            new Credential.Found(
                SecretText.of(
                    new String(Base64.getDecoder().decode(it), StandardCharsets.UTF_8).strip())))
        .orElseGet(() ->
            new Credential.Missing(
                "Secret "
                    + namespace
                    + "/"
                    + name
                    + " has no data key "
                    + key
                    + " with the issuer's credential. Add it."));
  }
}
