package dev.rekey.issuer;

import dev.rekey.cluster.RecentSecrets;
import dev.rekey.rotation.SecretText;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A credential in a Secret. It may be rotated itself: whoever is refused with it reads it again.
 */
record SecretCredential(RecentSecrets secrets, String namespace, String name, String key)
    implements CredentialSource {

  @Override
  public Credential read() {
    var lately = in(secrets.lately(namespace, name));
    // what was missing may have been put there since
    return lately instanceof Credential.Missing ? readAgain() : lately;
  }

  @Override
  public Credential readAgain() {
    return in(secrets.now(namespace, name));
  }

  @Override
  public CredentialSource beside(String secret, String dataKey) {
    return new SecretCredential(secrets, namespace, secret, dataKey);
  }

  private Credential in(Optional<Secret> secret) {
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
