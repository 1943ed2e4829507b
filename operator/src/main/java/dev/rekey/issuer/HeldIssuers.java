package dev.rekey.issuer;

import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.CredentialPlace;
import dev.rekey.api.v1alpha1.IssuerKind;
import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Issuers;
import dev.rekey.cluster.RecentSecrets;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Fingerprint;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rekey's finalizer on issuers and on the Secrets with their credentials. An issuer notes which
 * Secrets are kept for it, since it may name another one later; a Secret notes which issuers it is
 * kept for, since several may share it.
 */
public final class HeldIssuers implements IssuerGuard {
  /** So long nobody looks again whether an issuer that was held is held. */
  private static final Duration LATELY = Duration.ofMinutes(1);

  private final Issuers issuers;
  private final Function<IssuerBinding, Optional<Holder>> cached;
  private final RecentSecrets secrets;
  private final InstantSource clock;
  private final String operatorNamespace;

  /** One issuer is held or let go at a time: what is held right now is not let go. */
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  /** When an issuer and its credential were last seen to be held, by the issuer's UID. */
  private final Map<String, HeldAt> heldAt = new ConcurrentHashMap<>();

  private record HeldAt(Optional<String> credential, Instant at) {}

  /**
   * Over the API server.
   *
   * @param cached issuers as they are watched
   * @param operatorNamespace where the credentials of ClusterKeyIssuers are
   */
  public HeldIssuers(
      Issuers issuers,
      Function<IssuerBinding, Optional<Holder>> cached,
      RecentSecrets secrets,
      String operatorNamespace,
      InstantSource clock) {
    this.cached = cached;
    this.clock = clock;
    this.issuers = issuers;
    this.secrets = secrets;
    this.operatorNamespace = operatorNamespace;
  }

  /**
   * An issuer of either kind, with what it says of its credential.
   *
   * @param credential the Secret with it; absent where the keys themselves are it
   */
  public record Holder(HasMetadata object, IssuerBinding binding, Optional<String> credential) {

    /** A KeyIssuer. */
    public static Holder of(KeyIssuer issuer) {
      return of(
          issuer, IssuerKind.KeyIssuer, issuer.getMetadata().getNamespace(), issuer.getSpec());
    }

    /** A ClusterKeyIssuer. */
    public static Holder of(ClusterKeyIssuer issuer) {
      return of(issuer, IssuerKind.ClusterKeyIssuer, "", issuer.getSpec());
    }

    private static Holder of(
        HasMetadata object, IssuerKind kind, String namespace, IssuerSpec spec) {
      var meta = object.getMetadata();
      return new Holder(
          object,
          new IssuerBinding(
              kind.name(),
              namespace,
              meta.getName(),
              meta.getUid(),
              Fingerprint.of(spec.http().url())),
          spec.http().auth().credentialPlace().map(CredentialPlace::secret));
    }

    /** Since when it is being deleted. */
    public Optional<Instant> deletingSince() {
      return HeldIssuers.deletingSince(object);
    }

    /** Whether it carries the finalizer. */
    public boolean isMarked() {
      return HeldIssuers.isMarked(object);
    }

    /** Whether it carries the finalizer, and the credential that it names was kept with it. */
    public boolean isHeld() {
      return isMarked() && credential.map(credentials()::contains).orElse(true);
    }

    List<String> credentials() {
      return noted(object, Names.HELD_CREDENTIALS);
    }
  }

  @Override
  public Optional<Fault> hold(IssuerBinding binding) {
    return alone(
        binding.uid(),
        () -> {
          var watched =
              cached
                  .apply(binding)
                  .filter(it -> it.binding().uid().equals(binding.uid()))
                  .filter(it -> it.deletingSince().isEmpty());
          if (watched.map(this::wasHeldLately).orElse(false)) {
            return Optional.empty();
          }
          var now = clock.instant();
          var fault = holdNow(binding, watched.filter(it -> !it.isMarked()));
          if (fault.isEmpty()) {
            watched.ifPresent(it -> heldAt.put(binding.uid(), new HeldAt(it.credential(), now)));
          }
          return fault;
        });
  }

  /** What carries the finalizer stays until it is taken off, which only happens here. */
  private boolean wasHeldLately(Holder issuer) {
    return Optional.ofNullable(heldAt.get(issuer.binding().uid()))
        .filter(it -> it.credential().equals(issuer.credential()))
        .map(it -> clock.instant().isBefore(it.at().plus(LATELY)))
        .orElse(false);
  }

  /** Marks an issuer as a watch has it; were it another by now, this is refused. */
  private Optional<Holder> marked(Holder watched) {
    try {
      mark(watched);
      return Optional.of(watched);
    } catch (ClusterException.Conflict | ClusterException.NotFound changed) {
      return Optional.empty();
    }
  }

  private void mark(Holder issuer) {
    issuers.mark(
        issuer.object(),
        true,
        Names.HELD_CREDENTIALS,
        joined(
            issuer
                .credential()
                .map(it -> with(issuer.credentials(), it))
                .orElseGet(issuer::credentials)));
  }

  private Optional<Fault> holdNow(IssuerBinding binding, Optional<Holder> unmarked) {
    try {
      var done = unmarked.flatMap(this::marked);
      if (done.isPresent()) {
        return holdCredential(done.get());
      }
      var found = live(binding);
      if (found.isEmpty()) {
        return Optional.of(
            Fault.of(
                Reason.IssuerChanged,
                binding.display()
                    + " is gone, or was made anew. "
                    + Reason.IssuerChanged.sentence()));
      }
      var issuer = found.get();
      if (issuer.deletingSince().isPresent()) {
        return Optional.of(
            Fault.of(
                Reason.IssuerDeleting,
                binding.display() + " is being deleted. " + Reason.IssuerDeleting.sentence()));
      }
      if (!issuer.isHeld()) {
        mark(issuer);
      }
      return holdCredential(issuer);
    } catch (ClusterException.Refused refused) {
      return Optional.of(
          Fault.of(
              Reason.IssuerInvalid,
              refused.getMessage()
                  + ". Let the operator get and patch issuers and the Secrets with their"
                  + " credentials."));
    }
  }

  private Optional<Fault> holdCredential(Holder issuer) {
    return issuer.credential().flatMap(it -> holdCredential(issuer, it));
  }

  private Optional<Fault> holdCredential(Holder issuer, String credential) {
    var namespace = credentialNamespace(issuer);
    var display = "Secret " + namespace + "/" + credential;
    var found = secrets.now(namespace, credential);
    if (found.isEmpty()) {
      return Optional.of(
          Fault.of(
              Reason.CredentialMissing,
              display + " with the issuer's credential does not exist. Create it."));
    }
    var secret = found.get();
    if (deletingSince(secret).isPresent()) {
      return Optional.of(
          Fault.of(
              Reason.CredentialMissing,
              display
                  + " with the issuer's credential is being deleted, so no new key is asked for."
                  + " Create it again once it is gone, or name another one in the issuer."));
    }
    var holders = noted(secret, Names.HELD_FOR);
    if (!isMarked(secret) || !holders.contains(issuer.binding().uid())) {
      issuers.mark(secret, true, Names.HELD_FOR, joined(with(holders, issuer.binding().uid())));
    }
    return Optional.empty();
  }

  /**
   * Lets an issuer go, the credentials first: as long as it carries its mark, they are known.
   *
   * @param stillNeeded asked while nobody can hold the issuer
   * @return whether it was let go
   */
  public boolean release(IssuerBinding binding, BooleanSupplier stillNeeded) {
    return alone(
        binding.uid(),
        () -> {
          heldAt.remove(binding.uid());
          // were it another by now, taking the mark off would be refused, and tried again
          var found =
              cached
                  .apply(binding)
                  .filter(it -> it.binding().uid().equals(binding.uid()))
                  .or(() -> live(binding))
                  .filter(Holder::isMarked);
          if (found.isEmpty() || stillNeeded.getAsBoolean()) {
            return false;
          }
          releaseCredentials(found.get(), it -> true);
          issuers.mark(found.get().object(), false, Names.HELD_CREDENTIALS, Optional.empty());
          return true;
        });
  }

  /**
   * Lets those credentials of an issuer go that are being deleted since before {@code deadline},
   * whatever is unfinished.
   *
   * @return their names
   */
  public List<String> releaseDeletedCredentials(IssuerBinding binding, Instant deadline) {
    return alone(
        binding.uid(),
        () -> {
          heldAt.remove(binding.uid());
          return live(binding)
              .map(issuer ->
                  releaseCredentials(
                      issuer,
                      secret ->
                          deletingSince(secret).map(it -> it.isBefore(deadline)).orElse(false)))
              .orElseGet(List::of);
        });
  }

  private List<String> releaseCredentials(Holder issuer, Predicate<Secret> which) {
    var namespace = credentialNamespace(issuer);
    return issuer.credentials().stream()
        .flatMap(name -> secrets.now(namespace, name).stream())
        .filter(secret -> noted(secret, Names.HELD_FOR).contains(issuer.binding().uid()))
        .filter(which)
        .peek(secret -> releaseCredential(secret, issuer.binding().uid()))
        .map(secret -> namespace + "/" + secret.getMetadata().getName())
        .toList();
  }

  private void releaseCredential(Secret secret, String uid) {
    var others = noted(secret, Names.HELD_FOR).stream().filter(it -> !it.equals(uid)).toList();
    try {
      issuers.mark(secret, !others.isEmpty(), Names.HELD_FOR, joined(others));
    } catch (ClusterException.NotFound gone) {
      // which is what was to become possible
    }
  }

  private Optional<Holder> live(IssuerBinding binding) {
    var found =
        switch (IssuerKind.valueOf(binding.kind())) {
          case KeyIssuer -> issuers.keyIssuer(binding.namespace(), binding.name()).map(Holder::of);
          case ClusterKeyIssuer -> issuers.clusterKeyIssuer(binding.name()).map(Holder::of);
        };
    return found.filter(it -> it.binding().uid().equals(binding.uid()));
  }

  private String credentialNamespace(Holder issuer) {
    return issuer.binding().namespace().isEmpty()
        ? operatorNamespace
        : issuer.binding().namespace();
  }

  private <T> T alone(String uid, Supplier<T> action) {
    var lock = locks.computeIfAbsent(uid, it -> new ReentrantLock());
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private static Optional<Instant> deletingSince(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getDeletionTimestamp()).map(Instant::parse);
  }

  private static boolean isMarked(HasMetadata object) {
    var finalizers = object.getMetadata().getFinalizers();
    return finalizers != null && finalizers.contains(Names.FINALIZER);
  }

  private static List<String> noted(HasMetadata object, String annotation) {
    return Optional.ofNullable(object.getMetadata().getAnnotations())
        .flatMap(it -> Optional.ofNullable(it.get(annotation)))
        .map(it -> Arrays.stream(it.split(",")).filter(name -> !name.isBlank()).toList())
        .orElseGet(List::of);
  }

  private static List<String> with(List<String> names, String one) {
    return Stream.concat(names.stream(), Stream.of(one)).distinct().toList();
  }

  private static Optional<String> joined(List<String> names) {
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(names.stream().collect(Collectors.joining(",")));
  }
}
