import type { Hono } from "hono";
import { ICON } from "../../../pages/icon.ts";
import type { HostEnv } from "../../http/context.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const ASSETS: readonly { readonly path: string; readonly type: string; readonly text: string }[] = [
  { path: "/console.css", type: "text/css", text: STYLE },
  { path: "/console.js", type: "text/javascript", text: SCRIPT },
  { path: "/console.svg", type: "image/svg+xml", text: ICON },
];

/** The paths of {@link addAssets}. */
export const ASSET_PATHS: readonly string[] = ASSETS.map(({ path }) => path);

/** Adds the style sheet, the script and the icon of the pages. */
export function addAssets(app: Hono<HostEnv>): void {
  for (const { path, type, text } of ASSETS) {
    app.get(path, () =>
      new Response(text, {
        headers: {
          "content-type": `${type}; charset=utf-8`,
          "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
          "cross-origin-resource-policy": "same-origin",
        },
      }));
  }
}
