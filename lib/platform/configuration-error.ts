/** What an operator wrote cannot be used. The message names the flag or variable, and what is expected. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
