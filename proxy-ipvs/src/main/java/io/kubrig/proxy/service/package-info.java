/**
 * What is to be proxied: services and endpoint slices of the API as ports and endpoints of one address family, and which endpoints a node
 * uses.
 *
 * <p>Pure values; the API objects end here.
 */
package io.kubrig.proxy.service;
