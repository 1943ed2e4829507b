package dev.rekey.issuer;

import dev.rekey.cluster.RecentSecrets;
import dev.rekey.rotation.SecretText;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A credential in a Secret. It may be rotated itself: whoever is refused with it reads it again.
 *
 * @param key the data key that holds it; absent: all of the Secret's data is it
 */
record SecretCredential(RecentSecrets secrets, String namespace, String name, Optional<String> key)
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
    return new SecretCredential(secrets, namespace, secret, Optional.of(dataKey));
  }

  private Credential in(Optional<Secret> secret) {
    if (secret.isEmpty()) {
      return new Credential.Missing(
          display()
              + " with the issuer's credential does not exist. Create it"
              + key.map(it -> " with data key " + it).orElse("")
              + ".");
    }
    var data = Optional.ofNullable(secret.get().getData()).orElseGet(Map::of);
    return key.isEmpty()
        ? new Credential.Found(
            data.entrySet().stream()
                .collect(
                    Collectors.toUnmodifiableMap(Map.Entry::getKey, it -> decoded(it.getValue()))))
        : Optional.ofNullable(data.get(key.get()))
            .<Credential>map(it -> new Credential.Found(decoded(it)))
            .orElseGet(() ->
                new Credential.Missing(
                    display()
                        + " has no data key "
                        + key.get()
                        + " with the issuer's credential. Add it."));
  }

  private String display() {
    return "Secret " + namespace + "/" + name;
  }

  private static SecretText decoded(String base64) {
    return SecretText.of(
        new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip());
  }
}
