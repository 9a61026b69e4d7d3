/** A span of OpenTelemetry, as far as it is used here. */
interface Span {
  setAttribute(name: string, value: string | number): unknown;
  setStatus(status: { readonly code: number }): unknown;
  end(): void;
}

/** What makes spans. */
interface Tracer {
  startActiveSpan<T>(
    name: string,
    options: { readonly kind: number; readonly attributes: Readonly<Record<string, string>> },
    work: (span: Span) => T,
  ): T;
}

/** Answers a request. */
type Answering = (request: Request) => Promise<Response>;

/** The kind of a span that serves a request, and the status of one that failed. */
const [SERVER, FAILED] = [1, 2] as const;

/**
 * Returns what answers a request within a span of OpenTelemetry when Deno exports them (`OTEL_DENO=true`); `answer`
 * itself otherwise. Requests that the host sends meanwhile are spans below it. A span holds no query.
 */
export function traced(answer: Answering): Answering {
  if (!Reflect.has(globalThis, Symbol.for("opentelemetry.js.api.1"))) return answer;
  const tracer: Tracer = Deno.telemetry.tracerProvider.getTracer("tracker");
  return (request) => {
    const { method } = request;
    const attributes = { "http.request.method": method, "url.path": new URL(request.url).pathname };
    return tracer.startActiveSpan(method, { kind: SERVER, attributes }, async (span) => {
      try {
        const response = await answer(request);
        const { status, headers } = response;
        span.setAttribute("http.response.status_code", status);
        span.setAttribute("tracker.request_id", headers.get("x-request-id") ?? "");
        if (status >= 500) span.setStatus({ code: FAILED });
        return response;
      } catch (error) {
        span.setStatus({ code: FAILED });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
