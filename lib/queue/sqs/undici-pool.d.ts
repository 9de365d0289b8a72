/**
 * The one part of undici that is used. All of it together takes 5 MB of memory in each thread, mostly for `fetch` and
 * what belongs to it.
 */
declare module "undici/lib/dispatcher/pool.js" {
  export { Pool as default } from "undici";
}
