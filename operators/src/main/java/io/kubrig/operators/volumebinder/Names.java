package io.kubrig.operators.volumebinder;

/** Annotations that the binder and its partners share. */
final class Names {
  static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
  static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
  static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
  static final String MIGRATED_TO = "pv.kubernetes.io/migrated-to";
  static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";
  static final String BETA_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";
  static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
  static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";
  static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
  static final String BETA_DEFAULT_CLASS = "storageclass.beta.kubernetes.io/is-default-class";
  /** Keeps a volume that a plugin of the tree made until its content is gone (KEP-2644). */
  static final String IN_TREE_FINALIZER = "kubernetes.io/pv-controller";
  static final String EXTERNAL_FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer";
  static final String IN_TREE = "kubernetes.io/";
  static final String HOST_PATH = "kubernetes.io/host-path";
  static final String NFS = "kubernetes.io/nfs";
  static final String YES = "yes";

  private Names() {}
}
