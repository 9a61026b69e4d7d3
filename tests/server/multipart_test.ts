import assert from "node:assert/strict";
import { type FormPart, readMultipart } from "../../src/server/http/multipart.ts";
import fc from "../support/properties.ts";

/** A form as a browser sends it. */
interface Sent {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

async function sent(form: FormData): Promise<Sent> {
  const request = new Response(form);
  return {
    type: request.headers.get("content-type") ?? "",
    bytes: new Uint8Array(await request.arrayBuffer()),
  };
}

function noPause(): Promise<void> {
  return Promise.resolve();
}

function withFile(bytes: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.append("csrf", "token");
  form.append("file", new File([bytes], "issues.json"));
  form.append("label", "\r\n--Web");
  return form;
}

function typed(body: string): { readonly body: Uint8Array<ArrayBuffer>; readonly type: string } {
  return {
    body: new TextEncoder().encode(body.replaceAll("\n", "\r\n")),
    type: 'multipart/form-data; boundary="a b"',
  };
}

/** Nearly a delimiter, more often than chance would have it. */
const CONTENT = fc.array(
  fc.oneof(fc.constantFrom("\r", "\n", "-", "--", "\r\n", "\r\n--", '"'), fc.string()),
  { maxLength: 8 },
).map((pieces) => pieces.join(""));

Deno.test("a form is read as it was sent, whatever its fields and files hold", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string(), CONTENT, fc.boolean()), { maxLength: 5 }),
      async (fields) => {
        const form = new FormData();
        for (const [name, content, isFile] of fields) {
          form.append(name, isFile ? new File([content], `${name}.json`) : content);
        }
        const { bytes, type } = await sent(form);
        const parts = await readMultipart(bytes, type, noPause);
        // The ends of lines in names and fields are always sent as CR and LF.
        const lines = (text: string) => text.toWellFormed().replace(/\r\n|\r|\n/g, "\r\n");
        assert.deepEqual(
          parts.map(inWords),
          fields.map(([name, content, isFile]) =>
            isFile
              ? { name: lines(name), file: `${lines(name)}.json`, content: content.toWellFormed() }
              : { name: lines(name), content: lines(content) }
          ),
        );
      },
    ),
  );
});

function inWords({ name, value }: FormPart): unknown {
  return typeof value === "string" ? { name, content: value } : {
    name,
    file: value.name,
    content: new TextDecoder("utf-8", { ignoreBOM: true }).decode(value.bytes),
  };
}

Deno.test("a form that was cut off is refused, wherever that was", async () => {
  const { bytes, type } = await sent(withFile(new TextEncoder().encode('[{"\r\n--": 1}]')));
  const whole = await readMultipart(bytes, type, noPause);
  assert.deepEqual(whole.map(({ name }) => name), ["csrf", "file", "label"]);
  const end = bytes.length - new TextEncoder().encode("\r\n").length;
  for (let length = 0; length < end; length++) {
    await assert.rejects(readMultipart(bytes.slice(0, length), type, noPause), TypeError);
  }
});

Deno.test("others have their turn while a large file is looked through, and it is not copied", async () => {
  const { bytes, type } = await sent(withFile(new Uint8Array(5 * 1024 * 1024).fill(0x0a)));
  let pauses = 0;
  const parts = await readMultipart(bytes, type, () => {
    pauses++;
    return Promise.resolve();
  });
  const file = parts[1]?.value;
  assert.ok(typeof file === "object" && file.bytes.length === 5 * 1024 * 1024);
  assert.equal(file.bytes.buffer, bytes.buffer);
  assert.ok(pauses >= 5, `${pauses} pauses`);
});

Deno.test("what other programs write into a form is read: a preamble, blanks, other heads, names without quotes", async () => {
  const { body, type } = typed(`Not for people.
--a b \t
Content-Type: text/plain
content-disposition: form-data; filename="a; name=b"; name=file

text
--a b
Content-Disposition: form-data; name=""


--a b--
What comes after the end.`);
  assert.deepEqual((await readMultipart(body, type, noPause)).map(inWords), [
    { name: "file", file: "a; name=b", content: "text" },
    { name: "", content: "" },
  ]);
});

Deno.test("a form without a boundary, and parts without a name or without a head, are refused", async () => {
  const { body, type } = typed('--a b\nContent-Disposition: form-data; name="x"\n\ny\n--a b--\n');
  assert.equal((await readMultipart(body, type, noPause)).length, 1);
  await assert.rejects(readMultipart(body, "multipart/form-data", noPause), TypeError);
  for (
    const broken of [
      "--a b\nContent-Disposition: form-data\n\ny\n--a b--\n",
      "--a b\n\n\n--a b--\n",
      "--a b x\nContent-Disposition: form-data; name=x\n\ny\n--a b--\n",
      `--a b\nX: ${"x".repeat(20_000)}\nContent-Disposition: form-data; name=x\n\ny\n--a b--\n`,
    ]
  ) {
    await assert.rejects(readMultipart(typed(broken).body, type, noPause), TypeError, broken);
  }
});
