/**
 * Tells authors of validating admission policies which of their expressions cannot work: {@code MatchedTypes} finds the kinds that a policy
 * is about, {@code DocumentedTypes} makes types of their documentation (OpenAPI 3), {@code TypeChecker} compiles every expression against
 * each of them.
 */
package io.kubrig.operators.validatingadmissionpolicystatus;
