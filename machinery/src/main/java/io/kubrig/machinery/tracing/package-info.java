/**
 * Spans of OpenTelemetry: {@link io.kubrig.machinery.tracing.TracingConfiguration} is the native file, {@link
 * io.kubrig.machinery.tracing.Tracing} sends what it says to a collector. Whoever uses it names the libraries in its own build: they are
 * optional for others.
 */
package io.kubrig.machinery.tracing;
