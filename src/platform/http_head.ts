/** How the body of a request is told from what follows it. */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" };

/** The first part of a request: its line and its headers. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  /** By their names in lower case; one that comes several times is joined as `Headers` does. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: BodyFraming;
  /** Whether the client waits for "100 Continue" before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the connection may carry another request. */
  readonly keepAlive: boolean;
}

/** A head that was understood, or why it was not. */
export type HeadOutcome =
  | { readonly ok: true; readonly head: RequestHead }
  | { readonly ok: false; readonly status: number; readonly message: string };

/** Header lines of a request: each is looked for among those before it. */
const MAX_FIELDS = 100;

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) HTTP\/1\.([01])$/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;

/**
 * Parses the head of an HTTP/1.1 request strictly: what two readers could understand differently (two
 * lengths, folded lines, bare line ends) is refused, because a proxy in front is such a second reader.
 *
 * @param text The head as Latin-1 text, without the empty line at its end.
 */
export function parseHead(text: string): HeadOutcome {
  const lines = text.split("\r\n");
  const [, method = "", target = "", minor] = REQUEST_LINE.exec(lines[0] ?? "") ?? [];
  if (minor === undefined) return fault(400, "The request line is not one of HTTP/1.1");
  const headers = new Map<string, string>();
  if (lines.length - 1 > MAX_FIELDS) return fault(431, "The request has too many headers");
  for (const line of lines.slice(1)) {
    const [, name, value = ""] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || /[\0\r\n]/.test(value)) return fault(400, "A header is malformed");
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  const framing = framingOf(headers, minor === "1");
  if ("status" in framing) return framing;
  // Before HTTP/1.1 there was no such header, and some health checks still come without.
  const host = headers.get("host") ?? (minor === "0" ? "localhost" : null);
  const url = urlOf(target, host);
  if (url === null) return fault(400, "The Host header of the request names no host");
  const expect = headers.get("expect");
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") {
    return fault(417, "The request expects what this host does not do");
  }
  const options = (headers.get("connection") ?? "").toLowerCase().split(/\s*,\s*/);
  return {
    ok: true,
    head: {
      method,
      url,
      headers,
      body: framing,
      expectsContinue: expect !== undefined && minor === "1",
      keepAlive: minor === "1" && !options.includes("close"),
    },
  };
}

function framingOf(
  headers: RequestHead["headers"],
  isCurrent: boolean,
): BodyFraming | Exclude<HeadOutcome, { ok: true }> {
  const length = headers.get("content-length");
  const encoding = headers.get("transfer-encoding");
  if (encoding !== undefined) {
    if (length !== undefined) return fault(400, "The request has two lengths");
    if (encoding.toLowerCase() !== "chunked" || !isCurrent) {
      return fault(501, "The transfer encoding of the request is unknown");
    }
    return { kind: "chunked" };
  }
  if (length === undefined) return { kind: "none" };
  if (!/^\d{1,15}$/.test(length)) return fault(400, "The length of the request is no number");
  return length === "0" ? { kind: "none" } : { kind: "length", length: Number(length) };
}

/** Returns the URL of a request; `null` unless `Host`, which a stranger writes, is a host and nothing more. */
function urlOf(target: string, host: string | null): string | null {
  if (host === null || !/^[^\s/?#@\\]+$/.test(host)) return null;
  const isWhole = /^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/i.test(target);
  if (!isWhole && !target.startsWith("/")) return null;
  const url = isWhole ? target : `http://${host}${target}`;
  return URL.canParse(url) ? url : null;
}

function fault(status: number, message: string): Exclude<HeadOutcome, { ok: true }> {
  return { ok: false, status, message };
}
