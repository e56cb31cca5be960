package io.kubrig.operators.cloud;

import java.util.List;

/** Routes to the pods of nodes. Errors: {@link CloudException}. Calls may come side by side, at most 200 at once. */
public interface Routes {

  /** The routes of a cluster. */
  List<Route> list(String cluster);

  /** Whether routes say their node's addresses; if so, a route is made anew when these change. */
  default boolean knowsAddresses() {
    return false;
  }

  /** Makes a route. @param hint may go into its name: the node's uid */
  void create(String cluster, String hint, Route route);

  /** Takes away a route that was listed. */
  void delete(String cluster, Route route);
}
