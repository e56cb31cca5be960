package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.AttributeWriter;
import io.kubrig.proxy.netlink.Attributes;
import io.kubrig.proxy.netlink.Bytes;
import io.kubrig.proxy.netlink.Netlink;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.netlink.NetlinkMessage;
import io.kubrig.proxy.nftables.Expression.SetReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A table as the kernel has it now. */
public final class TableReader {
  private static final int GETTABLE = 1;
  private static final int GETCHAIN = 4;
  private static final int GETRULE = 7;
  private static final int GETSET = 10;
  private static final int GETSETELEM = 13;

  private final Netlink netlink;
  private final Family family;
  private final String table;

  private TableReader(Netlink netlink, Family family, String table) {
    this.netlink = netlink;
    this.family = family;
    this.table = table;
  }

  /** Reads a table; empty when it does not exist. */
  public static Optional<NftTable> read(Netlink netlink, Family family, String table) throws NetlinkException {
    return new TableReader(netlink, family, table).read();
  }

  private Optional<NftTable> read() throws NetlinkException {
    String comment = null;
    for (Attributes found : dump(GETTABLE, _ -> { })) {
      if (found.string(1).equals(table)) {
        comment = comment(UserData.COMMENT, found, 6);
      }
    }
    if (comment == null) {
      return Optional.empty();
    }
    Map<String, NftSet> sets = sets();
    Map<String, NftChain> chains = chains(sets);
    sets.values().removeIf(set -> set.is(NftSet.ANONYMOUS));
    return Optional.of(new NftTable(family, table, comment, chains, sets));
  }

  private Map<String, NftSet> sets() throws NetlinkException {
    Map<String, NftSet> sets = new LinkedHashMap<>();
    for (Attributes found : dump(GETSET, out -> out.string(1, table))) {
      if (!found.string(1).equals(table)) {
        continue;
      }
      NftSet.Key key = new NftSet.Key(found.u32(4, 0), found.u32(5, 0), found.u32(4, 0) == NftSet.Key.number().type());
      NftSet set = new NftSet(found.string(2), key, found.u32(3, 0), found.number(11, 0), comment(UserData.SET_COMMENT, found, 13),
          new TreeMap<>());
      sets.put(set.name(), set.is(NftSet.DYNAMIC) ? set : set.withElements(elements(set.name())));
    }
    return sets;
  }

  private Map<NftSet.ElementKey, NftSet.Element> elements(String set) throws NetlinkException {
    Map<NftSet.ElementKey, NftSet.Element> elements = new TreeMap<>();
    for (Attributes found : dump(GETSETELEM, out -> out.string(1, table).string(2, set))) {
      Attributes list = found.findNested(3).orElseGet(() -> Attributes.parse(new byte[0], 0));
      for (Attributes.Attribute item : list.all()) {
        Attributes element = item.nested();
        Bytes key = element.findNested(1).map(ExpressionCodec::value).orElse(Bytes.EMPTY);
        Verdict verdict = element.findNested(2).map(ExpressionCodec::verdict).orElse(null);
        elements.put(new NftSet.ElementKey(key, (element.u32(3, 0) & 1) != 0),
            new NftSet.Element(verdict, comment(UserData.COMMENT, element, 6)));
      }
    }
    return elements;
  }

  private Map<String, NftChain> chains(Map<String, NftSet> sets) throws NetlinkException {
    Map<String, List<NftRule>> rules = new LinkedHashMap<>();
    for (Attributes found : dump(GETRULE, out -> out.string(1, table))) {
      if (found.string(1).equals(table)) {
        List<Expression> expressions = found.findNested(4).map(list -> ExpressionCodec.read(list, name -> reference(sets, name)))
            .orElse(List.of());
        rules.computeIfAbsent(found.string(2), _ -> new ArrayList<>()).add(new NftRule(expressions, comment(UserData.COMMENT, found, 7)));
      }
    }
    Map<String, NftChain> chains = new LinkedHashMap<>();
    for (Attributes found : dump(GETCHAIN, _ -> { })) {
      if (found.string(1).equals(table)) {
        String name = found.string(3);
        NftChain.Hook hook = found.findNested(4).map(place -> new NftChain.Hook(found.string(7), place.u32(1, 0), place.u32(2, 0)))
            .orElse(null);
        chains.put(name, new NftChain(name, hook, comment(UserData.COMMENT, found, 12), rules.getOrDefault(name, List.of())));
      }
    }
    return chains;
  }

  private static SetReference reference(Map<String, NftSet> sets, String name) {
    NftSet set = sets.get(name);
    if (set == null || !set.is(NftSet.ANONYMOUS)) {
      return new SetReference.Named(name);
    }
    return new SetReference.Anonymous(new NftSet("", set.key(), set.flags(), 0, "", set.elements()));
  }

  private static String comment(int type, Attributes attributes, int attribute) {
    return attributes.find(attribute).map(notes -> UserData.readComment(type, notes)).orElse("");
  }

  private List<Attributes> dump(int type, Consumer<AttributeWriter> filter) throws NetlinkException {
    AttributeWriter out = new AttributeWriter();
    filter.accept(out);
    NetlinkMessage request =
        new NetlinkMessage(NetlinkMessage.SUBSYSTEM_NFTABLES, type, NetlinkMessage.NLM_F_DUMP, family.number(), out.toArray());
    try {
      return netlink.dump(request).stream().map(Netlink.Reply::attributes).toList();
    } catch (NetlinkException problem) {
      if (problem.errno() == NetlinkException.ENOENT) {
        return List.of();
      }
      throw problem;
    }
  }
}
