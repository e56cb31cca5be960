/**
 * What the proxy tells about itself and about services over HTTP: {@code /healthz}, {@code /livez}, health-check node ports,
 * {@code /metrics}, {@code /proxyMode}.
 */
package io.kubrig.proxy.health;
