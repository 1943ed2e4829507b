package dev.rekey.issuer;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Fence;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Verdict;
import java.util.List;

/**
 * An issuer behind a fence: only a leader mints and deletes. Both throw {@link
 * ClusterException.LeaseLost} for anybody else, before anything is sent.
 */
public record FencedIssuer(Issuer issuer, Fence fence) implements Issuer {

  @Override
  public Capabilities capabilities() {
    return issuer.capabilities();
  }

  @Override
  public Issuer askedWith(List<Key> keys) {
    return new FencedIssuer(issuer.askedWith(keys), fence);
  }

  @Override
  public MintResult mint(MintRequest request) {
    fence.pass("the mint " + request.attempt());
    return issuer.mint(request);
  }

  @Override
  public Verdict verify(Key key) {
    return issuer.verify(key);
  }

  @Override
  public Listing list() {
    return issuer.list();
  }

  @Override
  public DeleteResult delete(Key key) {
    fence.pass(key.display());
    return issuer.delete(key);
  }
}
