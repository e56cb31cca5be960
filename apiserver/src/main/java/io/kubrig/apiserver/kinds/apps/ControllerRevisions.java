package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;

/** The kind ControllerRevision. (Source: registry/apps/controllerrevision/strategy.go of native.) */
public final class ControllerRevisions implements Kind {

  @Override
  public TableColumns columns() {
    return WorkloadTables.CONTROLLER_REVISIONS;
  }
}
