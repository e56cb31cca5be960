package io.kubrig.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The client that is wanted is that of a user who can do what RBAC grants, no more. */
@Target({ElementType.PARAMETER, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
public @interface AsUser {

  /** The user's name; {@code system:serviceaccount:NAMESPACE:NAME} is a service account with its groups. */
  String value();

  String[] groups() default {};
}
