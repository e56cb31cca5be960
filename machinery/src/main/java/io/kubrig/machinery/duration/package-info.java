/** Spans of time in the notation of Go: 1h30m, 250ms. */
package io.kubrig.machinery.duration;
