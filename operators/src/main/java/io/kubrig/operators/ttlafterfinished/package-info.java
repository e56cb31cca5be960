/** Finished jobs with {@code ttlSecondsAfterFinished}: they go when their time is up. */
package io.kubrig.operators.ttlafterfinished;
