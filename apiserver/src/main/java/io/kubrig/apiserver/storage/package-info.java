/**
 * Where objects live. A {@link io.kubrig.apiserver.storage.Storage} orders writes and makes them durable; every one of them feeds a
 * {@link io.kubrig.apiserver.storage.Keyspace}, the multi-version state in memory that all reads and watches are served from. The semantics
 * are etcd's: one revision for all keys, compare-and-commit, ordered scans at a revision, watch from a revision, compaction.
 */
package io.kubrig.apiserver.storage;
