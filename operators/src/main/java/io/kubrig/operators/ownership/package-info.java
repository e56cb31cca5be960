/** Who controls what: owner references, adoption of orphans, release of what no longer matches. */
package io.kubrig.operators.ownership;
