/** Controller revisions: what an owner's template was, kept as objects, found again by their contents. */
package io.kubrig.operators.history;
