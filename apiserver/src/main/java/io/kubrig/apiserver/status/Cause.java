package io.kubrig.apiserver.status;

/**
 * One reason of a failure.
 *
 * @param reason such as FieldValueInvalid
 * @param message for people
 * @param field path in the object, "" when it does not speak of a field
 */
public record Cause(String reason, String message, String field) {}
