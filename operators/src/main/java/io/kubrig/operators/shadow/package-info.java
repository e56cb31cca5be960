/**
 * The controllers as the shadow of another manager: they decide about the same objects and change nothing. Their writes are sent as dry
 * runs and put to the account of the reconcile that made them ({@link io.kubrig.operators.engine.Attempt}). {@link
 * io.kubrig.operators.shadow.ShadowController} looks at a key again until nothing is wanted any more; {@link
 * io.kubrig.operators.shadow.ShadowLedger} knows since when something has been; {@link io.kubrig.operators.shadow.ShadowReport} tells.
 */
package io.kubrig.operators.shadow;
