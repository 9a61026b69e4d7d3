import assert from "node:assert/strict";
import { ends, withBoundWorld } from "../support/bound.ts";

const isPull = (request: Request) => request.url.endsWith("/tracker/pull/");

Deno.test("a first pull makes its cache while the host makes the first page", () =>
  withBoundWorld(async (world) => {
    const opened = Promise.withResolvers<void>();
    await ends(world, 0, ["sync", "pull", "--all"], {
      fetch: (real) => async (request, options) => {
        const answer = await real(request, options);
        // No page comes before the cache is open.
        if (isPull(request)) await opened.promise;
        return answer;
      },
      openDatabase: (real) => async (path, options) => {
        if (options?.readOnly !== true && path.includes("trackers")) opened.resolve();
        return await real(path, options);
      },
    });
  }));

Deno.test("a later pull asks where its cache says that it continues", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    let isOpen = false;
    await ends(world, 0, ["sync", "pull"], {
      fetch: (real) => async (request, options) => {
        if (isPull(request)) assert.equal(isOpen, true);
        return await real(request, options);
      },
      openDatabase: (real) => async (path, options) => {
        const database = await real(path, options);
        if (options?.readOnly !== true && path.includes("trackers")) isOpen = true;
        return database;
      },
    });
  }));

Deno.test("a first pull whose cache cannot be made gives its page up, and tells of the cache", () =>
  withBoundWorld(async (world) => {
    let givenUp = 0;
    const { stderr } = await ends(world, 1, ["sync", "pull"], {
      fetch: (real) => async (request, options) => {
        if (!isPull(request)) return await real(request, options);
        // The host never answers.
        return await new Promise<Response>((_, reject) =>
          request.signal.addEventListener("abort", () => {
            givenUp++;
            reject(request.signal.reason);
          })
        );
      },
      openDatabase: (real) => async (path, options) => {
        if (options?.readOnly !== true && path.includes("trackers")) {
          throw new Error("no cache today");
        }
        return await real(path, options);
      },
    });
    assert.match(stderr, /no cache today/);
    assert.equal(givenUp, 1);
  }));
