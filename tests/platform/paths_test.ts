import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  basename,
  dirname,
  isAbsolute,
  join,
  normalize,
  resolveFrom,
} from "../../src/platform/paths.ts";

const NORMAL: Readonly<Record<string, string>> = {
  "": ".",
  ".": ".",
  "a//b/./c/": "a/b/c",
  "a/../b": "b",
  "../a/..": "..",
  "a/../..": "..",
  "/": "/",
  "/..": "/",
  "/a/../../b": "/b",
  "C:\\Users\\me": "C:/Users/me",
  "c:": "c:/",
  "\\\\server\\share\\x\\..\\y": "//server/share/y",
  "//a/..": "/",
  "//../b": "/b",
  "a\\b": "a\\b",
};

Deno.test("Paths have one normal form", () => {
  for (const [path, normal] of Object.entries(NORMAL)) assert.equal(normalize(path), normal, path);
});

Deno.test("A path splits into its directory and its name", () => {
  const parts: Readonly<Record<string, readonly [string, string]>> = {
    "/a/b.txt": ["/a", "b.txt"],
    "/a": ["/", "a"],
    "/": ["/", ""],
    "a": [".", "a"],
    "a/b/": ["a", "b"],
    "C:\\a": ["C:/", "a"],
    "C:/": ["C:/", ""],
    "\\\\server\\share\\a": ["//server/share/", "a"],
  };
  for (const [path, [directory, name]] of Object.entries(parts)) {
    assert.equal(dirname(path), directory, path);
    assert.equal(basename(path), name, path);
  }
});

Deno.test("An absolute part starts a joined path over", () => {
  assert.equal(join("a", "", "b", "../c"), "a/c");
  assert.equal(join("a", "/b"), "/b");
  assert.equal(join("/a", "D:\\b"), "D:/b");
  assert.equal(join("/", "home", "me"), "/home/me");
  assert.equal(join("C:/", "a"), "C:/a");
  assert.equal(join(), ".");
  assert.equal(resolveFrom("/home/me", "x"), "/home/me/x");
  assert.equal(resolveFrom("/home/me", "../x"), "/home/x");
  assert.equal(resolveFrom("/home/me", "/x/./y"), "/x/y");
});

Deno.test("Roots, drives and shares are absolute", () => {
  for (const path of ["/", "/a", "C:\\", "c:/a", "\\\\server\\share"]) assert.ok(isAbsolute(path));
  for (const path of ["", "a", "./a", "a/C:", "\\a"]) assert.ok(!isAbsolute(path), path);
});

const RUNS = { numRuns: 1_000 };

const part = fc.constantFrom("a", "b c", "é", ".", "..", "", ".hidden", "x\\y");
const path = fc.tuple(fc.constantFrom("", "/", "C:/", "//s/h/"), fc.array(part, { maxLength: 6 }))
  .map(([root, parts]) => root + parts.join("/"));

Deno.test("Normalizing twice changes nothing more", () => {
  fc.assert(
    fc.property(path, (one) => {
      assert.equal(normalize(normalize(one)), normalize(one));
    }),
    RUNS,
  );
});

Deno.test("An absolute path stays absolute and climbs no higher than its root", () => {
  fc.assert(
    fc.property(path, (one) => {
      if (!isAbsolute(one)) return;
      assert.ok(isAbsolute(normalize(one)));
      assert.ok(!normalize(one).split("/").includes(".."));
    }),
    RUNS,
  );
});

Deno.test("A directory and a name join to the path they come from", () => {
  fc.assert(
    fc.property(path, (one) => {
      const normal = normalize(one);
      if (basename(normal) === "" || normal.endsWith("..")) return;
      assert.equal(join(dirname(normal), basename(normal)), normal);
    }),
    RUNS,
  );
});

Deno.test("Joining goes part by part as it goes all at once", () => {
  fc.assert(
    fc.property(path, path, path, (a, b, c) => {
      assert.equal(join(join(a, b), c), join(a, b, c));
    }),
    RUNS,
  );
});

Deno.test("What is resolved from an absolute base is absolute", () => {
  fc.assert(
    fc.property(path, (one) => {
      assert.ok(isAbsolute(resolveFrom("/base", one)));
    }),
    RUNS,
  );
});
