package io.kubrig.proxy;

import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.service.ServiceMap;

/** What turns services of one family into rules of the kernel. */
sealed interface ProxyBackend permits NftablesBackend {

  /**
   * Makes the kernel do what the services say.
   *
   * @param full whether to look at what is there instead of trusting what was written
   */
  Result sync(ServiceMap services, boolean full) throws NetlinkException;

  /**
   * What a sync did.
   *
   * @param changes how many changes were made
   * @param unfinished whether something is left to be removed a little later
   * @param withoutLocalInternal ports under internal policy Local with endpoints elsewhere only
   * @param withoutLocalExternal the same under external policy Local
   */
  record Result(int changes, boolean unfinished, int withoutLocalInternal, int withoutLocalExternal) {
  }
}
