package dev.rekey.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that one decision may use, gathered before it and not changed by it.
 *
 * @param now the time of the decision
 * @param live whether ledger, Secret and consumers were read from the API server, not from a cache
 * @param resource the ApiKeyRotation
 * @param ledger what Rekey knows
 * @param secret what applications read
 * @param issuer where new keys come from
 * @param issuers what can be said of the other issuers that the ledger's keys and attempts belong
 *     to
 * @param consumers who reads the Secret
 * @param turn whether it is its turn, where only so many rollouts run at once
 * @param companions the other rotations of the namespace, where consumers were looked at
 * @param inbox what a person has brought
 */
public record Observation(
    Instant now,
    boolean live,
    Resource resource,
    Ledger ledger,
    Target secret,
    IssuerView issuer,
    Map<IssuerBinding, IssuerView> issuers,
    Consumers consumers,
    Turn turn,
    List<Companion> companions,
    Optional<Inbox> inbox) {

  public Observation {
    issuers = Map.copyOf(issuers);
    companions = List.copyOf(companions);
  }

  /** One to which nobody has brought anything. */
  public Observation(
      Instant now,
      boolean live,
      Resource resource,
      Ledger ledger,
      Target secret,
      IssuerView issuer,
      Map<IssuerBinding, IssuerView> issuers,
      Consumers consumers,
      Turn turn,
      List<Companion> companions) {
    this(
        now,
        live,
        resource,
        ledger,
        secret,
        issuer,
        issuers,
        consumers,
        turn,
        companions,
        Optional.empty());
  }

  /** One of a rotation that is alone in its namespace, and waits for no turn. */
  public Observation(
      Instant now,
      boolean live,
      Resource resource,
      Ledger ledger,
      Target secret,
      IssuerView issuer,
      Map<IssuerBinding, IssuerView> issuers,
      Consumers consumers) {
    this(
        now,
        live,
        resource,
        ledger,
        secret,
        issuer,
        issuers,
        consumers,
        new Turn.Granted(),
        List.of());
  }

  /** The same with these consumers. */
  public Observation withConsumers(Consumers.Seen seen) {
    return new Observation(
        now, live, resource, ledger, secret, issuer, issuers, seen, turn, companions, inbox);
  }

  /** The same, of which this is said. */
  public Observation withTurn(Turn said) {
    return new Observation(
        now, live, resource, ledger, secret, issuer, issuers, consumers, said, companions, inbox);
  }

  /** Whether it is the turn of a rotation, where only so many rollouts run at once. */
  public sealed interface Turn {
    /** It has a place, or may take one, or needs none. */
    record Granted() implements Turn {}

    /**
     * Others come first.
     *
     * @param position its place in the line, from 1
     * @param of how long that line is
     * @param running how many rollouts run there, with those whose turn has just come
     * @param most how many may
     * @param scope where
     */
    record Waiting(int position, int of, int running, int most, Scope scope) implements Turn {}

    /** Where too many run. */
    enum Scope {
      /** In the namespace. */
      NAMESPACE,
      /** In the whole cluster. */
      CLUSTER
    }
  }

  /** What can be said of the issuer that a key or an attempt belongs to. */
  public IssuerView issuerOf(IssuerBinding binding) {
    return issuer instanceof IssuerView.Usable named && named.binding().isSameAccountAs(binding)
        ? named
        : issuers.getOrDefault(
            binding,
            new IssuerView.Unusable(
                Reason.IssuerChanged,
                "a key of "
                    + binding.display()
                    + " is unfinished, and that issuer is gone, was made anew, or has another"
                    + " address. Name it as it was until the rotation is over, or delete the key"
                    + " there by hand."));
  }

  /**
   * The ApiKeyRotation.
   *
   * @param namespace its namespace
   * @param name its name
   * @param uid its UID
   * @param generation its generation
   * @param cluster UID of the namespace {@code kube-system}
   * @param terms what it asks for
   * @param wishes what its annotations ask for
   * @param deletingSince since when it is being deleted
   * @param guarded whether it carries Rekey's finalizer
   * @param suspended whether Rekey only looks; also where the rest of the spec cannot be read
   */
  public record Resource(
      String namespace,
      String name,
      String uid,
      long generation,
      String cluster,
      Read<Terms> terms,
      Wishes wishes,
      Optional<Instant> deletingSince,
      boolean guarded,
      boolean suspended) {}

  /**
   * What a resource's annotations ask for. Each value is followed once for ever.
   *
   * @param rotate token of {@code rekey.dev/rotate}
   * @param leaked the key that {@code rekey.dev/leaked} names by id or hint
   * @param revokeNow the key that {@code rekey.dev/revoke-now} names by id
   * @param takeover the lineage that {@code rekey.dev/takeover} names
   * @param deleted the key that {@code rekey.dev/deleted} names by id or hint
   */
  public record Wishes(
      Optional<String> rotate,
      Optional<Named> leaked,
      Optional<Named> revokeNow,
      Optional<String> takeover,
      Optional<Named> deleted) {

    /** Where nobody says that a key is deleted. */
    public Wishes(
        Optional<String> rotate,
        Optional<Named> leaked,
        Optional<Named> revokeNow,
        Optional<String> takeover) {
      this(rotate, leaked, revokeNow, takeover, Optional.empty());
    }

    /** Nothing is asked for. */
    public static final Wishes NONE =
        new Wishes(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /**
   * A key that a person names.
   *
   * @param token a short hash of what was written, by which it is remembered as handled
   * @param key the id or hint that was written
   */
  public record Named(String token, String key) {
    /** Whether it names this key, by its id or by its hint. */
    public boolean means(Key other) {
      return other.id().equals(Optional.of(key)) || (!key.isEmpty() && other.hint().equals(key));
    }
  }

  /** Something a person wrote: either it was understood, or there is a sentence about it. */
  public sealed interface Read<T> {
    /** Understood. */
    record Valid<T>(T value) implements Read<T> {}

    /** Not understood. */
    record Invalid<T>(Reason reason, String message) implements Read<T> {}
  }

  /** What Rekey knows. */
  public sealed interface Ledger {
    /** There is none. */
    record Missing() implements Ledger {}

    /** It is there, and may be used if its binding says so. */
    record Held(Rotation rotation, String version, Owner owner) implements Ledger {}

    /** It is there and must not be touched. */
    record Unreadable(Reason reason, String message) implements Ledger {}

    /** A newer one was written by this process than the cache shows. */
    record Stale() implements Ledger {}
  }

  /** Whose ledger it is, seen from this resource. */
  public enum Owner {
    /** This resource's. */
    THIS_RESOURCE,
    /** A resource's that is gone; it may be taken up. */
    RESOURCE_GONE,
    /** Another resource's that is there. */
    OTHER_RESOURCE,
    /** Another cluster's. */
    OTHER_CLUSTER
  }

  /** The target Secret. */
  public sealed interface Target {
    /** It does not exist. */
    record Missing() implements Target {}

    /**
     * It exists.
     *
     * @param opaque whether its type is {@code Opaque}
     * @param data its data, every data key of it
     * @param publication the publication it carries by its annotation; 0: none
     * @param lineage the lineage it carries by its annotation; empty: none
     * @param keyId the key id it carries by its annotation
     * @param issuedAt when that key was issued, by its annotation
     * @param expiresAt until when it works, by its annotation
     * @param createdAt when the Secret was created
     * @param owners who has written each data key last, and when; empty where the API server does
     *     not tell
     * @param previousKeyId the id of the key before, by its annotation
     * @param account fingerprint of the account that issued the key, by its annotation
     * @param traits what else its fields and annotations say of it
     */
    record Present(
        boolean opaque,
        Map<String, SecretText> data,
        int publication,
        String lineage,
        Optional<String> keyId,
        Optional<Instant> issuedAt,
        Optional<Instant> expiresAt,
        Instant createdAt,
        Map<String, String> owners,
        Optional<String> previousKeyId,
        Optional<String> account,
        Traits traits)
        implements Target {

      /** One of which the API server does not tell who has written it. */
      public Present(
          boolean opaque,
          Map<String, SecretText> data,
          int publication,
          String lineage,
          Optional<String> keyId,
          Optional<Instant> issuedAt,
          Optional<Instant> expiresAt,
          Instant createdAt) {
        this(
            opaque,
            data,
            publication,
            lineage,
            keyId,
            issuedAt,
            expiresAt,
            createdAt,
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Traits.NONE);
      }

      /** Whether the API server lets nobody change its data any more. */
      public boolean immutable() {
        return traits.immutable();
      }

      /** Whether it shows the key that a person names by its id or by its hint. */
      public boolean shows(Named named) {
        return keyId.equals(Optional.of(named.key()))
            || data.values().stream().anyMatch(it -> it.hint().equals(named.key()));
      }

      /** Whether it holds a value under one of these data keys. */
      public boolean holdsAnyOf(Set<String> dataKeys) {
        return dataKeys.stream().anyMatch(data::containsKey);
      }

      /** The data key under which it shows this value of a key, if any does. */
      public Optional<String> holds(SecretText value) {
        return data.entrySet().stream()
            .filter(it -> it.getValue().contains(value))
            .map(Map.Entry::getKey)
            .sorted()
            .findFirst();
      }

      /** Whether it carries a later publication than the ledger knows. */
      public boolean isAfter(Rotation ledger) {
        return lineage.equals(ledger.lineage()) && publication > ledger.publicationNumber();
      }

      /** Whether nobody has written the data keys whose owners {@code known} remembers. */
      public boolean isUntouchedSince(Publication known) {
        return known.owners().entrySet().stream()
            .allMatch(it -> it.getValue().equals(owners.get(it.getKey())));
      }

      /**
       * Whether it shows exactly this publication, and has shown nothing else since it was written:
       * a value that was changed and changed back is owned by somebody else, or since another time.
       */
      public boolean shows(Publication wanted) {
        return publication == wanted.number()
            && (wanted.writtenAt().isEmpty() || isUntouchedSince(wanted))
            && wanted.dropped().stream().noneMatch(data::containsKey)
            && wanted.data().entrySet().stream()
                .allMatch(it -> it.getValue().equals(data.get(it.getKey())));
      }
    }
  }

  /**
   * What a Secret's fields and annotations say of it to others than Rekey.
   *
   * @param immutable whether the API server lets nobody change its data any more
   * @param copiedBy the annotations by which replicators copy it to other places
   * @param reloaderIgnores whether Stakater Reloader is told to restart nobody for it
   */
  public record Traits(boolean immutable, List<String> copiedBy, boolean reloaderIgnores) {
    /** Nothing. */
    public static final Traits NONE = new Traits(false, List.of(), false);

    public Traits {
      copiedBy = List.copyOf(copiedBy);
    }
  }

  /** The issuer that the resource names. */
  public sealed interface IssuerView {
    /** It cannot be used. */
    record Unusable(Reason reason, String message) implements IssuerView {}

    /**
     * It can.
     *
     * @param binding which one it is
     * @param capabilities what it can do
     * @param deleting whether it is being deleted: it finishes what is unfinished, and gives no new
     *     key
     */
    record Usable(IssuerBinding binding, Capabilities capabilities, boolean deleting)
        implements IssuerView {

      /** One that is there to stay. */
      public Usable(IssuerBinding binding, Capabilities capabilities) {
        this(binding, capabilities, false);
      }
    }
  }
}
