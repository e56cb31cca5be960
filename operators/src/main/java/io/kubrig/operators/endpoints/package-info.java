/**
 * Endpoints: the addresses of a service's pods in one object of at most a thousand. {@link
 * io.kubrig.operators.endpoints.EndpointsPlan} is pure.
 */
package io.kubrig.operators.endpoints;
