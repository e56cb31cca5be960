/** Takes what API servers that have gone said of their storage versions out of StorageVersions (KEP-2339), behind two gates. */
package io.kubrig.operators.storageversiongc;
