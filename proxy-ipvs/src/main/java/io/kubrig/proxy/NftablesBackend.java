package io.kubrig.proxy;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.proxy.netlink.Netlink;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.nftables.NodeSettings;
import io.kubrig.proxy.nftables.TablePlan;
import io.kubrig.proxy.nftables.TableSync;
import io.kubrig.proxy.service.ServiceMap;
import java.util.function.Function;

/** The proxy mode nftables. */
final class NftablesBackend implements ProxyBackend {
  private final Function<Family, NodeSettings> settings;
  private final TableSync table;

  NftablesBackend(Netlink netlink, Clock clock, Family family, Function<Family, NodeSettings> settings) {
    this.settings = settings;
    this.table = new TableSync(netlink, clock, family);
  }

  @Override
  public Result sync(ServiceMap services, boolean full) throws NetlinkException {
    TablePlan plan = TablePlan.of(services, settings.apply(services.family()));
    TableSync.Outcome outcome = table.sync(plan.table(), full);
    return new Result(outcome.changes(), outcome.leftovers(), plan.withoutLocalInternal(), plan.withoutLocalExternal());
  }
}
