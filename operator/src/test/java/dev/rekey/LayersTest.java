package dev.rekey;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The house: floors, what the pure packages may not know, and who may see what. */
@AnalyzeClasses(packages = "dev.rekey", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

  @ArchTest
  static final ArchRule aPackageImportsOnlyFromFloorsBelow =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("root")
          .definedBy("dev.rekey")
          .layer("reconcile")
          .definedBy("dev.rekey.reconcile..")
          .layer("act")
          .definedBy("dev.rekey.act..")
          .layer("observe")
          .definedBy("dev.rekey.observe..")
          .layer("status")
          .definedBy("dev.rekey.status..")
          .layer("telemetry")
          .definedBy("dev.rekey.telemetry..")
          .layer("plan")
          .definedBy("dev.rekey.plan..")
          .layer("consumers")
          .definedBy("dev.rekey.consumers..")
          .layer("ledger")
          .definedBy("dev.rekey.ledger..")
          .layer("issuer")
          .definedBy("dev.rekey.issuer..")
          .layer("cluster")
          .definedBy("dev.rekey.cluster..")
          .layer("cel")
          .definedBy("dev.rekey.cel..")
          .layer("rotation")
          .definedBy("dev.rekey.rotation..")
          .layer("config")
          .definedBy("dev.rekey.config..")
          .layer("api")
          .definedBy("dev.rekey.api..")
          .whereLayer("root")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("reconcile")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("act")
          .mayOnlyBeAccessedByLayers("root", "reconcile")
          .whereLayer("observe")
          .mayOnlyBeAccessedByLayers("root", "reconcile", "act")
          .whereLayer("status")
          .mayOnlyBeAccessedByLayers("root", "reconcile")
          .whereLayer("telemetry")
          .mayOnlyBeAccessedByLayers("root", "reconcile")
          .whereLayer("plan")
          .mayOnlyBeAccessedByLayers("root", "reconcile", "act", "observe", "status", "telemetry")
          .whereLayer("consumers")
          .mayOnlyBeAccessedByLayers("root", "reconcile", "act", "observe")
          .whereLayer("ledger")
          .mayOnlyBeAccessedByLayers("root", "reconcile", "act", "observe")
          .whereLayer("issuer")
          .mayOnlyBeAccessedByLayers("root", "reconcile", "act", "observe")
          .whereLayer("cluster")
          .mayOnlyBeAccessedByLayers(
              "root", "reconcile", "act", "observe", "consumers", "ledger", "issuer")
          .whereLayer("cel")
          .mayOnlyBeAccessedByLayers("act", "observe", "issuer")
          .whereLayer("rotation")
          .mayOnlyBeAccessedByLayers(
              "root",
              "reconcile",
              "act",
              "observe",
              "status",
              "telemetry",
              "plan",
              "consumers",
              "ledger",
              "issuer",
              "cluster");

  @ArchTest
  static final ArchRule noCyclesBetweenPackages =
      slices().matching("dev.rekey.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule pureCodeKnowsNoClientNoFrameworkNoInputAndNoClock =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.rekey.rotation..", "dev.rekey.plan..", "dev.rekey.status..", "dev.rekey.cel..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8.kubernetes.client..",
              "io.javaoperatorsdk..",
              "java.io..",
              "java.net..",
              "java.nio.file..",
              "java.util.concurrent..")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule resourcesAreDataOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.rekey.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.javaoperatorsdk..",
              "java.io..",
              "java.net..",
              "java.nio.file..",
              "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient");

  @ArchTest
  static final ArchRule onlyTheAdaptersAndTheRootKnowTheFramework =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.rekey", "dev.rekey.reconcile..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javaoperatorsdk..");

  @ArchTest
  static final ArchRule onlyTheClusterAndTheSdksWiringSeeTheClient =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.rekey", "dev.rekey.cluster.fabric8..", "dev.rekey.reconcile..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8.kubernetes.client.dsl..", "io.fabric8.kubernetes.client.informers..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("io\\.fabric8\\.kubernetes\\.client\\.\\w*KubernetesClient\\w*");

  @ArchTest
  static final ArchRule whatIsAboveTheClusterCanBeReplayed =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.rekey.act..",
              "dev.rekey.observe..",
              "dev.rekey.status..",
              "dev.rekey.plan..",
              "dev.rekey.consumers..",
              "dev.rekey.ledger..",
              "dev.rekey.issuer..",
              "dev.rekey.cel..",
              "dev.rekey.telemetry..",
              "dev.rekey.reconcile..",
              "dev.rekey.rotation..")
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.InstantSource.class, "system")
          .orShould()
          .callMethod(java.time.Clock.class, "systemUTC")
          .orShould()
          .callMethod(java.time.OffsetDateTime.class, "now")
          .orShould()
          .callMethod(java.time.ZonedDateTime.class, "now")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.Executors")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callConstructor(java.util.Random.class)
          .orShould()
          .callMethod(java.util.UUID.class, "randomUUID")
          .orShould()
          .callConstructor(Thread.class, Runnable.class)
          .orShould()
          .callMethod(Thread.class, "sleep", long.class);

  @ArchTest
  static final ArchRule onlyConfigReadsTheEnvironment =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.rekey.config..", "dev.rekey")
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "getProperty", String.class);

  @ArchTest
  static final ArchRule onlyHttpIssuersSendRequests =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.rekey.issuer.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "org.apache.hc..");

  @ArchTest
  static final ArchRule onlyOnePackageKnowsTheExpressionLanguage =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.rekey.cel..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.cel..");

  @ArchTest
  static final ArchRule keysAreDeletedInOnePlace =
      classes()
          .that()
          .resideInAnyPackage("dev.rekey..")
          .and()
          .doNotHaveSimpleName("RevokeSteps")
          .and()
          .resideOutsideOfPackage("dev.rekey.issuer..")
          .should(
              com.tngtech.archunit.lang.conditions.ArchConditions.not(
                  com.tngtech.archunit.lang.conditions.ArchConditions.callMethod(
                      dev.rekey.issuer.Issuer.class, "delete", dev.rekey.rotation.Key.class)));
}
