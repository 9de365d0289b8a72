import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import openapi from "../../lib/actions/openapi.json" with { type: "json" };
import { actionName } from "../../lib/application/action-path.ts";
import type { InsertRequest, InsertResponse } from "../../lib/application/insert-request.ts";

/** What the document says of one answer. */
interface Answer {
  readonly headers: Readonly<
    Record<string, { readonly required?: boolean; readonly schema: { readonly type?: string } }>
  >;
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  /** By status. */
  readonly responses: Readonly<Record<string, Answer>>;
}

/** Strict: a word that means nothing to it is an error, so that no schema says yes by not being understood. */
const ajv = new Ajv2020({ strict: true, discriminator: true, allowUnionTypes: true });
ajv.addKeyword("components");

const { components } = openapi;
// The document leaves room for what a newer gateway may say. This one must say nothing that is not in it.
const closedComponents = withoutFurtherMembers(components);

const operations: readonly Operation[] = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({
    method: method.toUpperCase(),
    path,
    responses: resolved(responses) as Operation["responses"],
  })),
);

/** Every answer that is documented, a line for each of its content types, and for each of its headers. */
export const documentedAnswers: readonly string[] = operations.flatMap((operation) =>
  Object.entries(operation.responses).flatMap(([status, { content, headers }]) =>
    [...Object.keys(content), ...Object.keys(headers)].map((item) => line(operation, status, item)),
  ),
);

/** Holds one message of a request against the document. */
export function expectMessageDocumented(message: unknown): void {
  expect(messageMismatch(message)).toBeUndefined();
}

/** @returns what the document says is wrong with a message; undefined when it is valid */
export function messageMismatch(message: unknown): string | undefined {
  return mismatch({ $ref: "#/components/schemas/Message", components }, message);
}

/**
 * Holds an answer against the document.
 *
 * @returns which of `documentedAnswers` it is
 */
export function expectAnswerDocumented(
  { method, path, prefix }: Pick<InsertRequest, "method" | "path" | "prefix">,
  { status, headers, body }: InsertResponse,
): readonly string[] {
  const names = new Set(operations.map((operation) => operation.path.slice(1)));
  const here = operations.filter((operation) => operation.path === `/${actionName(path, prefix, names)}`);
  const served = here.filter(
    // A path that refuses no method answers each as its own.
    (operation) =>
      operation.method === (method === "HEAD" ? "GET" : method) || operation.responses[405] === undefined,
  );
  // What is too large is refused before anybody looks what it is for.
  if (status !== 413) {
    expect(status === 404, "404 is the answer to other paths only").toBe(here.length === 0);
    expect(status === 405, "405 is the answer to other methods only").toBe(here.length > served.length);
  }

  const type = headers["content-type"]?.split(";", 1)[0] ?? "";
  // What is refused for its path or method is documented with every operation that may have been meant.
  const meant = [served, here, operations].find(({ length }) => length > 0) ?? [];
  return meant.flatMap((operation) => {
    const answer = operation.responses[status];
    const content = answer?.content[type];
    if (answer === undefined || content === undefined) {
      throw new Error(`${line(operation, status, type)} is not documented`);
    }
    if (method !== "HEAD") {
      const schema = { ...withoutFurtherMembers(content.schema), components: closedComponents };
      expect(mismatch(schema, type.endsWith("json") ? JSON.parse(body) : body), body).toBeUndefined();
    }
    return [type, ...expectHeadersDocumented(answer, headers)].map((item) => line(operation, status, item));
  });
}

/** @returns the names of those that the answer has */
function expectHeadersDocumented(answer: Answer, headers: InsertResponse["headers"]): readonly string[] {
  const names = Object.keys(answer.headers).filter((name) => headers[name.toLowerCase()] !== undefined);
  const all = ["content-type", ...names.map((name) => name.toLowerCase())];
  expect(Object.keys(headers).sort()).toEqual(all.sort());
  for (const [name, { schema, required = false }] of Object.entries(answer.headers)) {
    const value = headers[name.toLowerCase()];
    if (value === undefined) expect(required, `${name} is required`).toBe(false);
    else expect(mismatch(schema, schema.type === "integer" ? Number(value) : value), name).toBeUndefined();
  }
  return names;
}

/** @returns what is wrong with a value, undefined when it is as its schema says */
function mismatch(schema: object, value: unknown): string | undefined {
  const text = JSON.stringify(schema);
  const validate = validators.get(text) ?? ajv.compile(schema);
  validators.set(text, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

const validators = new Map<string, ReturnType<typeof ajv.compile>>();

function line({ method, path }: Operation, status: number | string, item: string): string {
  return `${method} ${path} ${status} ${item}`;
}

/** With what its references to anything but schemas stand for. */
function resolved(part: unknown): unknown {
  return JSON.parse(JSON.stringify(part), (_, value) => {
    const [, kind = "", name = ""] = /^#\/components\/(responses|headers)\/(.+)$/.exec(value?.$ref) ?? [];
    return kind === "" ? value : resolved(Reflect.get(Reflect.get(components, kind), name));
  });
}

function withoutFurtherMembers(schemas: object): object {
  return JSON.parse(JSON.stringify(schemas), (_, value) =>
    value?.type === "object" && "properties" in value ? { ...value, additionalProperties: false } : value,
  );
}
