/**
 * The work queue between events and workers: keys, not events; each key once; never two workers on one key; delays and back-off on the
 * injected clock.
 */
package io.kubrig.machinery.queue;
