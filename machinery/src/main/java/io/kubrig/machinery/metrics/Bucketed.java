package io.kubrig.machinery.metrics;

/** A meter that counts values in buckets. */
sealed interface Bucketed permits BucketSummary, BucketTimer {
  BucketCounts buckets();
}
