import type { Call } from "../../http/context.ts";
import { Frame } from "./frame.tsx";
import { sendPage } from "./page_answer.ts";

/** Says in the address that the browser has asked from a page of this host. */
const AGAIN = "again";

/** Returns whether a browser asks for the first time. */
export function isFirst(call: Call): boolean {
  return call.req.query(AGAIN) === undefined;
}

/**
 * Has a browser that another site has led here ask once more, from a page of this host: only then does it send its
 * cookie, which is for this site alone.
 */
export async function sendOnceMore(call: Call): Promise<Response> {
  const { pathname, searchParams } = new URL(call.req.url);
  searchParams.set(AGAIN, "1");
  const next = `${pathname}?${searchParams}`;
  return await sendPage(
    <Frame title="Back at the host" section={null} viewer={null} notice={null} isNarrow next={next}>
      <div class="card message">
        <h1>Back at the host</h1>
        <p>The page continues by itself.</p>
        <p>
          <a class="button" href={next}>Continue</a>
        </p>
      </div>
    </Frame>,
    200,
  );
}
