/**
 * Devices: what slices offer ({@link io.kubrig.scheduler.devices.SliceCatalog}), what claims have taken ({@link
 * io.kubrig.scheduler.devices.TakenDevices}), and the search for devices that satisfy claims on a node ({@link
 * io.kubrig.scheduler.devices.Allocator}). Nothing here reads or writes the API. Source: KEP-4381 structured parameters, KEP-4815
 * partitionable devices, KEP-4816 prioritized list, KEP-5007 binding conditions, KEP-5018 admin access, KEP-5055 device taints, KEP-5075
 * consumable capacity.
 */
package io.kubrig.scheduler.devices;
