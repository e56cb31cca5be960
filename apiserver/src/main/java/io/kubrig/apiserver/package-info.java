/**
 * The API server. The way of a request, package by package:
 *
 * <ol>
 *   <li>{@code http}: the socket front and the {@link io.kubrig.apiserver.http.Exchange} that handlers see;
 * <li>{@code authn}, {@code flowcontrol}, {@code authz}, {@code audit}: who asks, whether there is room, whether it is allowed, what is
 * noted;
 *   <li>{@code registry}: the one path of every kind (create, read, update, patch, delete, list, watch);
 *   <li>{@code kinds}: what is particular to each built-in kind; {@code customresource}: kinds that users define;
 *   <li>{@code admission}: plugins, webhooks and policies between decoding and storage;
 *   <li>{@code storage}: one revision, compare-and-commit, watch from a revision; in memory, in a durable log, or in etcd;
 *   <li>{@code discovery}, {@code openapi}, {@code table}: how clients find and see what is served.
 * </ol>
 */
package io.kubrig.apiserver;
