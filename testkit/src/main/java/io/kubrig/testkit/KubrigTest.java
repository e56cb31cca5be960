package io.kubrig.testkit;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a cluster of its own. Parameters and unset, non-final fields of type {@link KubrigCluster} and
 * {@code KubernetesClient}, or of the official client's type {@code ApiClient} where that is on the class path, are filled in; a client is
 * the administrator's, or that of a user where the parameter or field wears {@link AsUser}. When a test fails, what was written last is
 * told with it.
 *
 * <p>Classes and methods may run in parallel: each class, or method, has its own cluster, and none opens a port or reads a file of the
 * developer's.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(KubrigExtension.class)
public @interface KubrigTest {

  /** Whether the controllers run (garbage collection, deployments, namespaces, …). */
  boolean controllers() default true;

  /** Which of them, as {@code --controllers} takes them: {@code {"*", "-cronjob-controller"}} or some names. */
  String[] onlyControllers() default {"*"};

  /** Whether pods are scheduled. */
  boolean scheduler() default true;

  /** How many simulated nodes there are; pods bound to them become ready without containers. */
  int nodes() default 1;

  /** Whether time stands still until the test moves it with {@link KubrigCluster#advance}. */
  boolean virtualTime() default false;

  /**
   * How often a node renews its lease, as Go writes durations; the manager's patience with nodes grows with it. Seldom is quicker in
   * virtual time.
   */
  String heartbeat() default "10s";

  /** Whether the methods of the class share its cluster. */
  Isolation isolation() default Isolation.CLASS;

  /** Class path resources with manifests that are applied before the first test, in this order: definitions, seed objects, roles. */
  String[] manifests() default {};

  /** Kinds whose definitions the CRD generator has put on the class path ({@code META-INF/fabric8/…-v1.yml}). */
  Class<? extends HasMetadata>[] crds() default {};

  /** Who shares a cluster. */
  enum Isolation {
    /** The methods of the class, one after the other or in parallel. */
    CLASS,
    /** Nobody: each method gets a fork of a cluster that was prepared once for the class. */
    METHOD
  }
}
