/**
 * Objects in etcd v3, laid out as kube-apiserver lays them out: {@code /registry/pods/NAMESPACE/NAME} and so on, built-in kinds in protobuf
 * behind {@code k8s\0}, custom ones in JSON. Any number of API servers, of this and of the native kind, share one etcd.
 *
 * <p>{@link io.kubrig.apiserver.storage.etcd.EtcdStorage} writes by transactions on the revision of a key and follows one watch, which
 * feeds the keyspace that everything is read from. A write is answered once the watch has brought it.
 */
package io.kubrig.apiserver.storage.etcd;
