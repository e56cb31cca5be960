/**
 * Whole-process benchmarks beside a peer. Results are printed as one JSON object a line; docs/performance.md says how they are run and what
 * they were.
 */
package io.kubrig.bench;
