/**
 * Storage version migration (KEP-4192): writes every object of a resource once, unchanged, so that it is stored in the version, and
 * encrypted with the key, of today. {@code MigrationStatus} is the pure part. Runs where the gate StorageVersionMigrator is on and the
 * server serves the kind.
 */
package io.kubrig.operators.storageversionmigration;
