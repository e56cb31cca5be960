package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.AttributeWriter;
import io.kubrig.proxy.netlink.Attributes;
import io.kubrig.proxy.netlink.Bytes;
import io.kubrig.proxy.nftables.Expression.SetReference;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Expressions to and from their netlink form (NFTA_EXPR_NAME, NFTA_EXPR_DATA); pure. */
final class ExpressionCodec {
  private static final int LIST_ELEMENT = 1;
  private static final int EXPR_NAME = 1;
  private static final int EXPR_DATA = 2;
  private static final int DATA_VALUE = 1;
  private static final int DATA_VERDICT = 2;
  private static final int COMPARE_NEQ = 1;

  private ExpressionCodec() {
  }

  /**
   * Writes the expressions as a list.
   *
   * @param setId the transaction's number of an anonymous set
   */
  static void write(AttributeWriter out, List<Expression> expressions, ToIntFunction<NftSet> setId) {
    for (Expression expression : expressions) {
      out.nested(LIST_ELEMENT,
          element -> element.string(EXPR_NAME, name(expression)).nested(EXPR_DATA, data -> writeData(data, expression, setId)));
    }
  }

  /**
   * Reads a list of expressions.
   *
   * @param setNamed resolves the name of a set in a lookup
   */
  static List<Expression> read(Attributes list, Function<String, SetReference> setNamed) {
    return list.all().stream().map(Attributes.Attribute::nested).map(element -> readOne(element, setNamed)).toList();
  }

  private static String name(Expression expression) {
    return switch (expression) {
      case Expression.Meta _, Expression.MetaSet _ -> "meta";
      case Expression.Conntrack _ -> "ct";
      case Expression.Payload _ -> "payload";
      case Expression.Compare _ -> "cmp";
      case Expression.Bitwise _ -> "bitwise";
      case Expression.Lookup _ -> "lookup";
      case Expression.Immediate _, Expression.Decide _ -> "immediate";
      case Expression.Fib _ -> "fib";
      case Expression.Nat _ -> "nat";
      case Expression.Masquerade _ -> "masq";
      case Expression.Reject _ -> "reject";
      case Expression.NumberGenerator _ -> "numgen";
      case Expression.Dynset _ -> "dynset";
      case Expression.Unknown unknown -> unknown.name();
    };
  }

  private static void writeData(AttributeWriter out, Expression expression, ToIntFunction<NftSet> setId) {
    switch (expression) {
      case Expression.Meta meta -> out.u32(2, meta.key()).u32(1, register(meta.word()));
      case Expression.MetaSet meta -> out.u32(2, meta.key()).u32(3, register(meta.word()));
      case Expression.Conntrack ct -> out.u32(2, ct.key()).u32(1, register(ct.word()));
      case Expression.Payload payload ->
        out.u32(1, register(payload.word())).u32(2, payload.base()).u32(3, payload.offset()).u32(4, payload.length());
      case Expression.Compare compare ->
        out.u32(1, register(compare.word())).u32(2, compare.negated() ? COMPARE_NEQ : 0)
            .nested(3, data -> data.raw(DATA_VALUE, compare.data()));
      case Expression.Bitwise bitwise -> out.u32(1, register(bitwise.word())).u32(2, register(bitwise.word()))
          .u32(3, bitwise.mask().length())
          .nested(4, data -> data.raw(DATA_VALUE, bitwise.mask())).nested(5, data -> data.raw(DATA_VALUE, bitwise.xor()));
      case Expression.Lookup lookup -> writeLookup(out, lookup, setId);
      case Expression.Immediate immediate ->
        out.u32(1, register(immediate.word())).nested(2, data -> data.raw(DATA_VALUE, immediate.data()));
      case Expression.Decide decide -> out.u32(1, 0).nested(2, data -> writeVerdict(data, decide.verdict()));
      case Expression.Fib fib -> out.u32(1, register(fib.word())).u32(2, fib.result()).u32(3, fib.flags());
      case Expression.Nat nat ->
        out.u32(1, nat.type()).u32(2, nat.family()).u32(3, register(nat.addressWord())).u32(5, register(nat.portWord()));
      case Expression.Masquerade masquerade -> out.u32(1, masquerade.flags());
      case Expression.Reject reject -> out.u32(1, reject.type()).u8(2, reject.code());
      case Expression.NumberGenerator numgen ->
        out.u32(1, register(numgen.word())).u32(2, numgen.modulus()).u32(3, numgen.type()).u32(4, 0);
      case Expression.Dynset dynset -> out.string(1, dynset.set()).u32(3, dynset.operation()).u32(4, register(dynset.word()));
      case Expression.Unknown unknown -> throw new IllegalStateException("expression " + unknown.name() + " is only ever read");
    }
  }

  private static void writeLookup(AttributeWriter out, Expression.Lookup lookup, ToIntFunction<NftSet> setId) {
    switch (lookup.set()) {
      case SetReference.Named named -> out.string(1, named.name());
      case SetReference.Anonymous anonymous -> out.string(1, anonymousName(anonymous.content()))
          .u32(4, setId.applyAsInt(anonymous.content()));
    }
    out.u32(2, register(lookup.word()));
    if (lookup.verdict()) {
      out.u32(3, 0);
    }
    if (lookup.negated()) {
      out.u32(5, 1);
    }
  }

  /** The pattern from which the kernel makes the name of an anonymous set. */
  static String anonymousName(NftSet set) {
    return set.is(NftSet.MAP) ? "__map%d" : "__set%d";
  }

  /** Writes the inside of an NFTA_*_DATA attribute. */
  static void writeVerdict(AttributeWriter out, Verdict verdict) {
    out.nested(DATA_VERDICT, inner -> {
      inner.u32(1, verdict.code());
      if (!verdict.chain().isEmpty()) {
        inner.string(2, verdict.chain());
      }
    });
  }

  static void writeValue(AttributeWriter out, Bytes value) {
    out.raw(DATA_VALUE, value);
  }

  /** The verdict inside an NFTA_*_DATA attribute, null when it holds a value. */
  static Verdict verdict(Attributes data) {
    return data.findNested(DATA_VERDICT).map(verdict -> new Verdict(verdict.u32(1, 0), verdict.string(2))).orElse(null);
  }

  static Bytes value(Attributes data) {
    return data.find(DATA_VALUE).orElse(Bytes.EMPTY);
  }

  private static Expression readOne(Attributes element, Function<String, SetReference> setNamed) {
    String name = element.string(EXPR_NAME);
    Attributes data = element.findNested(EXPR_DATA).orElseGet(() -> Attributes.parse(new byte[0], 0));
    return switch (name) {
      case "meta" -> data.find(3).isPresent() ? new Expression.MetaSet(data.u32(2, 0), word(data, 3))
          : new Expression.Meta(data.u32(2, 0), word(data, 1));
      case "ct" -> new Expression.Conntrack(data.u32(2, 0), word(data, 1));
      case "payload" -> new Expression.Payload(data.u32(2, 0), data.u32(3, 0), data.u32(4, 0), word(data, 1));
      case "cmp" -> readCompare(name, element, data);
      case "bitwise" -> readBitwise(name, element, data);
      case "lookup" -> new Expression.Lookup(setNamed.apply(data.string(1)), word(data, 2), data.u32(5, 0) != 0, data.find(3).isPresent());
      case "immediate" -> readImmediate(data);
      case "fib" -> new Expression.Fib(data.u32(2, 0), data.u32(3, 0), word(data, 1));
      case "nat" -> new Expression.Nat(data.u32(1, 0), data.u32(2, 0), word(data, 3), word(data, 5));
      case "masq" -> new Expression.Masquerade(data.u32(1, 0));
      case "reject" -> new Expression.Reject(data.u32(1, 0), data.u32(2, 0));
      case "numgen" -> new Expression.NumberGenerator(data.u32(3, 0), data.u32(2, 0), word(data, 1));
      case "dynset" -> new Expression.Dynset(data.string(1), data.u32(3, 0), word(data, 4));
      default -> unknown(name, element);
    };
  }

  private static Expression readCompare(String name, Attributes element, Attributes data) {
    int operation = data.u32(2, 0);
    return operation > COMPARE_NEQ ? unknown(name, element)
        : new Expression.Compare(word(data, 1), operation == COMPARE_NEQ,
            data.findNested(3).map(ExpressionCodec::value).orElse(Bytes.EMPTY));
  }

  private static Expression readBitwise(String name, Attributes element, Attributes data) {
    return data.u32(6, 0) != 0 || word(data, 1) != word(data, 2) ? unknown(name, element)
        : new Expression.Bitwise(word(data, 1), data.findNested(4).map(ExpressionCodec::value).orElse(Bytes.EMPTY),
            data.findNested(5).map(ExpressionCodec::value).orElse(Bytes.EMPTY));
  }

  private static Expression readImmediate(Attributes data) {
    Attributes inner = data.findNested(2).orElseThrow();
    Verdict verdict = verdict(inner);
    return verdict == null ? new Expression.Immediate(word(data, 1), value(inner)) : new Expression.Decide(verdict);
  }

  private static Expression unknown(String name, Attributes element) {
    return new Expression.Unknown(name, element.find(EXPR_DATA).orElse(Bytes.EMPTY));
  }

  private static int register(int word) {
    return word % 4 == 0 ? 1 + word / 4 : 8 + word;
  }

  private static int word(Attributes data, int type) {
    int register = data.u32(type, 1);
    return register < 8 ? (register - 1) * 4 : register - 8;
  }
}
