package dev.rekey.demo;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule;
import dev.rekey.plan.Rules;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sabotage: the rules of a system that deletes the old key as soon as the new one is published,
 * whatever the pods do. The gate is open, the point of no return comes before the waiting, and the
 * rule that deletes does not see a single pod.
 */
final class RevokeFirst {

  private RevokeFirst() {}

  static List<Rules.Named> rules(Settings settings) {
    List<Rules.Named> rules =
        new ArrayList<>(Rules.inOrder(settings, (old, seen, ledger) -> Optional.empty()));
    rules.replaceAll(it -> it.name().equals("deleteWhenCondemned") ? blind(it) : it);
    Rules.Named condemn = rules.remove(indexOf(rules, "condemn"));
    rules.add(indexOf(rules, "settle"), condemn);
    return rules;
  }

  private static Rules.Named blind(Rules.Named named) {
    Rule rule = named.rule();
    return new Rules.Named(named.name(), seen -> rule.apply(withoutPods(seen)));
  }

  private static Observation withoutPods(Observation seen) {
    return seen.withConsumers(new Consumers.Seen(List.of(), List.of()));
  }

  private static int indexOf(List<Rules.Named> rules, String name) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalStateException("no rule is called " + name);
  }
}
