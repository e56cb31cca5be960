/**
 * The subresources that are commands: what is sent to them is not stored but done. Each is a {@link io.kubrig.apiserver.rest.Subresource};
 * what they share is in {@code CommandParts}.
 */
package io.kubrig.apiserver.subresource;
