package dev.rekey.simulated;

import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Verdict;
import java.util.function.Supplier;

/** The way to an account: each request is an effect, and its answer may be lost. */
record Requests(Account account, Effects effects) implements Issuer {

  @Override
  public Capabilities capabilities() {
    return account.capabilities();
  }

  @Override
  public MintResult mint(MintRequest request) {
    return request(
        new Effect(Effect.Kind.MINT, request.label(), () -> account.name() + ": mint"),
        () -> account.mint(request),
        () -> new MintResult.Unclear(lost()));
  }

  @Override
  public Verdict verify(Key key) {
    return request(
        new Effect(Effect.Kind.VERIFY, id(key), () -> account.name() + ": verify " + id(key)),
        () -> account.verify(key),
        () -> new Verdict.Unknown(lost()));
  }

  @Override
  public Listing list() {
    return request(
        new Effect(Effect.Kind.LIST, "", () -> account.name() + ": list"),
        account::list,
        () -> new Listing.Failed(lost()));
  }

  @Override
  public DeleteResult delete(Key key) {
    return request(
        new Effect(
            Effect.Kind.DELETE,
            account.name() + "/" + id(key),
            () -> account.name() + ": delete " + id(key)),
        () -> account.delete(key),
        () -> new DeleteResult.Failed(lost()));
  }

  private <R> R request(Effect effect, Supplier<R> request, Supplier<R> unclear) {
    return effects.perform(
        effect,
        new Effects.Doing<R>() {
          @Override
          public R act() {
            return request.get();
          }

          @Override
          public R unclear() {
            return unclear.get();
          }
        });
  }

  private static String id(Key key) {
    return key.id().orElse("?");
  }

  private static Fault lost() {
    return Fault.of(Reason.IssuerTimedOut, "The issuer did not answer in time.");
  }
}
