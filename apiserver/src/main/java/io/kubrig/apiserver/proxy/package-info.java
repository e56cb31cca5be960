/**
 * Connections that the server passes on: logs, exec, attach and port forwarding to kubelets, and requests to nodes, pods and services.
 *
 * <p>An upgrade (SPDY or WebSocket) is offered to the backend as the client asked for it; when the backend accepts, bytes are copied both
 * ways and nothing is translated. Native translates WebSocket to SPDY on the way to kubelets that speak only that; ours speaks both.
 * Redirects of backends are never followed.
 */
package io.kubrig.apiserver.proxy;
