import { ConfigurationError } from "../platform/configuration-error.ts";

/**
 * For an option of the command line alone, which no environment variable gives.
 *
 * @param flag as the operator writes it
 */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^[0-9]+$/.test(text) && number >= least && number <= most) return number;
    throw new ConfigurationError(
      `${flag}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`,
    );
  };
}
