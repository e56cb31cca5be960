/**
 * The garbage collector: what nobody owns any more goes; owners that are deleted in the foreground wait for their dependents; those that
 * orphan theirs are taken off their lists first.
 *
 * <p>{@link io.kubrig.operators.garbagecollector.Monitors} watches every kind that can be deleted, {@link
 * io.kubrig.operators.garbagecollector.OwnerGraph} keeps who owns whom and says what is to be looked at, {@link
 * io.kubrig.operators.garbagecollector.Verdict} decides about one object from the live state of its owners, and {@link
 * io.kubrig.operators.garbagecollector.GarbageCollector} acts. An owner that is only known from references is a <em>virtual</em> node
 * until it is seen or proven absent.
 */
package io.kubrig.operators.garbagecollector;
