/**
 * The plugins whose built-in form follows changes instead of counting anew, once more in the plainest form there is: every attempt walks
 * over all nodes and pods. What the built-in ones are compared with.
 */
package io.kubrig.scheduler.plain;
