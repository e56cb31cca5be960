/**
 * Leader election on a Lease of the API, compatible with the native components': {@link io.kubrig.machinery.leader.LeaderElector} decides,
 * {@link io.kubrig.machinery.leader.LeaseApi} is what it needs of the API.
 */
package io.kubrig.machinery.leader;
