package dev.rekey.simulated;

import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Workloads;
import dev.rekey.config.Settings;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.plan.Gate;
import dev.rekey.plan.Rules;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What is wrong with an operator on purpose, so that the checks can be seen to notice it.
 *
 * @param settings how patient it is
 * @param gate what stands before its point of no return
 * @param rules what becomes of its rules
 * @param secrets what it sees of Secrets
 * @param workloads what it sees of workloads
 * @param issuers what it sees of issuers
 * @param leads what it believes of its lease
 */
record Sabotage(
    Settings settings,
    Function<Settings, Gate> gate,
    UnaryOperator<List<Rules.Named>> rules,
    UnaryOperator<Secrets> secrets,
    UnaryOperator<Workloads> workloads,
    UnaryOperator<IssuerDirectory> issuers,
    UnaryOperator<BooleanSupplier> leads) {

  /** Nothing is wrong. */
  static Sabotage none() {
    return new Sabotage(
        Settings.standard(),
        Gate::standard,
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        UnaryOperator.identity());
  }

  /** Some rules are missing. */
  Sabotage without(String... names) {
    Predicate<Rules.Named> stays = it -> !List.of(names).contains(it.name());
    return new Sabotage(
        settings,
        gate,
        all -> rules.apply(all).stream().filter(stays).toList(),
        secrets,
        workloads,
        issuers,
        leads);
  }

  Sabotage with(Settings others) {
    return new Sabotage(others, gate, rules, secrets, workloads, issuers, leads);
  }

  /** The gate is never closed. */
  Sabotage openGate() {
    return new Sabotage(
        settings,
        any -> (old, seen, ledger) -> Optional.empty(),
        rules,
        secrets,
        workloads,
        issuers,
        leads);
  }

  Sabotage secrets(UnaryOperator<Secrets> others) {
    return new Sabotage(settings, gate, rules, others, workloads, issuers, leads);
  }

  Sabotage workloads(UnaryOperator<Workloads> others) {
    return new Sabotage(settings, gate, rules, secrets, others, issuers, leads);
  }

  Sabotage issuers(UnaryOperator<IssuerDirectory> others) {
    return new Sabotage(settings, gate, rules, secrets, workloads, others, leads);
  }

  /** The gate is another one. */
  Sabotage gate(UnaryOperator<Gate> others) {
    return new Sabotage(
        settings, any -> others.apply(gate.apply(any)), rules, secrets, workloads, issuers, leads);
  }

  /** The rules are others. */
  Sabotage rules(UnaryOperator<List<Rules.Named>> others) {
    return new Sabotage(
        settings, gate, all -> others.apply(rules.apply(all)), secrets, workloads, issuers, leads);
  }

  /** It always believes that it leads. */
  Sabotage alwaysLeads() {
    return new Sabotage(settings, gate, rules, secrets, workloads, issuers, any -> () -> true);
  }
}
