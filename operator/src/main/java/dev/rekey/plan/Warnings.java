package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.PodVerdict;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Warning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can be known of a rotation before a key is asked for: who will not move to it by himself,
 * and where it goes that Rekey does not see. It is told, and the rotation goes on: a person may
 * clear the way while the key is minted and tried.
 */
public final class Warnings {
  /** So many workloads or pods are described under one reason; the others are counted. */
  private static final int NAMED = 5;

  /** Long enough for the status to say it before a key is asked for. */
  private static final Duration TOLD = Duration.ofSeconds(2);

  private final Settings settings;

  Warnings(Settings settings) {
    this.settings = settings;
  }

  /**
   * Before a key is asked for, or the one in use published in another form, its consumers are
   * looked at once, and what will not go by itself is told.
   */
  Answer warnBeforehand(Observation seen, Rotation ledger) {
    var run = ledger.run().filter(it -> isAhead(ledger, it));
    if (run.isEmpty()) {
      return Rule.pass();
    }
    if (run.get().foreseen().isPresent()) {
      return tellFirst(seen, run.get().foreseen().get());
    }
    if (!(seen.consumers() instanceof Consumers.Seen consumers)) {
      // A key is asked for on what was read live, and then they are looked at.
      return Rule.pass();
    }
    var warnings = of(consumers, seen, ledger, run.get());
    return warnings.isEmpty()
        ? Rule.pass()
        : Rule.act(new Step.Warn(warnings), warnings.getFirst().reason(), text(warnings));
  }

  private static Answer tellFirst(Observation seen, Run.Foreseen foreseen) {
    var told = foreseen.at().plus(TOLD);
    return foreseen.warnings().isEmpty() || !seen.now().isBefore(told)
        ? Rule.pass()
        : Rule.wait(told, Reason.Beginning, text(foreseen.warnings()));
  }

  /** Whether nobody has seen anything of this rotation yet, and nothing was foreseen. */
  public static boolean areSought(Rotation ledger) {
    return ledger
        .run()
        .filter(it -> isAhead(ledger, it))
        // one that has asked for a key already began under a Rekey that did not look
        .map(it -> it.foreseen().isEmpty() && it.attempts() == 0)
        .orElse(false);
  }

  private static boolean isAhead(Rotation ledger, Run run) {
    return run.keyName().isEmpty() || (run.keepsKey() && RolloutRules.rolling(ledger).isEmpty());
  }

  /**
   * What holds now: of the Secret always, and of the consumers what was foreseen, until they are
   * waited for; from then on it is said of each how far it is.
   */
  public static List<Warning> now(Observation seen, Rotation ledger) {
    var ofSecret = ofSecret(seen, ledger);
    var ofConsumers =
        ledger
            .run()
            .filter(it -> it.progress().isEmpty())
            .flatMap(Run::foreseen)
            .map(Run.Foreseen::warnings)
            .orElseGet(List::of)
            .stream()
            .filter(it -> it.reason() != Reason.SecretCopied);
    return Stream.concat(ofSecret.stream(), ofConsumers).toList();
  }

  /** All of them in one text, for people. */
  public static String text(List<Warning> warnings) {
    return warnings.stream().map(Warning::text).collect(Collectors.joining(" Also: "));
  }

  private List<Warning> of(Consumers.Seen consumers, Observation seen, Rotation ledger, Run run) {
    var found = new Found(new LinkedHashMap<>());
    var hindered = new HashSet<String>();
    for (var pod : consumers.pods()) {
      if (pod.reading() != Reading.PULLED
          && PodVerdict.of(pod, ahead(ledger, run))
              instanceof PodVerdict.Behind(var reason, var why)
          && reason != Reason.WaitingForConsumers) {
        found.pod(reason, pod.name(), why);
        pod.workload().ifPresent(hindered::add);
      }
    }
    for (var workload : consumers.workloads()) {
      var name = workload.ref().display();
      if (!workload.holdsValue()) {
        continue;
      }
      // without a key that is in use nobody can be well
      if (ledger.key(Role.CURRENT).isPresent()
          && !workload.rolledOut()
          && !hindered.contains(name)) {
        found.workload(Reason.UnhealthyBefore, name + ": " + workload.standing());
      }
      if (run.restarts().include(name) && !ignoredByReloader(seen)) {
        workload
            .reloadedBy()
            .ifPresent(
                it -> found.workload(Reason.RestartedTwice, name + " is annotated with " + it));
      }
    }
    return Stream.concat(found.warnings(), ofSecret(seen, ledger).stream()).toList();
  }

  /** No pod is on a publication that is not decided yet, unless it can never hold the old key. */
  private PodVerdict.Measure ahead(Rotation ledger, Run run) {
    return new PodVerdict.Measure(
        ledger.lineage(),
        ledger.publicationNumber() + 1,
        Instant.MAX,
        settings.clockDoubt(),
        run.restarts(),
        Optional.empty());
  }

  private static boolean ignoredByReloader(Observation seen) {
    return seen.secret() instanceof Target.Present secret && secret.traits().reloaderIgnores();
  }

  /** What the Secret itself says; it is watched, so nobody is asked for it. */
  private static List<Warning> ofSecret(Observation seen, Rotation ledger) {
    if (!(seen.secret() instanceof Target.Present secret)) {
      return List.of();
    }
    var name = ledger.binding().secret();
    var warnings = new ArrayList<Warning>();
    if (secret.immutable()) {
      warnings.add(new Warning(Reason.SecretImmutable, SecretRules.immutableText(name)));
    }
    if (!secret.traits().copiedBy().isEmpty() && overlap(seen, ledger).isZero()) {
      warnings.add(
          new Warning(
              Reason.SecretCopied,
              "Secret "
                  + name
                  + " is annotated with "
                  + String.join(", ", secret.traits().copiedBy())
                  + ". "
                  + Reason.SecretCopied.sentence()));
    }
    return warnings;
  }

  /** How long both keys work, as the rotation under way says, or else as the next one will. */
  private static Duration overlap(Observation seen, Rotation ledger) {
    return ledger
        .run()
        .map(Run::minOverlap)
        .orElseGet(() ->
            seen.resource().terms() instanceof Read.Valid<Terms>(var terms)
                ? terms.minOverlap()
                : Duration.ZERO);
  }

  /** What was found, by its reason, and under that by what is said of it. */
  private record Found(Map<Reason, Map<String, List<String>>> byReason) {

    /** Pods of one workload have the same said of them, but for their names. */
    void pod(Reason reason, String name, String why) {
      said(reason).computeIfAbsent(why, any -> new ArrayList<>()).add(name);
    }

    void workload(Reason reason, String text) {
      said(reason).put(text, List.of());
    }

    private Map<String, List<String>> said(Reason reason) {
      return byReason.computeIfAbsent(reason, any -> new LinkedHashMap<>());
    }

    Stream<Warning> warnings() {
      return byReason.entrySet().stream()
          .map(it -> new Warning(it.getKey(), text(it.getKey(), it.getValue())));
    }

    private static String text(Reason reason, Map<String, List<String>> said) {
      var first =
          said.entrySet().stream()
              .limit(NAMED)
              .map(it -> names(it.getValue()) + it.getKey())
              .collect(Collectors.joining("; "));
      int more = said.size() - NAMED;
      return first + (more > 0 ? "; and " + more + " more" : "") + ". " + reason.sentence();
    }

    private static String names(List<String> pods) {
      return switch (pods.size()) {
        case 0 -> "";
        case 1 -> "pod " + pods.getFirst() + " ";
        default -> "pod " + pods.getFirst() + ", as " + (pods.size() - 1) + " more, ";
      };
    }
  }
}
