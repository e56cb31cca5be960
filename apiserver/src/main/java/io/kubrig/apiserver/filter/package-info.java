/**
 * What every request goes through before it reaches a resource, in native's order: identity of the request, headers, cross-origin rules,
 * authentication, audit, impersonation, flow control, authorization. {@link io.kubrig.apiserver.filter.Pipeline} reads top-down.
 */
package io.kubrig.apiserver.filter;
