package io.kubrig.machinery.selector;

import io.kubrig.machinery.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The grammar of label selector strings.
 *
 * <p>{@code selector = requirement {"," requirement}}; {@code requirement = ["!"] key [("in" | "notin") "(" values ")" | op value]}. The
 * words in and notin are operators only in the operator's place.
 */
final class LabelSelectorParser {

  private enum Kind {
    END,
    CLOSE,
    OPEN,
    COMMA,
    NOT,
    OPERATOR,
    IDENTIFIER
  }

  private record Token(Kind kind, String text) {
    /** How the token reads outside the operator's place. */
    Kind asValue() {
      return kind == Kind.OPERATOR && (text.equals("in") || text.equals("notin")) ? Kind.IDENTIFIER : kind;
    }
  }

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int position;

  LabelSelectorParser(String text) {
    this.text = text;
  }

  List<Requirement> parse() {
    do {
      tokens.add(scan());
    } while (tokens.getLast().kind != Kind.END);
    List<Requirement> requirements = new ArrayList<>();
    while (true) {
      Token token = peek();
      switch (token.asValue()) {
        case END -> {
          return requirements;
        }
        case IDENTIFIER, NOT -> requirements.add(parsedRequirement());
        default -> throw found(token, ", expected: !, identifier, or 'end of string'");
      }
      Token next = take();
      if (next.kind == Kind.END) {
        return requirements;
      }
      if (next.kind != Kind.COMMA) {
        throw found(next, ", expected: ',' or 'end of string'");
      }
      Kind after = peek().asValue();
      if (after != Kind.IDENTIFIER && after != Kind.NOT) {
        throw found(peek(), ", expected: identifier after ','");
      }
    }
  }

  private Requirement parsedRequirement() {
    try {
      return requirement();
    } catch (SelectorException e) {
      throw new SelectorException("unable to parse requirement: " + e.getMessage());
    }
  }

  private Requirement requirement() {
    Token token = take();
    boolean negated = token.kind == Kind.NOT;
    if (negated) {
      token = take();
    }
    if (token.asValue() != Kind.IDENTIFIER) {
      throw found(token, ", expected: identifier");
    }
    String key = token.text;
    List<String> keyErrors = LabelSyntax.keyErrors(key);
    if (!keyErrors.isEmpty()) {
      throw new SelectorException(Requirement.invalid("<nil>", key, String.join("; ", keyErrors)));
    }
    if (negated) {
      return Requirement.checked(key, Operator.DOES_NOT_EXIST, List.of());
    }
    if (peek().kind == Kind.END || peek().kind == Kind.COMMA) {
      return Requirement.checked(key, Operator.EXISTS, List.of());
    }
    Operator operator = operator(take());
    boolean set = operator == Operator.IN || operator == Operator.NOT_IN;
    return Requirement.checked(key, operator, set ? values() : List.of(exactValue()));
  }

  private static Operator operator(Token token) {
    if (token.kind == Kind.OPERATOR) {
      switch (token.text) {
        case "in" -> {
          return Operator.IN;
        }
        case "notin" -> {
          return Operator.NOT_IN;
        }
        case "=" -> {
          return Operator.EQUALS;
        }
        case "==" -> {
          return Operator.DOUBLE_EQUALS;
        }
        case "!=" -> {
          return Operator.NOT_EQUALS;
        }
        case ">" -> {
          return Operator.GREATER_THAN;
        }
        case "<" -> {
          return Operator.LESS_THAN;
        }
        default -> throw new IllegalStateException(token.text);
      }
    }
    throw found(token, ", expected: in, notin, =, ==, !=, gt, lt");
  }

  private List<String> values() {
    Token open = take();
    if (open.kind != Kind.OPEN) {
      throw found(open, " expected: '('");
    }
    Token first = peek();
    switch (first.asValue()) {
      case CLOSE -> {
        take();
        return List.of("");
      }
      case IDENTIFIER, COMMA -> {
        List<String> values = identifiers();
        take(); // identifiers() ends in front of the parenthesis
        return values;
      }
      default -> throw found(first, ", expected: ',', ')' or identifier");
    }
  }

  /** Comma-separated, possibly empty values up to the closing parenthesis; sorted, each once. */
  private List<String> identifiers() {
    TreeSet<String> values = new TreeSet<>();
    while (true) {
      Token token = take();
      switch (token.asValue()) {
        case IDENTIFIER -> {
          values.add(token.text);
          if (peek().kind == Kind.CLOSE) {
            return List.copyOf(values);
          }
          if (peek().kind != Kind.COMMA) {
            throw found(peek(), ", expected: ',' or ')'");
          }
        }
        case COMMA -> {
          boolean empty = values.isEmpty() || peek().kind == Kind.CLOSE || peek().kind == Kind.COMMA;
          if (empty) {
            values.add("");
          }
          if (peek().kind == Kind.CLOSE) {
            return List.copyOf(values);
          }
        }
        default -> throw found(token, ", expected: ',', or identifier");
      }
    }
  }

  private String exactValue() {
    if (peek().kind == Kind.END || peek().kind == Kind.COMMA) {
      return "";
    }
    Token token = take();
    if (token.asValue() != Kind.IDENTIFIER) {
      throw found(token, ", expected: identifier");
    }
    return token.text;
  }

  private Token peek() {
    return tokens.get(Math.min(position, tokens.size() - 1));
  }

  private Token take() {
    Token token = peek();
    position++;
    return token;
  }

  private static SelectorException found(Token token, String expected) {
    return new SelectorException("found '" + token.text + "'" + expected);
  }

  // ---- words ---------------------------------------------------------------------------------------------------------

  private Token scan() {
    while (at < text.length() && space(text.charAt(at))) {
      at++;
    }
    if (at >= text.length()) {
      return new Token(Kind.END, "");
    }
    return special(text.charAt(at)) ? symbol() : word();
  }

  private Token word() {
    int start = at;
    while (at < text.length() && !space(text.charAt(at)) && !special(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at);
    return new Token(word.equals("in") || word.equals("notin") ? Kind.OPERATOR : Kind.IDENTIFIER, word);
  }

  private Token symbol() {
    char first = text.charAt(at++);
    boolean equalsFollows = at < text.length() && text.charAt(at) == '=';
    return switch (first) {
      case '(' -> new Token(Kind.OPEN, "(");
      case ')' -> new Token(Kind.CLOSE, ")");
      case ',' -> new Token(Kind.COMMA, ",");
      case '=', '!' -> {
        if (equalsFollows) {
          at++;
          yield new Token(Kind.OPERATOR, first + "=");
        }
        yield first == '=' ? new Token(Kind.OPERATOR, "=") : new Token(Kind.NOT, "!");
      }
      default -> new Token(Kind.OPERATOR, String.valueOf(first));
    };
  }

  private static boolean space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean special(char c) {
    return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '>' || c == '<';
  }
}
