package io.kubrig.apiserver.cel;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What evaluating an expression may cost at most, estimated from the greatest sizes that a schema allows. (Source: cel-go's
 * checker/cost.go, apiserver/pkg/cel/library/cost.go.)
 */
public final class CelCosts {
  /** Bytes of the largest object (source: apiserver/pkg/apis/cel/config.go). */
  private static final double MAX_REQUEST = 3 << 20;
  private static final double STRING_FACTOR = 0.1;
  private static final double REGEX_FACTOR = 0.25;
  private static final double LIST_COST = 10;
  private static final double MAP_COST = 30;
  private static final double STRUCT_COST = 40;
  private static final double LIMIT = 1.8e19;
  private static final Set<String> COMPARISONS = Set.of("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_");
  private static final Set<String> FREE = Set.of("_&&_", "_||_", "_?_:_");
  private static final Set<String> SCANS =
      Set.of("contains", "startsWith", "endsWith", "lowerAscii", "upperAscii", "substring", "trim", "indexOf", "lastIndexOf", "split",
          "replace", "join",
          "quantity", "isQuantity", "url", "isURL", "ip", "isIP", "cidr", "isCIDR", "semver", "isSemver", "timestamp", "duration",
              "string", "validate",
          "sum", "max", "min", "isSorted", "reverse", "flatten", "distinct", "format");

  private final Map<String, Node> scope = new HashMap<>();

  /**
   * What is known of a value.
   *
   * @param schema null when nothing is
   * @param size elements or characters; 0 for scalars
   */
  private record Node(Schema schema, double size) {
    static final Node SCALAR = new Node(null, 1);
    static final Node UNKNOWN = new Node(null, MAX_REQUEST);

    static Node of(Schema schema) {
      return schema == null ? UNKNOWN : new Node(schema, maxSize(schema));
    }
  }

  private record Estimate(double cost, Node node) {}

  private CelCosts(Schema self) {
    scope.put("self", Node.of(self));
    scope.put("oldSelf", Node.of(self));
  }

  /** @param self the schema of self and oldSelf */
  public static double estimate(CelProgram program, Schema self) {
    return Math.min(LIMIT, new CelCosts(self).visit(program.ast().getExpr()).cost());
  }

  /** The most elements, members or characters that a value may have. */
  public static double maxSize(Schema schema) {
    var constraints = schema.constraints();
    return switch (schema.type()) {
      case ARRAY -> constraints.integer("maxItems", (long) (MAX_REQUEST / (minBytes(schema.items()) + 1)));
      case MAP -> constraints.integer("maxProperties", (long) (MAX_REQUEST / (minBytes(schema.items()) + 5)));
      case STRING -> constraints.has("enum") ? longest(constraints.list("enum")) : constraints.integer("maxLength", (long) MAX_REQUEST - 2);
      case OBJECT -> Math.max(1, schema.fields().size());
      case ANY, INT_OR_STRING -> MAX_REQUEST;
      default -> 1;
    };
  }

  private static double longest(List<Object> values) {
    return values.stream().mapToInt(value -> String.valueOf(value).length()).max().orElse(0);
  }

  private static double minBytes(Schema schema) {
    return switch (schema == null ? Schema.Type.ANY : schema.type()) {
      case STRING, ARRAY, MAP, OBJECT -> 2;
      case BOOLEAN -> 4;
      default -> 1;
    };
  }

  private Estimate visit(CelExpr expression) {
    return switch (expression.getKind()) {
      case CONSTANT -> new Estimate(0, new Node(null, size(expression.constant())));
      case IDENT -> new Estimate(1, scope.getOrDefault(expression.ident().name(), Node.UNKNOWN));
      case SELECT -> {
        Estimate operand = visit(expression.select().operand());
        yield new Estimate(
            operand.cost() + (expression.select().testOnly() ? 0 : 1),
            expression.select().testOnly() ? Node.SCALAR : member(operand.node(), expression.select().field()));
      }
      case LIST -> {
        double cost = LIST_COST;
        for (CelExpr element : expression.list().elements()) {
          cost += visit(element).cost();
        }
        yield new Estimate(cost, new Node(null, expression.list().elements().size()));
      }
      case MAP -> {
        double cost = MAP_COST;
        for (CelExpr.CelMap.Entry entry : expression.map().entries()) {
          cost += visit(entry.key()).cost() + visit(entry.value()).cost();
        }
        yield new Estimate(cost, new Node(null, expression.map().entries().size()));
      }
      case STRUCT -> {
        double cost = STRUCT_COST;
        for (CelExpr.CelStruct.Entry entry : expression.struct().entries()) {
          cost += visit(entry.value()).cost();
        }
        yield new Estimate(cost, Node.SCALAR);
      }
      case CALL -> call(expression.call());
      case COMPREHENSION -> comprehension(expression.comprehension());
      case NOT_SET -> new Estimate(0, Node.SCALAR);
    };
  }

  private static double size(CelConstant constant) {
    return constant.getKind() == CelConstant.Kind.STRING_VALUE ? constant.stringValue().length() : 1;
  }

  private static Node member(Node node, String name) {
    if (node.schema() == null) {
      return node.size() <= 1 ? Node.SCALAR : Node.UNKNOWN;
    }
    Schema.Field field = node.schema().fields().get(name);
    if (field != null) {
      return Node.of(field.schema());
    }
    return node.schema().type() == Schema.Type.MAP ? Node.of(node.schema().items()) : Node.UNKNOWN;
  }

  private static Node element(Node node) {
    return node.schema() != null && node.schema().items() != null ? Node.of(node.schema().items()) : Node.UNKNOWN;
  }

  private Estimate call(CelExpr.CelCall call) {
    double cost = 0;
    double largest = 0;
    double smallest = Double.MAX_VALUE;
    Node first = null;
    for (CelExpr argument : arguments(call)) {
      Estimate estimate = visit(argument);
      cost += estimate.cost();
      largest = Math.max(largest, estimate.node().size());
      smallest = Math.min(smallest, estimate.node().size());
      first = first == null ? estimate.node() : first;
    }
    String function = call.function();
    Node subject = first == null ? Node.SCALAR : first;
    if (function.equals("_[_]") || function.equals("_?._")) {
      return new Estimate(cost + 1, element(subject));
    }
    if (FREE.contains(function)) {
      return new Estimate(cost, new Node(null, function.equals("_?_:_") ? largest : 1));
    }
    if (COMPARISONS.contains(function)) {
      return new Estimate(cost + Math.max(1, Math.ceil(smallest * STRING_FACTOR)), Node.SCALAR);
    }
    if (function.equals("@in")) {
      return new Estimate(cost + largest, Node.SCALAR);
    }
    if (function.equals("matches") || function.equals("find") || function.equals("findAll")) {
      double text = Math.ceil((subject.size() + 1) * STRING_FACTOR);
      return new Estimate(cost + text * Math.max(1, Math.ceil(smallest * REGEX_FACTOR)), subject);
    }
    if (function.equals("_+_")) {
      return new Estimate(cost + Math.max(1, Math.ceil(largest * STRING_FACTOR)), new Node(null, largest * 2));
    }
    if (SCANS.contains(function)) {
      return new Estimate(cost + Math.max(1, Math.ceil(subject.size() * STRING_FACTOR)), new Node(null, subject.size()));
    }
    return new Estimate(cost + 1, Node.SCALAR);
  }

  private static List<CelExpr> arguments(CelExpr.CelCall call) {
    List<CelExpr> all = new ArrayList<>();
    call.target().ifPresent(all::add);
    all.addAll(call.args());
    return all;
  }

  private Estimate comprehension(CelExpr.CelComprehension loop) {
    Estimate range = visit(loop.iterRange());
    Estimate start = visit(loop.accuInit());
    Map<String, Node> outer = new HashMap<>(scope);
    boolean overMap = range.node().schema() != null && range.node().schema().type() == Schema.Type.MAP;
    scope.put(loop.iterVar(), overMap ? Node.UNKNOWN : element(range.node()));
    if (!loop.iterVar2().isEmpty()) {
      scope.put(loop.iterVar(), Node.SCALAR);
      scope.put(loop.iterVar2(), element(range.node()));
    }
    scope.put(loop.accuVar(), start.node());
    double step = visit(loop.loopCondition()).cost() + visit(loop.loopStep()).cost();
    double end = visit(loop.result()).cost();
    scope.clear();
    scope.putAll(outer);
    double cost = range.cost() + start.cost() + range.node().size() * step + end;
    boolean makesList = loop.accuInit().getKind() == CelExpr.ExprKind.Kind.LIST;
    return new Estimate(Math.min(LIMIT, cost), makesList ? new Node(null, range.node().size()) : Node.SCALAR);
  }
}
