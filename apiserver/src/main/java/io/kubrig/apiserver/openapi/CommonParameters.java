package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.openapi.Operation.Parameter;
import java.util.ArrayList;
import java.util.List;

/** The parameters that all operations of a path share stand with the path. */
final class CommonParameters {
  private CommonParameters() {}

  /** Those of all operations, sorted. */
  static List<Parameter> of(List<Operation> operations) {
    List<Parameter> common = new ArrayList<>(operations.getFirst().parameters());
    operations.forEach(operation -> common.retainAll(operation.parameters()));
    return common.stream().sorted().toList();
  }

  /** Those of one operation that are not common, sorted. */
  static List<Parameter> rest(Operation operation, List<Parameter> common) {
    return operation.parameters().stream().filter(parameter -> !common.contains(parameter)).sorted().toList();
  }
}
