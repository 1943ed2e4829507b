package dev.rekey.testkube;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class on a real control plane, one for all such classes of a run.
 *
 * <p>Its methods and its constructor may have parameters of these types:
 *
 * <ul>
 *   <li>{@link ControlPlane}
 *   <li>{@link io.fabric8.kubernetes.client.KubernetesClient}: the administrator's; don't close it
 *   <li>{@link TestNamespace}: a fresh namespace for each test, the same in its constructor, its
 *       {@code @BeforeEach} methods and the test itself; in {@code @BeforeAll} one for the class
 * </ul>
 *
 * <p>Where the control plane can't be had, the tests are skipped and a line says how to get it;
 * with the system property {@code testkube=required} they fail.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TestkubeExtension.class)
public @interface Testkube {}
