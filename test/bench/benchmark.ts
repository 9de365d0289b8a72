export interface Benchmark {
  /** As given to `npm run bench -- NAME`. */
  readonly name: string;
  readonly about: string;
  run(): Promise<readonly Figure[]>;
}

export interface Figure {
  readonly figure: string;
  /** Absolute values belong to one machine and one hour; ratios travel. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly ratio?: { readonly of: string; readonly value: number };
}
