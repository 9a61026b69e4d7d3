import { TrackerError } from "../../platform/tracker_error.ts";

/** A range of addresses, such as `10.0.0.0/8`. */
export interface AddressRange {
  readonly bytes: readonly number[];
  /** Bits that count. */
  readonly prefix: number;
}

/** Bits of an IPv6 address that one customer has to himself. */
const CUSTOMER_PREFIX = 64;

/**
 * Parses a range; a bare address is a range of one.
 *
 * @throws {TrackerError} `usage` when it is none.
 */
export function parseRange(text: string): AddressRange {
  const [address = "", size, ...more] = text.trim().split("/");
  const bytes = parseAddress(address);
  const bits = (bytes?.length ?? 0) * 8;
  const prefix = size === undefined ? bits : /^\d{1,3}$/.test(size) ? Number(size) : Number.NaN;
  if (bytes !== null && more.length === 0 && prefix <= bits) return { bytes, prefix };
  throw new TrackerError({
    code: "usage",
    message: `"${text}" is no address and no range of addresses`,
    nextAction: "Give an address or a range such as 10.0.0.0/8 or fd00::/8.",
    exitCode: 2,
  });
}

/**
 * Returns the address a request comes from. `X-Forwarded-For` counts only when the peer is a trusted proxy; of
 * several addresses the last one counts that is no trusted proxy itself, for a client writes the first.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly AddressRange[],
): string {
  return route(peer, forwardedFor, trusted).at(-1) ?? peer;
}

/** Returns the addresses that a request came along, from the peer outwards, as far as trusted proxies tell them. */
function route(
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly AddressRange[],
): readonly string[] {
  if (trusted.length === 0) return [peer];
  const told = (forwardedFor ?? "").split(",").map(bareAddress).reverse();
  const addresses = [peer];
  for (const address of told) {
    if (!isTrusted(addresses.at(-1) ?? peer, trusted) || parseAddress(address) === null) break;
    addresses.push(address);
  }
  return addresses;
}

/** Returns what limits count by: an IPv4 address, or the network of an IPv6 address that one customer has. */
export function limitKey(address: string): string {
  const bytes = parseAddress(address);
  if (bytes === null) return address;
  return bytes.length === 4
    ? bytes.join(".")
    : bytes.slice(0, CUSTOMER_PREFIX / 8).join(".") + "/64";
}

/** Returns whether an address is one of a trusted proxy. */
export function isTrusted(address: string, trusted: readonly AddressRange[]): boolean {
  if (trusted.length === 0) return false;
  const bytes = parseAddress(address);
  return bytes !== null && trusted.some((range) => isInside(bytes, range));
}

function isInside(bytes: readonly number[], range: AddressRange): boolean {
  if (bytes.length !== range.bytes.length) return false;
  return bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, range.prefix - index * 8));
    const mask = 0xff << (8 - bits) & 0xff;
    return (byte & mask) === ((range.bytes[index] ?? 0) & mask);
  });
}

/** Proxies write ports and brackets, too. */
function bareAddress(text: string): string {
  const address = text.trim();
  return /^\[(.+)\](:\d+)?$/.exec(address)?.[1] ??
    /^(\d+(?:\.\d+){3}):\d+$/.exec(address)?.[1] ?? address;
}

/** Returns the bytes of an address; an IPv4 address inside IPv6 is the IPv4 address. */
function parseAddress(text: string): readonly number[] | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes : null;
  }
  const [withoutZone = ""] = text.split("%");
  if (!withoutZone.includes(":") || !URL.canParse(`http://[${withoutZone}]/`)) return null;
  const bytes = expand(new URL(`http://[${withoutZone}]/`).hostname.slice(1, -1));
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 &&
    bytes[11] === 255;
  return isMapped ? bytes.slice(12) : bytes;
}

/** Returns the sixteen bytes of an IPv6 address in the canonical form that `URL` gives. */
function expand(address: string): readonly number[] {
  const [first = "", rest] = address.split("::");
  const head = first === "" ? [] : first.split(":");
  const tail = rest === undefined || rest === "" ? [] : rest.split(":");
  const gap = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  return [...head, ...gap, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/**
 * Returns whether the client speaks TLS: a trusted proxy says so, or the request asks for the public address, which
 * begins with `https:`. (The host itself ends no TLS.) Of several values of `X-Forwarded-Proto` the one counts that was
 * written by the same proxy as the client's address: the outermost trusted one. A client can write those before it.
 */
export function isSecure(
  request: Request,
  peer: string,
  host: { readonly trustedProxies: readonly AddressRange[]; readonly publicUrl: string | null },
): boolean {
  if (host.trustedProxies.length === 0 && host.publicUrl === null) return false;
  const forwardedFor = request.headers.get("x-forwarded-for") ?? undefined;
  const proxies = route(peer, forwardedFor, host.trustedProxies)
    .filter((address) => isTrusted(address, host.trustedProxies)).length;
  const schemes = (request.headers.get("x-forwarded-proto") ?? "").split(",");
  // A proxy that replaces what it was sent leaves fewer values than there are proxies.
  const scheme = proxies === 0 ? "" : schemes[Math.max(0, schemes.length - proxies)] ?? "";
  if (scheme.trim().toLowerCase() === "https") return true;
  if (host.publicUrl === null || !URL.canParse(request.url)) return false;
  const { protocol, host: name } = new URL(host.publicUrl);
  return protocol === "https:" && new URL(request.url).host === name;
}
