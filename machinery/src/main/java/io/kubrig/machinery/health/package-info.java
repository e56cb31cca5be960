/**
 * What a component tells about itself: named checks and their texts ({@link io.kubrig.machinery.health.HealthChecks}, free of any server,
 * so that the API server's own front can use them), and the HTTPS server of all other components ({@link
 * io.kubrig.machinery.health.StatusServer}) with {@code /healthz /livez /readyz /metrics /configz /flagz /statusz} behind delegated
 * authentication and authorization.
 */
package io.kubrig.machinery.health;
