package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** The deprecated statuses of components. Nothing is ever stored of them. */
final class ComponentStatusKind implements Kind {
  private static final TableColumns COLUMNS =
      Columns.of(
          (status, now) -> Columns.row(Columns.name(status), health(status), text(status, "message"), text(status, "error")),
          Columns.NAME,
          Columns.text("Status", "Status of the component conditions"),
          Columns.text("Message", "Message of the component conditions"),
          Columns.text("Error", "Error of the component conditions"));

  @Override
  public Optional<String> deprecation(String version) {
    return Optional.of("v1 ComponentStatus is deprecated in v1.19+");
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static Optional<Tree> healthy(Tree status) {
    List<Tree> conditions = status.trees("conditions");
    return conditions.stream().filter(condition -> condition.string("type").equals("Healthy")).findFirst();
  }

  private static String health(Tree status) {
    return switch (healthy(status).map(condition -> condition.string("status")).orElse("")) {
      case "True" -> "Healthy";
      case "False" -> "Unhealthy";
      default -> "Unknown";
    };
  }

  private static String text(Tree status, String member) {
    return healthy(status).map(condition -> condition.string(member)).orElse("");
  }
}
