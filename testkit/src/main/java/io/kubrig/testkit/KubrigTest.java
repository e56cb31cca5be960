package io.kubrig.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a cluster of its own, made before its first test and closed after its last. Parameters of type {@link KubrigCluster} and
 * {@code KubernetesClient} are filled in; the client is the administrator's.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KubrigExtension.class)
public @interface KubrigTest {

  /** Whether the controllers run (garbage collection, deployments, namespaces, …). */
  boolean controllers() default true;

  /** Whether pods are scheduled. */
  boolean scheduler() default true;

  /** How many simulated nodes there are; pods bound to them become ready without containers. */
  int nodes() default 1;
}
