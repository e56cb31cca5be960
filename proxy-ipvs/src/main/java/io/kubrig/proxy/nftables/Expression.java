package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.Bytes;

/**
 * One step of a rule's small machine. Registers are named by their first 32-bit word, 0 to 15: the 128-bit register 1 is word 0, register 2
 * is word 4.
 *
 * <p>Source: linux/netfilter/nf_tables.h.
 */
public sealed interface Expression {
  int META_MARK = 3;
  int META_IIFNAME = 6;
  int META_L4PROTO = 16;
  int CT_STATE = 0;
  int BASE_NETWORK = 1;
  int BASE_TRANSPORT = 2;
  int FIB_ADDRTYPE = 3;
  int FIB_SADDR = 1;
  int FIB_DADDR = 2;
  int RTN_LOCAL = 2;
  int NAT_DNAT = 1;
  int RANDOM_FULLY = 0x10;
  int NUMGEN_RANDOM = 1;
  int DYNSET_UPDATE = 1;

  /** Loads packet metadata. */
  record Meta(int key, int word) implements Expression {
  }

  /** Sets packet metadata. */
  record MetaSet(int key, int word) implements Expression {
  }

  /** Loads conntrack state. */
  record Conntrack(int key, int word) implements Expression {
  }

  /** Loads bytes of a header; offset and length in bytes. */
  record Payload(int base, int offset, int length, int word) implements Expression {
  }

  /** Ends the rule unless the register equals (or, when {@code negated}, differs from) the data. */
  record Compare(int word, boolean negated, Bytes data) implements Expression {
  }

  /** {@code word = (word & mask) ^ xor}. */
  record Bitwise(int word, Bytes mask, Bytes xor) implements Expression {
  }

  /** Looks a key up in a set, or in a verdict map when {@code verdict}. */
  record Lookup(SetReference set, int word, boolean negated, boolean verdict) implements Expression {
  }

  /** Loads a constant. */
  record Immediate(int word, Bytes data) implements Expression {
  }

  /** Ends the rule with a verdict. */
  record Decide(Verdict verdict) implements Expression {
  }

  /** Loads a routing lookup's result; {@code flags} says of which address. */
  record Fib(int result, int flags, int word) implements Expression {
  }

  /** Translates to the address and port in two registers. */
  record Nat(int type, int family, int addressWord, int portWord) implements Expression {
  }

  /** Translates the source to the outgoing interface's address. */
  record Masquerade(int flags) implements Expression {
  }

  /** Refuses with an ICMP message. */
  record Reject(int type, int code) implements Expression {
  }

  /** Loads a number below {@code modulus}. */
  record NumberGenerator(int type, int modulus, int word) implements Expression {
  }

  /** Adds the key to a set or renews its timeout. */
  record Dynset(String set, int operation, int word) implements Expression {
  }

  /** An expression this proxy never writes, as found in the kernel. */
  record Unknown(String name, Bytes data) implements Expression {
  }

  /** A set that a lookup consults. */
  sealed interface SetReference {
    /** A named set of the table. */
    record Named(String name) implements SetReference {
    }

    /** A constant set that lives and dies with the rule; its name is of no meaning and empty. */
    record Anonymous(NftSet content) implements SetReference {
    }
  }
}
