import type { HostContext } from "../context/host_context.ts";
import { LeasedLimiter } from "../context/leased_limiter.ts";
import { type Limiter, MemoryLimiter } from "../context/limiter.ts";
import { SharedLimiter } from "../context/shared_limiter.ts";
import { rateLimited } from "../model/host_error.ts";
import type { RateLimit } from "../model/rate_limit.ts";

/**
 * What limits calls and sign-ins. An address is one of IPv4, or the /64 of IPv6 that one customer has; its net is the
 * /24 or /48 around it.
 */
export interface HostLimits {
  /** Calls of one user, and calls without a sign-in of one address; `null` for no limit. */
  readonly calls: Limiter | null;
  /** Wrong passwords for one name from one address, and wrong device codes of one user. */
  readonly guesses: Limiter;
  /** Wrong passwords from one address, for any name. */
  readonly addresses: Limiter;
  /** Wrong passwords from one net, for any name. */
  readonly nets: Limiter;
  /** Wrong passwords for one name, from any address where its user is not known. */
  readonly names: Limiter;
  /** Device flows that one address begins: they need no sign-in, and are kept for a while. */
  readonly devices: Limiter;
  /** Device flows that one net begins. */
  readonly deviceNets: Limiter;
}

/** Limits of sign-ins and of what needs no sign-in. Those of a net are four times those of an address. */
const LIMITS = {
  guesses: { burst: 10, perSecond: 1 / 30 },
  addresses: { burst: 100, perSecond: 1 / 3 },
  nets: { burst: 400, perSecond: 4 / 3 },
  names: { burst: 120, perSecond: 1 / 30 },
  devices: { burst: 60, perSecond: 1 / 5 },
  deviceNets: { burst: 240, perSecond: 4 / 5 },
} as const satisfies Record<string, RateLimit>;

/** Makes the limits of a host: shared with the other processes of its database, where there may be others. */
export function hostLimits(
  { store, platform: { clock } }: HostContext,
  calls: RateLimit | null,
): HostLimits {
  const isShared = store.dialect === "postgres";
  const limiter = (name: keyof typeof LIMITS) => {
    const limit = LIMITS[name];
    return isShared ? new SharedLimiter({ store, name, limit }) : new MemoryLimiter(clock, limit);
  };
  return {
    calls: calls === null
      ? null
      : isShared
      ? new LeasedLimiter(clock, { store, name: "calls", limit: calls })
      : new MemoryLimiter(clock, calls),
    guesses: limiter("guesses"),
    addresses: limiter("addresses"),
    nets: limiter("nets"),
    names: limiter("names"),
    devices: limiter("devices"),
    deviceNets: limiter("deviceNets"),
  };
}

/** Returns the net around an address, as limits know both: the /24 of IPv4, the /48 of IPv6. */
export function netOf(address: string): string {
  const parts = address.split(".");
  return parts.slice(0, address.endsWith("/64") ? 6 : 3).join(".");
}

/**
 * Counts a call without a sign-in.
 *
 * @throws {HostError} `rate_limited`.
 */
export async function takeStrangersCall({ calls }: HostLimits, address: string): Promise<void> {
  const taken = await calls?.take(`address ${address}`);
  if (taken !== undefined && taken.wait > 0) throw rateLimited(taken.wait);
}

/**
 * Counts a device flow that an address begins.
 *
 * @throws {HostError} `rate_limited`.
 */
export async function takeDevice(limits: HostLimits, address: string): Promise<void> {
  const { wait } = await limits.devices.take(address);
  if (wait > 0) throw rateLimited(wait);
  const ofNet = await limits.deviceNets.take(netOf(address));
  if (ofNet.wait > 0) throw rateLimited(ofNet.wait);
}
