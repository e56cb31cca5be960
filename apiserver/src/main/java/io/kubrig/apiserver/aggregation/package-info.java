/**
 * Other API servers behind this one: APIService objects, whether what they name is available, requests passed on to it, and its part of
 * discovery and OpenAPI. (Source: kube-aggregator.)
 *
 * <p>{@link io.kubrig.apiserver.aggregation.Aggregation} is the whole of it. {@code RemoteServices} follows the objects;
 * {@code AvailabilityController} checks them, writes their condition {@code Available} and has {@code RemoteDiscovery} and
 * {@code RemoteOpenApi} look again; {@code AutoRegistration} keeps the objects of custom resources.
 */
package io.kubrig.apiserver.aggregation;
