package dev.rekey.testissuers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that starts real services. Its methods and its constructor may have a parameter of
 * type {@link Installation}.
 *
 * <p>Where the services can't be had, the tests are skipped and a line says how to get them; with
 * the system property {@code testissuers=required} they fail.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TestissuersExtension.class)
public @interface Testissuers {}
