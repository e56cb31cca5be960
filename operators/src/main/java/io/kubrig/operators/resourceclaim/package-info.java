/**
 * Resource claims of pods (KEP-4381): makes those that pods have templates for, takes off reservations of pods that are gone, and
 * deletes what was made for a pod that has ended.
 */
package io.kubrig.operators.resourceclaim;
