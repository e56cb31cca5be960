/** Claims for the generic ephemeral volumes of pods (KEP-1698). */
package io.kubrig.operators.ephemeralvolume;
