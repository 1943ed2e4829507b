package dev.rekey.issuer;

import dev.rekey.rotation.Reason;
import java.util.List;
import java.util.stream.Collectors;

/** The definition of an issuer cannot be used. Everything that is wrong in it is said at once. */
public final class IssuerProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Detail> details;

  /**
   * One thing that is wrong.
   *
   * @param reason {@code IssuerInvalid}, or {@code AddressForbidden} where only the operator's
   *     configuration is against it
   * @param path the field, as {@code spec.http.create.post}
   * @param message what is wrong with it and what was expected
   */
  public record Detail(Reason reason, String path, String message) {
    @Override
    public String toString() {
      return path + ": " + message;
    }
  }

  /** A problem of these details, of which there is at least one. */
  public IssuerProblem(List<Detail> details) {
    super(details.stream().map(Detail::toString).collect(Collectors.joining("; ")));
    this.details = List.copyOf(details);
  }

  /** All that is wrong, in the order of the definition. */
  public List<Detail> details() {
    return details;
  }

  /** The word for it: that of the details where they agree, and otherwise {@code IssuerInvalid}. */
  public Reason reason() {
    List<Reason> reasons = details.stream().map(Detail::reason).distinct().toList();
    return reasons.size() == 1 ? reasons.getFirst() : Reason.IssuerInvalid;
  }
}
