package dev.rekey.demo;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sabotage: the rules of a system that deletes the old key as soon as the new one is published,
 * whatever the pods do. The gate is open, and the point of no return comes before the waiting.
 */
final class RevokeFirst {

  private RevokeFirst() {}

  static List<Rules.Named> rules(Settings settings) {
    List<Rules.Named> rules =
        new ArrayList<>(Rules.inOrder(settings, (old, seen, ledger) -> Optional.empty()));
    Rules.Named condemn = rules.remove(indexOf(rules, "condemn"));
    rules.add(indexOf(rules, "settle"), condemn);
    return rules;
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
