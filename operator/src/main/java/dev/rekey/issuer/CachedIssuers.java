package dev.rekey.issuer;

import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.IssuerKind;
import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.RecentSecrets;
import dev.rekey.cluster.Watched;
import dev.rekey.rotation.Fingerprint;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Issuers from the caches of KeyIssuers and ClusterKeyIssuers. What an issuer's definition says is
 * compiled once for each generation of it. That its credential is there is asked once for each.
 */
public final class CachedIssuers implements IssuerDirectory {
  /**
   * So long a credential serves that was read, as long as a rotation with an ordinary soak takes;
   * whoever is refused with it reads it again.
   */
  public static final Duration LATELY = Duration.ofMinutes(15);

  private final Watched<KeyIssuer> keyIssuers;
  private final Watched<ClusterKeyIssuer> clusterKeyIssuers;
  private final RecentSecrets secrets;
  private final String operatorNamespace;
  private final Compiler compiler;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** Makes an issuer of its definition. */
  @FunctionalInterface
  public interface Compiler {
    /**
     * The issuer of this definition.
     *
     * @throws IssuerProblem when the definition cannot be used
     */
    Issuer compile(IssuerSpec spec, CredentialSource credential);
  }

  /** What came of it. */
  private sealed interface Compiled {
    /** It can be used. */
    record Ready(Issuer issuer) implements Compiled {}

    /** It cannot, and why, with the path of the field. */
    record Broken(Reason reason, String message) implements Compiled {}
  }

  /** What is remembered of one generation of an issuer. */
  private record Known(String version, Compiled compiled, boolean credentialSeen) {}

  /**
   * Over these caches.
   *
   * @param operatorNamespace where the credentials of ClusterKeyIssuers are
   */
  public CachedIssuers(
      Watched<KeyIssuer> keyIssuers,
      Watched<ClusterKeyIssuer> clusterKeyIssuers,
      RecentSecrets secrets,
      String operatorNamespace,
      Compiler compiler) {
    this.keyIssuers = keyIssuers;
    this.clusterKeyIssuers = clusterKeyIssuers;
    this.secrets = secrets;
    this.operatorNamespace = operatorNamespace;
    this.compiler = compiler;
  }

  @Override
  public IssuerView view(String namespace, IssuerRef ref) {
    var found = find(ref.kind(), namespace, ref.name());
    if (found.isEmpty()) {
      return new IssuerView.Unusable(
          Reason.IssuerNotFound,
          ref.kind()
              + " "
              + ref.name()
              + " does not exist"
              + (ref.kind() == IssuerKind.KeyIssuer ? " in namespace " + namespace : "")
              + ". Create it, or mend spec.issuerRef.");
    }
    var definition = found.get();
    if (!definition.serves(namespace)) {
      return new IssuerView.Unusable(
          Reason.IssuerNotAllowed,
          "ClusterKeyIssuer "
              + ref.name()
              + " does not serve namespace "
              + namespace
              + ". Add it to the issuer's spec.allowedNamespaces.");
    }
    return definition.deleting()
        ? new IssuerView.Unusable(
            Reason.IssuerDeleting,
            definition.binding().display()
                + " is being deleted, so no new key is asked for there. Name another issuer in"
                + " spec.issuerRef, or create it again once it is gone.")
        : view(definition);
  }

  @Override
  public IssuerView view(IssuerBinding binding) {
    return find(IssuerKind.valueOf(binding.kind()), binding.namespace(), binding.name())
        .filter(it -> it.binding().isSameAccountAs(binding))
        .map(this::view)
        .orElseGet(() ->
            new IssuerView.Unusable(
                Reason.IssuerChanged,
                "a key of "
                    + binding.display()
                    + " is unfinished, and that issuer is gone, was made anew, or has another"
                    + " address. Name it as it was until the rotation is over, or delete the key"
                    + " there by hand."));
  }

  private IssuerView view(Definition definition) {
    var issuer = known(definition);
    return switch (issuer.compiled()) {
      case Compiled.Broken(var reason, var message) ->
          new IssuerView.Unusable(reason, definition.binding().display() + ": " + message);
      case Compiled.Ready(var ready) ->
          missingCredential(definition, issuer)
              .<IssuerView>map(it -> new IssuerView.Unusable(Reason.CredentialMissing, it))
              .orElseGet(() ->
                  new IssuerView.Usable(
                      definition.binding(), ready.capabilities(), definition.deleting()));
    };
  }

  /** The issuer as it is watched, with what it says of its credential. */
  public Optional<HeldIssuers.Holder> holder(IssuerBinding binding) {
    return switch (IssuerKind.valueOf(binding.kind())) {
      case KeyIssuer ->
          keyIssuers.get(binding.namespace(), binding.name()).map(HeldIssuers.Holder::of);
      case ClusterKeyIssuer ->
          clusterKeyIssuers.get("", binding.name()).map(HeldIssuers.Holder::of);
    };
  }

  @Override
  public Optional<Issuer> open(IssuerBinding binding) {
    return find(IssuerKind.valueOf(binding.kind()), binding.namespace(), binding.name())
        .filter(it -> it.binding().isSameAccountAs(binding))
        .map(it -> known(it).compiled())
        .flatMap(it ->
            it instanceof Compiled.Ready(var issuer) ? Optional.of(issuer) : Optional.empty());
  }

  /** An issuer of either kind, as it is written. */
  private record Definition(
      IssuerBinding binding,
      String version,
      boolean deleting,
      IssuerSpec spec,
      String credentialNamespace,
      Optional<ClusterKeyIssuer> clusterWide) {

    boolean serves(String namespace) {
      return clusterWide
          .map(it -> it.getSpec().allowedNamespaces())
          .map(it -> it.contains(namespace))
          .orElse(true);
    }
  }

  private Optional<Definition> find(IssuerKind kind, String namespace, String name) {
    return switch (kind) {
      case KeyIssuer ->
          keyIssuers
              .get(namespace, name)
              .map(
                  it -> definition(it, kind, namespace, it.getSpec(), namespace, Optional.empty()));
      case ClusterKeyIssuer ->
          clusterKeyIssuers
              .get("", name)
              .map(
                  it -> definition(it, kind, "", it.getSpec(), operatorNamespace, Optional.of(it)));
    };
  }

  private static Definition definition(
      HasMetadata object,
      IssuerKind kind,
      String namespace,
      IssuerSpec spec,
      String credentialNamespace,
      Optional<ClusterKeyIssuer> clusterWide) {
    var meta = object.getMetadata();
    return new Definition(
        new IssuerBinding(
            kind.name(),
            namespace,
            meta.getName(),
            meta.getUid(),
            Fingerprint.of(IssuerAccount.of(spec).address())),
        meta.getUid() + "/" + meta.getGeneration(),
        meta.getDeletionTimestamp() != null,
        spec,
        credentialNamespace,
        clusterWide);
  }

  private Known known(Definition definition) {
    return known.compute(
        definition.binding().display(),
        (name, before) ->
            before != null && before.version().equals(definition.version())
                ? before
                : new Known(definition.version(), compile(definition), false));
  }

  private Compiled compile(Definition definition) {
    try {
      return new Compiled.Ready(compiler.compile(definition.spec(), credential(definition)));
    } catch (IssuerProblem problem) {
      return new Compiled.Broken(problem.reason(), String.valueOf(problem.getMessage()));
    }
  }

  /** No credential is needed, and a certificate may be all the same. */
  private CredentialSource nothingBut(Definition definition) {
    return new CredentialSource() {
      @Override
      public Credential read() {
        return NONE.read();
      }

      @Override
      public CredentialSource beside(String secret, String key) {
        return new SecretCredential(
            secrets, definition.credentialNamespace(), secret, Optional.of(key));
      }
    };
  }

  private CredentialSource credential(Definition definition) {
    return IssuerAccount.of(definition.spec())
        .credential()
        .<CredentialSource>map(it ->
            new SecretCredential(secrets, definition.credentialNamespace(), it.secret(), it.key()))
        .orElseGet(() -> nothingBut(definition));
  }

  /**
   * Asked once for each generation; a credential that goes missing later is said by the request.
   */
  private Optional<String> missingCredential(Definition definition, Known issuer) {
    var credential = credential(definition);
    if (issuer.credentialSeen()) {
      return Optional.empty();
    }
    try {
      return switch (credential.read()) {
        case CredentialSource.Credential.Missing(var message) -> Optional.of(message);
        case CredentialSource.Credential.Found found -> {
          known.put(
              definition.binding().display(), new Known(issuer.version(), issuer.compiled(), true));
          yield Optional.empty();
        }
      };
    } catch (ClusterException.Refused refused) {
      return Optional.of(refused.getMessage() + ". Let the operator read that Secret.");
    }
  }
}
