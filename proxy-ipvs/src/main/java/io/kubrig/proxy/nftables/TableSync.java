package io.kubrig.proxy.nftables;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.proxy.netlink.Netlink;
import io.kubrig.proxy.netlink.NetlinkException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one table of the kernel to what is wanted, in one transaction. Used by one thread.
 *
 * <p>Between full syncs it trusts what it last wrote; a full sync reads the table back and so finds what anybody else changed.
 */
public final class TableSync {
  private static final Logger LOG = LoggerFactory.getLogger(TableSync.class);
  private static final Duration CHAIN_GRACE = Duration.ofSeconds(1);

  private final Netlink netlink;
  private final Clock clock;
  private final Family family;
  private final Map<String, Instant> emptiedChains = new LinkedHashMap<>();
  /** What the kernel has as far as is known; null when it has to be read. */
  private NftTable current;

  public TableSync(Netlink netlink, Clock clock, Family family) {
    this.netlink = netlink;
    this.clock = clock;
    this.family = family;
  }

  /** What a sync did: how many changes it made, and whether emptied chains wait for their removal. */
  public record Outcome(int changes, boolean leftovers) {
  }

  /**
   * Applies the difference.
   *
   * @param full whether to read the kernel's table first
   */
  public Outcome sync(NftTable desired, boolean full) throws NetlinkException {
    if (full) {
      current = null;
    }
    Optional<NftTable> observed = current == null ? TableReader.read(netlink, family, desired.name()) : Optional.of(current);
    List<TableChange> changes = TableDiff.between(observed, desired);
    current = null;
    if (!changes.isEmpty()) {
      netlink.batch(ChangeEncoder.encode(family, desired.name(), changes));
    }
    boolean replaced = changes.stream().anyMatch(TableChange.DeleteTable.class::isInstance);
    noteEmptied(replaced ? List.of() : observed.map(table -> List.copyOf(TableDiff.unwantedChains(table, desired))).orElse(List.of()));
    deleteEmptied(desired);
    current = withEmptied(desired);
    return new Outcome(changes.size(), !emptiedChains.isEmpty());
  }

  private void noteEmptied(List<String> unwanted) {
    emptiedChains.keySet().retainAll(unwanted);
    unwanted.forEach(chain -> emptiedChains.putIfAbsent(chain, clock.now()));
  }

  private void deleteEmptied(NftTable desired) {
    Instant limit = clock.now().minus(CHAIN_GRACE);
    List<String> due = emptiedChains.entrySet().stream().filter(entry -> !entry.getValue().isAfter(limit)).map(Map.Entry::getKey).toList();
    if (due.isEmpty()) {
      return;
    }
    try {
      netlink.batch(ChangeEncoder.encode(family, desired.name(), due.stream().<TableChange>map(TableChange.DeleteChain::new).toList()));
      due.forEach(emptiedChains::remove);
    } catch (NetlinkException busy) {
      LOG.info("Stale chains are still referred to and will be deleted later: {}", busy.getMessage());
      due.forEach(chain -> emptiedChains.put(chain, clock.now()));
    }
  }

  private NftTable withEmptied(NftTable desired) {
    Map<String, NftChain> chains = new LinkedHashMap<>(desired.chains());
    emptiedChains.keySet().forEach(chain -> chains.put(chain, new NftChain(chain, null, "", List.of())));
    return new NftTable(desired.family(), desired.name(), desired.comment(), chains, desired.sets());
  }

  /** Removes the table; returns whether it was there. */
  public static boolean remove(Netlink netlink, Family family, String table) throws NetlinkException {
    if (TableReader.read(netlink, family, table).isEmpty()) {
      return false;
    }
    netlink.batch(ChangeEncoder.encode(family, table, new ArrayList<>(List.of(new TableChange.DeleteTable()))));
    return true;
  }
}
