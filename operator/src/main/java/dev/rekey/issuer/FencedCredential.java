package dev.rekey.issuer;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Fence;

/**
 * A credential that only a leader gets. It is read right before a request goes out, and reading it
 * may take long: so the question is asked once more when it is there. Throws {@link
 * ClusterException.LeaseLost} for anybody else.
 */
public record FencedCredential(CredentialSource source, Fence fence) implements CredentialSource {

  @Override
  public Credential read() {
    return passed(source.read());
  }

  @Override
  public Credential readAgain() {
    return passed(source.readAgain());
  }

  @Override
  public CredentialSource beside(String secret, String key) {
    return new FencedCredential(source.beside(secret, key), fence);
  }

  private Credential passed(Credential credential) {
    fence.pass("the issuer");
    return credential;
  }
}
