package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.AttributeWriter;
import io.kubrig.proxy.netlink.NetlinkMessage;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * Changes as the messages of one transaction; pure.
 *
 * <p>An anonymous set is made just before the rule that consults it and is known to it by a number that means something within the
 * transaction only.
 */
public final class ChangeEncoder {
  private static final int NEWTABLE = 0;
  private static final int DELTABLE = 2;
  private static final int NEWCHAIN = 3;
  private static final int DELCHAIN = 5;
  private static final int NEWRULE = 6;
  private static final int DELRULE = 8;
  private static final int NEWSET = 9;
  private static final int DELSET = 11;
  private static final int NEWSETELEM = 12;
  private static final int DELSETELEM = 14;
  private static final int DATA_TYPE_VERDICT = 0xffffff00;
  private static final int DYNAMIC_SET_SIZE = 65535;
  /** An attribute ends at 64 KiB; an element with two long names takes less than 1 KiB. */
  private static final int ELEMENTS_BYTES = 48 << 10;

  private final Family family;
  private final String table;
  private final List<NetlinkMessage> messages = new ArrayList<>();
  private final Map<NftSet, Integer> setIds = new IdentityHashMap<>();
  private int lastSetId;

  private ChangeEncoder(Family family, String table) {
    this.family = family;
    this.table = table;
  }

  public static List<NetlinkMessage> encode(Family family, String table, List<TableChange> changes) {
    ChangeEncoder encoder = new ChangeEncoder(family, table);
    changes.forEach(encoder::add);
    return encoder.messages;
  }

  private void add(TableChange change) {
    switch (change) {
      case TableChange.AddTable added ->
        message(NEWTABLE, NetlinkMessage.NLM_F_CREATE,
            out -> out.string(1, table).u32(2, 0).raw(6, UserData.comment(UserData.COMMENT, added.comment())));
      case TableChange.DeleteTable _ -> message(DELTABLE, 0, out -> out.string(1, table));
      case TableChange.AddChain added -> message(NEWCHAIN, NetlinkMessage.NLM_F_CREATE, out -> chain(out, added.chain()));
      case TableChange.FlushChain flushed -> message(DELRULE, 0, out -> out.string(1, table).string(2, flushed.chain()));
      case TableChange.DeleteChain deleted -> message(DELCHAIN, 0, out -> out.string(1, table).string(3, deleted.chain()));
      case TableChange.AddRule added -> rule(added.chain(), added.rule());
      case TableChange.AddSet added -> set(added.set(), added.set().name());
      case TableChange.DeleteSet deleted -> message(DELSET, 0, out -> out.string(1, table).string(2, deleted.set()));
      case TableChange.AddElements added -> elements(NEWSETELEM, added.set(), 0, added.elements());
      case TableChange.DeleteElements deleted -> elements(DELSETELEM, deleted.set(), 0, deleted.elements());
    }
  }

  private void chain(AttributeWriter out, NftChain chain) {
    out.string(1, table).string(3, chain.name());
    if (chain.hook() != null) {
      out.nested(4, hook -> hook.u32(1, chain.hook().number()).u32(2, chain.hook().priority())).u32(5, Verdict.ACCEPT.code())
          .string(7, chain.hook().type());
    }
    if (!chain.comment().isEmpty()) {
      out.raw(12, UserData.comment(UserData.COMMENT, chain.comment()));
    }
  }

  private void rule(String chain, NftRule rule) {
    for (Expression expression : rule.expressions()) {
      if (expression instanceof Expression.Lookup(Expression.SetReference.Anonymous(NftSet content), int _, boolean _, boolean _)) {
        String name = ExpressionCodec.anonymousName(content);
        set(content, name);
        elements(NEWSETELEM, name, setIds.get(content), content.elements());
      }
    }
    message(NEWRULE, NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_APPEND, out -> {
      out.string(1, table).string(2, chain).nested(4, list -> ExpressionCodec.write(list, rule.expressions(), setIds::get));
      if (!rule.comment().isEmpty()) {
        out.raw(7, UserData.comment(UserData.COMMENT, rule.comment()));
      }
    });
  }

  private void set(NftSet set, String name) {
    int id = ++lastSetId;
    setIds.put(set, id);
    message(NEWSET, NetlinkMessage.NLM_F_CREATE, out -> {
      out.string(1, table).string(2, name).u32(3, set.flags()).u32(4, set.key().type()).u32(5, set.key().length());
      if (set.is(NftSet.MAP)) {
        out.u32(6, DATA_TYPE_VERDICT).u32(7, 0);
      }
      if (set.is(NftSet.DYNAMIC) || set.is(NftSet.CONSTANT)) {
        out.nested(9, description -> description.u32(1, set.is(NftSet.DYNAMIC) ? DYNAMIC_SET_SIZE : set.elements().size()));
      }
      out.u32(10, id);
      if (set.timeoutMillis() > 0) {
        out.u64(11, set.timeoutMillis());
      }
      out.raw(13, UserData.ofSet(set));
    });
  }

  private void elements(int type, String set, int setId, SortedMap<NftSet.ElementKey, NftSet.Element> elements) {
    List<Map.Entry<NftSet.ElementKey, NftSet.Element>> pending = new ArrayList<>(elements.entrySet());
    while (!pending.isEmpty()) {
      AttributeWriter list = new AttributeWriter();
      int taken = 0;
      while (taken < pending.size() && list.length() < ELEMENTS_BYTES) {
        var entry = pending.get(taken++);
        list.nested(1, out -> element(out, entry.getKey(), entry.getValue(), type == NEWSETELEM));
      }
      byte[] content = list.toArray();
      message(type, type == NEWSETELEM ? NetlinkMessage.NLM_F_CREATE : 0, out -> {
        out.string(1, table).string(2, set);
        if (setId != 0) {
          out.u32(4, setId);
        }
        out.raw(3 | 1 << 15, content);
      });
      pending.subList(0, taken).clear();
    }
  }

  private static void element(AttributeWriter out, NftSet.ElementKey key, NftSet.Element element, boolean whole) {
    if (key.end()) {
      out.u32(3, 1);
    }
    out.nested(1, data -> ExpressionCodec.writeValue(data, key.bytes()));
    if (whole && element.verdict() != null) {
      out.nested(2, data -> ExpressionCodec.writeVerdict(data, element.verdict()));
    }
    if (whole && !element.comment().isEmpty()) {
      out.raw(6, UserData.comment(UserData.COMMENT, element.comment()));
    }
  }

  private void message(int type, int flags, Consumer<AttributeWriter> content) {
    AttributeWriter out = new AttributeWriter();
    content.accept(out);
    messages.add(new NetlinkMessage(NetlinkMessage.SUBSYSTEM_NFTABLES, type, flags, family.number(), out.toArray()));
  }
}
